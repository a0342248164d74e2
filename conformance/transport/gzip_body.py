"""Gzip within bounds: an answer of kilobytes may hold gigabytes."""

import zlib
from collections.abc import Mapping

MAX_RESPONSE = 64 * 2**20
"""Bytes: 256 vectors of 4,096 numbers of 25 characters are 27 MB."""


class TooLarge(Exception):
    """The answer exceeds MAX_RESPONSE bytes."""


def plain(raw: bytes, headers: Mapping[str, str]) -> bytes:
    """A body as it was before it was compressed, if it was; also where nobody asked for that.

    Raises what `inflate` does.
    """
    gzipped = headers.get("content-encoding", "").strip().lower() == "gzip"
    return inflate(raw) if gzipped and raw else raw


def inflate(raw: bytes) -> bytes:
    """What a gzip file of one or more members holds, all of it, as Go's reader takes it.

    Raises TooLarge, and zlib.error where it is broken or ends early.
    """
    plain = b""
    while raw:
        reader = zlib.decompressobj(16 + zlib.MAX_WBITS)
        plain += reader.decompress(raw, MAX_RESPONSE + 1 - len(plain))
        if len(plain) > MAX_RESPONSE:
            raise TooLarge
        if not reader.eof:
            raise zlib.error("the gzip stream ends early")
        raw = reader.unused_data
    return plain
