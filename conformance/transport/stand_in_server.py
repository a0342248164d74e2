"""A served stand-in: the reference with small weights, ready to be called."""

from collections.abc import Iterator
from contextlib import closing, contextmanager

from conformance.transport.client import Client
from conformance.transport.endpoint import Endpoint
from conformance.transport.readiness import preflight
from conformance.transport.reference_process import Reference

READY_WITHIN = 120.0


@contextmanager
def serve(tag: str, dimensions: int | None = None) -> Iterator[str]:
    """The URL of `tag`'s stand-in, up and ready; stopped at the end.

    Raises NotStarted or Unusable, each with one line that says why.
    """
    with Reference(tag, "stand-in", dimensions) as reference:
        with closing(Client(reference.url, timeout=50.0)) as client:
            preflight(Endpoint(client), READY_WITHIN, lambda: reference.running)
        yield reference.url
