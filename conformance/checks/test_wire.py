"""WIR: requests recorded from a real Weaviate server, replayed byte for byte.

OPS-05: closed connections are counted in all checks up to here, the last ones over HTTP.
"""

import base64
from collections.abc import Callable

import pytest

from conformance import expect
from conformance.expect import Vectors
from conformance.expect.vector_cache import VectorCache
from conformance.options.settings import Settings
from conformance.transport.client import Client
from conformance.transport.endpoint import Target
from conformance.transport.exchange import Exchange
from conformance.weaviate.replay import Recorded, recorded, replay

IMPORTS = [
    "import",
    "import-text",
    "import-image",
    "import-odd-text",
    "import-long-text",
    "import-empty-text",
    "import-lists",
    "update",
]
TEXT_QUERIES = [
    "near-text",
    "near-text-concepts",
    "near-text-moved-1",
    "near-text-moved-2",
    "near-text-moved-3",
    "hybrid",
]

BY_COINCIDENCE = 3
"""An idle connection may happen to close as a request is sent, but not this often in one run."""


@pytest.fixture
def sent(target: Target, settings: Settings, client: Client) -> Callable[..., list[Exchange]]:
    """Replays the named requests over one connection."""

    def send(*names: str) -> list[Exchange]:
        exchanges = replay(target.url, settings.endpoint_timeout, names)
        client.note(exchanges, sum(exchange.seconds for exchange in exchanges))
        return exchanges

    return send


@pytest.mark.clause("WIR-01")
def test_ready(sent: Callable[..., list[Exchange]]) -> None:
    expect.status(sent("ready")[0], 200, 299)


@pytest.mark.clause("WIR-02")
def test_meta(sent: Callable[..., list[Exchange]]) -> None:
    expect.meta_object(sent("meta")[0])


@pytest.mark.clause("WIR-03")
@pytest.mark.parametrize("name", IMPORTS)
def test_import(sent: Callable[..., list[Exchange]], cache: VectorCache, name: str) -> None:
    request = recorded()[name]
    asked = request.asked()
    own = cache.vectors(asked["texts"], [base64.b64decode(image) for image in asked["images"]])
    got = rows(sent(name)[0], request)
    expect.same(got.texts, own.texts, "the replayed text")
    expect.same(got.images, own.images, "the replayed image")


@pytest.mark.clause("WIR-04")
@pytest.mark.parametrize("name", TEXT_QUERIES)
def test_text_query(sent: Callable[..., list[Exchange]], name: str) -> None:
    expect.vectors(sent(name)[0], recorded()[name].texts, 0)


@pytest.mark.clause("WIR-05")
def test_image_query(sent: Callable[..., list[Exchange]]) -> None:
    expect.vectors(sent("near-image")[0], 0, 1)


@pytest.mark.clause("WIR-06")
def test_broken_image(sent: Callable[..., list[Exchange]]) -> None:
    expect.refusal(sent("import-broken-image")[0])


@pytest.mark.clause("WIR-07")
def test_one_connection(sent: Callable[..., list[Exchange]]) -> None:
    names = ["near-image", "import-broken-image", "near-text-concepts", "meta", "import-text"]
    first, broken, second, meta, third = sent(*names)
    rows(first, recorded()["near-image"])
    expect.refusal(broken)
    rows(second, recorded()["near-text-concepts"])
    expect.meta_object(meta)
    rows(third, recorded()["import-text"])


@pytest.mark.clause("WIR-08")
def test_trailing_slash(sent: Callable[..., list[Exchange]]) -> None:
    request = recorded()["import-trailing-slash"]
    expect.vectors(sent("import-trailing-slash")[0], request.texts, request.images)


@pytest.mark.clause("OPS-05")
def test_closes_were_announced_in_the_whole_run(client: Client) -> None:
    closes = client.resends + client.silent_closes
    got = f"{closes} times, a keep-alive connection was closed soon after a response"
    expect.require(
        closes < BY_COINCIDENCE,
        got,
        "`Connection: close` in the previous response, or an open connection",
    )


def rows(exchange: Exchange, request: Recorded) -> Vectors:
    """The vectors of a response, which must match the request in number."""
    return expect.vectors(exchange, request.texts, request.images)
