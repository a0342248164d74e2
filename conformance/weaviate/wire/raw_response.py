"""A response that was read as bytes, as the suite's exchanges hold it."""

from dataclasses import replace

from conformance.transport.exchange import Exchange, inflate
from conformance.weaviate.wire.http1 import Message


def response_to(request: Exchange, response: Message) -> Exchange:
    """The exchange with its response, undone where it is gzip; raises zlib.error and TooLarge."""
    gzipped = response.header("content-encoding").strip().lower() == "gzip"
    return replace(
        request,
        status=int(response.start.split(" ")[1]),
        headers={name.lower(): value for name, value in response.headers},
        body=inflate(response.body) if gzipped else response.body,
    )
