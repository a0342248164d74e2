"""ERR: what is refused, and how."""

import pytest

from conformance import expect
from conformance.corpus.bad_items import NOT_AN_IMAGE, NOT_BASE64, encoded, good_image, truncated
from conformance.expect import given
from conformance.expect.vector_cache import VectorCache
from conformance.transport.endpoint import Endpoint

TEXT = "a red circle"


@pytest.mark.clause("ERR-01")
@pytest.mark.parametrize("name", NOT_BASE64)
def test_bad_base64_is_refused(endpoint: Endpoint, name: str) -> None:
    expect.refusal(endpoint.post({"images": [NOT_BASE64[name]]}))


@pytest.mark.clause("ERR-02")
@pytest.mark.parametrize("name", NOT_AN_IMAGE)
def test_what_is_no_image_is_refused(endpoint: Endpoint, name: str) -> None:
    expect.refusal(endpoint.post({"images": [encoded(NOT_AN_IMAGE[name])]}))


@pytest.mark.clause("ERR-03")
@pytest.mark.parametrize("place", [0, 1, 2])
def test_one_bad_image_fails_the_request(endpoint: Endpoint, place: int) -> None:
    images = [encoded(good_image()), encoded(good_image())]
    images.insert(place, encoded(NOT_AN_IMAGE["text"]))
    expect.refusal(endpoint.post({"texts": [TEXT], "images": images}))


@pytest.mark.clause("ERR-05")
@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
def test_a_truncated_image_is_refused(endpoint: Endpoint, kind: str) -> None:
    expect.refusal(endpoint.post({"images": [encoded(truncated(kind))]}))


@pytest.mark.clause("ERR-06")
def test_a_data_uri_is_refused_or_read(endpoint: Endpoint, cache: VectorCache) -> None:
    exchange = endpoint.post({"images": [f"data:image/png;base64,{encoded(good_image())}"]})
    if given.answered(exchange).status != 200:
        expect.refusal(exchange)
        return
    got = expect.vectors(exchange, 0, 1).images[0]
    expect.same(got, cache.image(good_image()), "the image in the data: URI")


@pytest.mark.clause("ERR-07")
@pytest.mark.parametrize("body", [b"", b"{", b"texts=a", b'{"texts": ["a"]', b"\xff\xfe", b"[[[["])
def test_what_is_not_json_is_refused(endpoint: Endpoint, body: bytes) -> None:
    expect.refusal(endpoint.post(body))


@pytest.mark.clause("ERR-08")
@pytest.mark.parametrize(
    "body",
    [
        {"texts": "a red circle"},
        {"texts": [1, 2]},
        {"texts": [None]},
        {"texts": [["a"]]},
        {"texts": {"0": "a"}},
        {"images": "aGVsbG8="},
        {"images": [1]},
        {"images": [None]},
        ["a red circle"],
        "a red circle",
    ],
    ids=str,
)
def test_wrong_types_are_refused(endpoint: Endpoint, body: object) -> None:
    expect.refusal(endpoint.post(body))


@pytest.mark.clause("ERR-09")
@pytest.mark.parametrize(
    "body",
    [
        b"{",
        {"texts": "a red circle"},
        {"images": [NOT_BASE64["percent signs"]]},
        {"images": [encoded(NOT_AN_IMAGE["text"])]},
    ],
    ids=["not JSON", "wrong type", "bad base64", "no image"],
)
def test_the_callers_mistakes_are_4xx(endpoint: Endpoint, body: object) -> None:
    exchange = given.answered(endpoint.post(body))
    expect.status(exchange, 400, 499)


@pytest.mark.clause("ERR-10")
@pytest.mark.parametrize(
    "body",
    [
        b"{",
        {"texts": [5]},
        {"images": [NOT_BASE64["percent signs"]]},
        {"images": [encoded(NOT_AN_IMAGE["text"])]},
        {"images": [encoded(truncated("PNG"))]},
    ],
    ids=["not JSON", "wrong type", "bad base64", "no image", "truncated"],
)
def test_errors_do_not_leak(endpoint: Endpoint, body: object) -> None:
    expect.no_leak(given.answered(endpoint.post(body)))
