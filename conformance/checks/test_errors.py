"""ERR: what is refused, how, and what comes after."""

import base64

import pytest

from conformance import expect
from conformance.corpus import image_files
from conformance.expect import given
from conformance.expect.vector_cache import VectorCache
from conformance.transport.endpoint import Endpoint

TEXT = "a red circle"
NOT_BASE64 = {"percent signs": "%%% not base64 %%%", "a short word": "cat", "Japanese": "赤い丸"}
NOT_AN_IMAGE = {
    "text": b"this is not an image, it only looks like base64",
    "zeros": bytes(4096),
    "PDF": b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<< >>\nendobj\n",
    "a PNG signature alone": b"\x89PNG\r\n\x1a\n",
}


def encoded(content: bytes) -> str:
    """Bytes in base64."""
    return base64.b64encode(content).decode()


def good_image(number: int = 0) -> bytes:
    """An image that every endpoint reads."""
    return image_files.save(image_files.image(number), "PNG")


def truncated(kind: str) -> bytes:
    """The first half of an image's file."""
    whole = image_files.save(image_files.image(1, 256), kind)
    return whole[: len(whole) // 2]


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


OVERSIZED = 80 * 2**20
"""Bytes: five times what must be served."""


@pytest.mark.clause("ERR-11")
def test_an_oversized_body_is_refused_in_json(endpoint: Endpoint) -> None:
    expect.refusal(endpoint.post(b'{"images": ["' + b"A" * OVERSIZED + b'"]}'))
