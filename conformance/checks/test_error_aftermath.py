"""ERR-04: what comes after an error, beside it, after many in a row, and over its connection.

Before the checks of what else may upset an endpoint, such as callers that hang up: where errors
do, that is the simpler cause.
"""

import pytest

from conformance import expect
from conformance.corpus import image_files, small_images
from conformance.corpus.bad_items import NOT_AN_IMAGE, NOT_BASE64, encoded, good_image, truncated
from conformance.expect import given
from conformance.expect.vector_cache import VectorCache
from conformance.transport.endpoint import META, Endpoint, Items

TEXT = "a red circle"
BURSTS = (5, 10, 25)
"""Errors in a row: what counts them opens after a few, what leaks at each is empty after many."""
NO_IMAGE = encoded(b"no image")
REFUSED: tuple[object, ...] = (
    {"images": ["%%%"]},
    {"images": [NO_IMAGE]},
    b"{",
    {"texts": 5},
    {"texts": [TEXT], "images": [NO_IMAGE]},
)
ODD: dict[str, object] = {
    "bad base64": {"images": [NOT_BASE64["percent signs"]]},
    "no image": {"texts": [TEXT], "images": [encoded(NOT_AN_IMAGE["zeros"])]},
    "truncated PNG": {"images": [encoded(truncated("PNG"))]},
    "truncated JPEG": {"images": [encoded(truncated("JPEG"))]},
    "1 x 1 image": {"images": [encoded(image_files.odd_sizes()["1 x 1"])]},
    "wrong type": {"texts": 5},
    "not JSON": b"{",
}
"""Requests that may be refused, or are served; the next one is served in any case."""


@pytest.mark.clause("ERR-04")
@pytest.mark.parametrize("name", ODD)
def test_the_next_request_is_served(endpoint: Endpoint, cache: VectorCache, name: str) -> None:
    before = cache.vectors([TEXT], [good_image()])
    # What an endpoint may leave behind is the vector of the image before.
    given.vectors(endpoint.vectorize(images=[good_image(5)]), 0, 1)
    endpoint.post(ODD[name])
    after = expect.vectors(endpoint.vectorize([TEXT], [good_image()]), 1, 1)
    expect.same(after.texts, before.texts, f"the text after {name}")
    expect.same(after.images, before.images, f"the image after {name}")


@pytest.mark.clause("ERR-04")
@pytest.mark.parametrize("name", ["truncated PNG", "no image", "1 x 1 image"])
def test_what_travels_beside_is_served(endpoint: Endpoint, cache: VectorCache, name: str) -> None:
    before = cache.vectors([TEXT], [good_image()])
    good = {"texts": [TEXT], "images": [encoded(good_image())]}
    odd = ODD[name]
    _, one, _, other = endpoint.post_at_once([odd, good, odd, good])
    for exchange in (one, other):
        beside = expect.vectors(exchange, 1, 1)
        expect.same(beside.texts, before.texts, f"the text beside {name}")
        expect.same(beside.images, before.images, f"the image beside {name}")


@pytest.mark.clause("ERR-04")
@pytest.mark.parametrize("errors", BURSTS)
def test_errors_in_a_row_leave_nothing_behind(
    endpoint: Endpoint, cache: VectorCache, errors: int
) -> None:
    before = cache.vectors([TEXT], [small_images.png()])
    bad = [REFUSED[number % len(REFUSED)] for number in range(errors)]
    good = Items([TEXT], [small_images.png()]).body()
    after = endpoint.post_in_turn([*bad, good, good])[errors:]
    for exchange in after:
        got = expect.vectors(exchange, 1, 1)
        expect.same(got.texts, before.texts, f"the text after {errors} errors in a row")
        expect.same(got.images, before.images, f"the image after {errors} errors in a row")


@pytest.mark.clause("ERR-04")
@pytest.mark.parametrize("path", ["/no/such/path", META])
def test_a_refused_path_leaves_nothing_behind(
    endpoint: Endpoint, cache: VectorCache, path: str
) -> None:
    before = cache.text(TEXT)
    endpoint.client.drop_connections()
    for _ in range(2):
        endpoint.post({"texts": [TEXT]}, path)
        got = expect.vectors(endpoint.vectorize([TEXT]), 1, 0).texts[0]
        expect.same(got, before, f"the text after POST {path}")
