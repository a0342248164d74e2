"""ERR: what is refused, how, and what comes after."""

import base64

import pytest

from conformance import expect
from conformance.corpus import image_files
from conformance.expect.vector_cache import Alone
from conformance.transport.endpoint import Endpoint

TEXT = "a red circle"
NOT_BASE64 = {"percent signs": "%%% not base64 %%%", "a short word": "cat", "Japanese": "赤い丸"}
NOT_A_IMAGE = {
    "text": b"this is not an image, it only looks like base64",
    "zeros": bytes(4096),
    "PDF": b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<< >>\nendobj\n",
    "a PNG signature alone": b"\x89PNG\r\n\x1a\n",
}


def good_image() -> str:
    """An image in base64."""
    return base64.b64encode(image_files.save(image_files.image(), "PNG")).decode()


def image(content: bytes) -> str:
    """Bytes in base64."""
    return base64.b64encode(content).decode()


def truncated(kind: str) -> bytes:
    """The first half of an image's file."""
    whole = image_files.save(image_files.image(1, 256), kind)
    return whole[: len(whole) // 2]


@pytest.mark.clause("ERR-01")
@pytest.mark.parametrize("name", NOT_BASE64)
def test_bad_base64_is_refused(endpoint: Endpoint, name: str) -> None:
    expect.refusal(endpoint.post({"images": [NOT_BASE64[name]]}))


@pytest.mark.clause("ERR-02")
@pytest.mark.parametrize("name", NOT_A_IMAGE)
def test_what_is_no_image_is_refused(endpoint: Endpoint, name: str) -> None:
    expect.refusal(endpoint.post({"images": [image(NOT_A_IMAGE[name])]}))


@pytest.mark.clause("ERR-03")
@pytest.mark.parametrize("place", [0, 1, 2])
def test_one_bad_image_fails_the_request(endpoint: Endpoint, place: int) -> None:
    images = [good_image(), good_image()]
    images.insert(place, image(NOT_A_IMAGE["text"]))
    expect.refusal(endpoint.post({"texts": [TEXT], "images": images}))


@pytest.mark.clause("ERR-04")
@pytest.mark.parametrize(
    "bad",
    [
        {"images": [NOT_BASE64["percent signs"]]},
        {"texts": [TEXT], "images": [image(NOT_A_IMAGE["zeros"])]},
        {"texts": 5},
        b"{",
    ],
    ids=["bad base64", "no image", "wrong type", "not JSON"],
)
def test_the_next_request_is_served(endpoint: Endpoint, alone: Alone, bad: object) -> None:
    image, other = (image_files.save(image_files.image(each), "PNG") for each in (0, 5))
    texts, images = alone.text(TEXT)[None], alone.image(image)[None]
    # What an endpoint may leave behind is the vector of the image before.
    endpoint.vectors(images=[other])
    refused = endpoint.post(bad)
    after = endpoint.vectorize([TEXT], [image])
    got = expect.vectors(after, 1, 1)
    expect.same(got.texts, texts, "the text after a refused request", refused, after)
    expect.same(got.images, images, "the image after a refused request", refused, after)


@pytest.mark.clause("ERR-05")
@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
def test_a_truncated_image_is_refused(endpoint: Endpoint, kind: str) -> None:
    expect.refusal(endpoint.post({"images": [image(truncated(kind))]}))


@pytest.mark.clause("ERR-06")
def test_a_data_uri_is_refused_or_read(endpoint: Endpoint, alone: Alone) -> None:
    exchange = endpoint.post({"images": [f"data:image/png;base64,{good_image()}"]})
    if expect.readable(exchange).failure:
        expect.refusal(exchange)
        return
    got = expect.vectors(exchange, 0, 1)
    image = alone.image(image_files.save(image_files.image(), "PNG"))
    expect.same(got.images, image[None], "the image in the data: URI", exchange)


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
        {"images": [image(NOT_A_IMAGE["text"])]},
    ],
    ids=["not JSON", "wrong type", "bad base64", "no image"],
)
def test_the_callers_mistakes_are_4xx(endpoint: Endpoint, body: object) -> None:
    expect.status(endpoint.post(body), 400, 499)


@pytest.mark.clause("ERR-10")
@pytest.mark.parametrize(
    "body",
    [
        b"{",
        {"texts": [5]},
        {"images": [NOT_BASE64["percent signs"]]},
        {"images": [image(NOT_A_IMAGE["text"])]},
        {"images": [image(truncated("PNG"))]},
    ],
    ids=["not JSON", "wrong type", "bad base64", "no image", "truncated"],
)
def test_errors_do_not_leak(endpoint: Endpoint, body: object) -> None:
    exchange = expect.answered(endpoint.post(body))
    leak = expect.LEAKS.search(exchange.body.decode("utf-8", "replace"))
    got = f"{leak.group() if leak else ''!r} in {exchange.summary()}"
    expect.require(leak is None, got, "no addresses, tracebacks or file names", exchange)


OVERSIZED = 80 * 2**20
"""Bytes: five times what must be served."""


@pytest.mark.clause("ERR-11")
def test_an_oversized_body_is_refused_in_json(endpoint: Endpoint) -> None:
    exchange = endpoint.post(b'{"images": ["' + b"A" * OVERSIZED + b'"]}')
    expect.refusal(exchange)
