"""Readers of JSON written by hand."""

import re
from dataclasses import replace

from tests.endpoints.endpoint import Endpoint
from tests.endpoints.registry import fault
from tests.endpoints.wire import Answer, Request


class Rewriting(Endpoint):
    """The body is rewritten before it is read: a backslash, doubled, is no escape any more."""

    pattern = rb"$^"
    by = rb"\\\\\g<0>"

    def vectorize(self, request: Request) -> Answer:
        """The answer to what was read."""
        body = re.sub(self.pattern, self.by, request.body)
        return super().vectorize(replace(request, body=body))


@fault("surrogate-pairs-unread", "a pair of escapes becomes two question marks", "VEC-12")
class Pairs(Rewriting):
    pattern = rb"\\u[dD][89abAB]..\\u[dD][c-fC-F].."
    by = b"??"


@fault("upper-case-hex-unread", "escapes with capital digits are not read", "VEC-12")
class Capitals(Rewriting):
    pattern = rb"\\u(?=[0-9a-f]*[A-F])[0-9A-Fa-f]{4}"


@fault("solidus-escape-unread", "\\/ keeps its backslash", "VEC-12")
class Solidus(Rewriting):
    pattern = rb"\\/"


@fault("ascii-escapes-unread", "escapes of plain letters are not read", "VEC-12")
class Ascii(Rewriting):
    pattern = rb"\\u00[46][0-9A-Fa-f]"


@fault("line-separators-unread", "\\u2028 and \\u2029 are not read; Go writes them", "VEC-12")
class Separators(Rewriting):
    pattern = rb"\\u202[89]"


@fault("short-escapes-unread", "\\b and \\f are taken for b and f", "VEC-12")
class ShortEscapes(Rewriting):
    pattern = rb"(?<!\\)\\([bf])"
    by = rb"\1"
