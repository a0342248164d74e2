"""Whose fault a failure in Weaviate is, told by what passed between it and the endpoint."""

from collections.abc import Iterator
from contextlib import contextmanager

from conformance.expect import Nonconformity
from conformance.transport import go_reader
from conformance.transport.go_reader import GoParseError
from conformance.weaviate.server.deployment import Deployment
from conformance.weaviate.wire.proxied_exchange import Passed

MESSAGE_LENGTH = 500
SUCCESS = "success, as for any endpoint that follows the contract"


@contextmanager
def attributed(deployment: Deployment, what: str) -> Iterator[None]:
    """Turn an error of Weaviate's into the endpoint's, where the endpoint has caused it.

    Without a proxy nobody can tell, and an error counts as the endpoint's.
    """
    from weaviate.exceptions import WeaviateBaseError

    mark = deployment.mark()
    try:
        yield
    except WeaviateBaseError as problem:
        if deployment.proxy and not failures(deployment, mark):
            raise
        raise failed(deployment, mark, f"{what}: {one_line(problem)}") from problem


def failed(deployment: Deployment, mark: int, got: str) -> Nonconformity:
    """The failure to raise, with the exchanges that show it."""
    exchanges = [passed.to_exchange() for passed in failures(deployment, mark)]
    return Nonconformity(got, SUCCESS, tuple(exchanges))


def failures(deployment: Deployment, mark: int) -> list[Passed]:
    """The exchanges since `mark` that Weaviate cannot have taken for a success."""
    return [passed for passed in deployment.seen(mark) if not succeeded(passed)]


def succeeded(passed: Passed) -> bool:
    """Whether Weaviate got the vectors that it asked for."""
    exchange = passed.to_exchange()
    if exchange.failure is not None or exchange.status > 399:
        return False
    try:
        response = go_reader.read(exchange.status, exchange.body)
    except GoParseError:
        return False
    if not passed.request.body:
        return True  # no longer kept, so how many were asked for is not known
    asked = passed.asked()
    got = len(response.text_vectors), len(response.image_vectors)
    return got == (len(asked["texts"]), len(asked["images"]))


def one_line(problem: object) -> str:
    """An error's text in one line of bounded length."""
    return " ".join(str(problem).split())[:MESSAGE_LENGTH]
