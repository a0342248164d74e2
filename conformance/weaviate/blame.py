"""Whose fault a failure in Weaviate is, told by what passed between it and the endpoint."""

import zlib
from collections.abc import Iterator
from contextlib import contextmanager

from weaviate.exceptions import WeaviateBaseError

from conformance import expect
from conformance.endpoint import go_reader
from conformance.endpoint.go_reader import GoParseError
from conformance.outcome import Nonconformity
from conformance.weaviate.proxy import Passed
from conformance.weaviate.stack import Stack

SHOWN = 500


@contextmanager
def through(stack: Stack, what: str) -> Iterator[None]:
    """Turn an error of Weaviate's into the endpoint's, where the endpoint has caused it."""
    mark = stack.mark()
    try:
        yield
    except WeaviateBaseError as problem:
        if stack.proxy and not failures(stack, mark):
            raise
        raise failed(stack, mark, f"{what}: {one_line(problem)}") from problem


def failed(stack: Stack, mark: int, got: str) -> Nonconformity:
    """The failure to raise, with the exchanges that show it."""
    shown = [stack.shown(passed) for passed in failures(stack, mark)]
    return expect.fail(got, "success, as for any endpoint that follows the contract", *shown)


def failures(stack: Stack, mark: int) -> list[Passed]:
    """The exchanges since `mark` that Weaviate cannot have taken for a success."""
    return [passed for passed in stack.seen(mark) if not _succeeded(passed)]


def _succeeded(passed: Passed) -> bool:
    if passed.answer is None or passed.status > 399:
        return False
    try:
        answer = go_reader.read(passed.status, passed.answered)
    except (GoParseError, OSError, EOFError, zlib.error):
        return False
    asked = passed.asked()
    got = len(answer.text_vectors), len(answer.image_vectors)
    return got == (len(asked["texts"]), len(asked["images"]))


def one_line(problem: object) -> str:
    """An error's text in one line of bounded length."""
    return " ".join(str(problem).split())[:SHOWN]
