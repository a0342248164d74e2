"""Whose fault a failure in Weaviate is, told by what passed between it and the endpoint."""

import zlib
from collections.abc import Iterator
from contextlib import contextmanager

from weaviate.exceptions import WeaviateBaseError

from conformance.expect import Nonconformity
from conformance.transport import go_reader
from conformance.transport.go_reader import GoParseError
from conformance.weaviate.server.deployment import Deployment
from conformance.weaviate.wire.proxy import Passed

SHOWN = 500


@contextmanager
def through(deployment: Deployment, what: str) -> Iterator[None]:
    """Turn an error of Weaviate's into the endpoint's, where the endpoint has caused it."""
    mark = deployment.mark()
    try:
        yield
    except WeaviateBaseError as problem:
        if deployment.proxy and not failures(deployment, mark):
            raise
        raise failed(deployment, mark, f"{what}: {one_line(problem)}") from problem


def failed(deployment: Deployment, mark: int, got: str) -> Nonconformity:
    """The failure to raise, with the exchanges that show it."""
    shown = [deployment.shown(passed) for passed in failures(deployment, mark)]
    return Nonconformity(
        got, "success, as for any endpoint that follows the contract", tuple(shown)
    )


def failures(deployment: Deployment, mark: int) -> list[Passed]:
    """The exchanges since `mark` that Weaviate cannot have taken for a success."""
    return [passed for passed in deployment.seen(mark) if not _succeeded(passed)]


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
