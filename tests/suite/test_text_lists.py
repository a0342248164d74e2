"""Lists of texts: their lengths, and which text is blamed if a list is rejected."""

from collections.abc import Iterator
from contextlib import closing

import pytest

from conformance.expect import Nonconformity, PrerequisiteFailed
from conformance.expect.vector_cache import VectorCache, growing_lists
from conformance.transport.client import Client
from conformance.transport.endpoint import Endpoint
from tests.endpoints import registry
from tests.endpoints.server import serve

TEXTS = [f"text {number}" for number in range(30)]


@pytest.fixture
def name() -> str:
    return "plain"


@pytest.fixture
def cache(name: str) -> Iterator[VectorCache]:
    with serve(registry.find(name).build()) as url, closing(Client(url, 30)) as client:
        yield VectorCache(Endpoint(client))


def test_lists_grow_and_hold_every_text() -> None:
    parts = list(growing_lists(list(map(str, range(200))), 37))
    assert [len(part) for part in parts] == [37, 38, 39, 40, 9, 10, 11, 12, 4]
    assert [text for part in parts for text in part] == list(map(str, range(200)))


@pytest.mark.parametrize("name", ["gateway-passwd"])
def test_a_text_that_is_refused_alone_is_named(cache: VectorCache) -> None:
    with pytest.raises(Nonconformity) as caught:
        cache.in_lists([*TEXTS[:5], "/etc/passwd", *TEXTS[5:]])
    assert type(caught.value) is Nonconformity
    assert caught.value.exchanges[0].request_body == b'{"texts": ["/etc/passwd"]}'


@pytest.mark.parametrize("name", ["refuses-17-texts"])
def test_a_list_that_is_refused_for_its_size_is_anothers_business(cache: VectorCache) -> None:
    with pytest.raises(PrerequisiteFailed):
        cache.in_lists(TEXTS, 17)
