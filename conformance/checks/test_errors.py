"""ERR: invalid requests are rejected. OPS-06: errors and disconnects have no lasting effect.

Requests after an error are tested before other things that may disrupt an endpoint, such as clients
that disconnect: if an error alone disrupts it, the error is the simpler explanation.
"""

import time
from collections.abc import Sequence
from itertools import cycle

import pytest

from conformance import expect
from conformance.corpus import image_files
from conformance.corpus.image_files import (
    NOT_AN_IMAGE,
    NOT_BASE64,
    encoded,
    good_image,
    small_png,
    truncated,
)
from conformance.expect import given
from conformance.expect.vector_cache import VectorCache
from conformance.transport.endpoint import JSON, META, VECTORIZE, Endpoint, Items
from conformance.transport.raw_caller import RawCaller

TEXT = "a red circle"
TWO_SCRIPTS = "ein grüner Kreis, 緑の丸"
TIMES = 20
"""Number of clients that disconnect: more than most services have workers or slots."""
AFTER = 4
BURSTS = (5, 10, 25)
"""Numbers of consecutive errors: a circuit breaker opens after a few; a leak shows after many."""
NO_IMAGE = encoded(b"no image")
REFUSED: tuple[object, ...] = (
    {"images": ["%%%"]},
    {"images": [NO_IMAGE]},
    b"{",
    {"texts": 5},
    {"texts": [TEXT], "images": [NO_IMAGE]},
)
UPSETTING: dict[str, object] = {
    "bad base64": {"images": [NOT_BASE64["percent signs"]]},
    "not an image": {"texts": [TEXT], "images": [encoded(NOT_AN_IMAGE["zeros"])]},
    "truncated PNG": {"images": [encoded(truncated("PNG"))]},
    "truncated JPEG": {"images": [encoded(truncated("JPEG"))]},
    "1 x 1 image": {"images": [encoded(image_files.extreme_sizes()["1 x 1"])]},
    "wrong type": {"texts": 5},
    "not JSON": b"{",
}
"""Requests that may be rejected or served; the request after each of them must be served."""
MISTAKES: dict[str, object] = {
    "not JSON": b"{",
    "wrong type": {"texts": "a red circle"},
    **{f"bad base64, {name}": {"images": [image]} for name, image in NOT_BASE64.items()},
    **{f"not an image, {name}": {"images": [encoded(data)]} for name, data in NOT_AN_IMAGE.items()},
}


@pytest.mark.clause("ERR-04")
@pytest.mark.parametrize("name", UPSETTING)
def test_the_next_request_is_served(endpoint: Endpoint, cache: VectorCache, name: str) -> None:
    # The truncated PNG is the beginning of this one.
    whole = good_image(1, 256)
    before = cache.vectors([TEXT], [whole])
    # A faulty endpoint may return the previous items' vectors.
    given.vectors(endpoint.vectorize([TWO_SCRIPTS], [good_image(5)]), 1, 1)
    endpoint.post(UPSETTING[name])
    after = expect.vectors(endpoint.vectorize([TEXT], [whole]), 1, 1)
    expect.same(after.texts, before.texts, f"the text after {name}")
    expect.same(after.images, before.images, f"the image after {name}")


@pytest.mark.clause("ERR-04")
@pytest.mark.parametrize("name", ["truncated PNG", "not an image", "1 x 1 image"])
def test_what_travels_beside_is_served(endpoint: Endpoint, cache: VectorCache, name: str) -> None:
    before = cache.vectors([TEXT], [good_image()])
    good = {"texts": [TEXT], "images": [encoded(good_image())]}
    upsetting = UPSETTING[name]
    _, one, _, other = endpoint.post_at_once([upsetting, good, upsetting, good])
    for exchange in (one, other):
        beside = expect.vectors(exchange, 1, 1)
        expect.same(beside.texts, before.texts, f"the text alongside {name}")
        expect.same(beside.images, before.images, f"the image alongside {name}")


@pytest.mark.clause("ERR-04")
@pytest.mark.parametrize("errors", BURSTS)
def test_errors_in_a_row_leave_nothing_behind(
    endpoint: Endpoint, cache: VectorCache, errors: int
) -> None:
    before = cache.vectors([TEXT], [small_png()])
    bad = [REFUSED[number % len(REFUSED)] for number in range(errors)]
    good = Items([TEXT], [small_png()]).body()
    # A faulty endpoint may return the previous items' vectors.
    given.vectors(endpoint.vectorize([TWO_SCRIPTS], [good_image(5)]), 1, 1)
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


@pytest.mark.clause("ERR-01")
@pytest.mark.parametrize("name", NOT_BASE64)
def test_bad_base64_is_refused(endpoint: Endpoint, name: str) -> None:
    expect.refusal(endpoint.post({"images": [NOT_BASE64[name]]}))


@pytest.mark.clause("ERR-02")
@pytest.mark.parametrize("name", NOT_AN_IMAGE)
def test_what_is_no_image_is_refused(endpoint: Endpoint, name: str) -> None:
    expect.refusal(endpoint.post({"images": [encoded(NOT_AN_IMAGE[name])]}))


@pytest.mark.clause("ERR-03")
@pytest.mark.parametrize("bad", [(0,), (1,), (2,), (0, 2)], ids=str)
def test_bad_images_fail_the_request(endpoint: Endpoint, bad: Sequence[int]) -> None:
    files = [NOT_AN_IMAGE["text"] if place in bad else good_image() for place in range(3)]
    images = list(map(encoded, files))
    expect.refusal(endpoint.post({"texts": [TEXT], "images": images}))


@pytest.mark.clause("ERR-05")
@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF"])
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
@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"texts=a",
        b'{"texts": ["a"]',
        b'{"texts": ["a"]} {}',
        b'{"texts": ["a",]}',
        b"\xff\xfe",
        b"[[[[",
    ],
)
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
@pytest.mark.parametrize("name", MISTAKES)
def test_the_callers_mistakes_are_4xx(endpoint: Endpoint, name: str) -> None:
    exchange = given.answered(endpoint.post(MISTAKES[name]))
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
    ids=["not JSON", "wrong type", "bad base64", "not an image", "truncated"],
)
def test_errors_do_not_leak(endpoint: Endpoint, body: object) -> None:
    expect.no_leak(given.answered(endpoint.post(body)))


TEXTS = 8
"""Number of texts in a request whose client disconnects."""
NOTICED_WITHIN = 0.1
"""Seconds after which a busy endpoint should have noticed that its clients are gone."""
INTERRUPTED = Items(["a caller that hangs up", "in the middle of it"] * (TEXTS // 2)).body()
HEADERS = {**JSON, "Content-Length": str(len(INTERRUPTED))}

MOMENTS: dict[str, slice] = {
    "while sending the headers": slice(40),
    "before the body": slice(-len(INTERRUPTED)),
    "while sending the body": slice(-len(INTERRUPTED) // 2),
    "while waiting": slice(None),
    "while receiving": slice(None),
}
"""When a client may disconnect, each with the part of its request that it has sent by then."""


def hang_up(url: str, timeout: float, moment: str, times: int) -> None:
    """Disconnect a client at `moment`, `times` times, every other time with a reset."""
    for _, reset in zip(range(times), cycle([False, True]), strict=False):
        caller = RawCaller(url, timeout)
        caller.write((caller.head("POST", VECTORIZE, HEADERS) + INTERRUPTED)[MOMENTS[moment]])
        if moment == "while receiving":
            caller.has_answer(timeout)  # Wait until the response begins.
        caller.hang_up(reset)
    time.sleep(NOTICED_WITHIN)


@pytest.mark.clause("OPS-06")
@pytest.mark.parametrize("moment", MOMENTS)
def test_clients_that_disconnect_leave_nothing_behind(
    endpoint: Endpoint, cache: VectorCache, moment: str
) -> None:
    before = cache.vectors([TWO_SCRIPTS], [small_png()])
    times = endpoint.client.pace.texts(TIMES, at_once=TEXTS)
    hang_up(endpoint.client.url, endpoint.client.timeout, moment, times)
    what = f"after {times} clients that disconnected {moment}"
    in_turn = [endpoint.vectorize([TWO_SCRIPTS], [small_png()]) for _ in range(2)]
    at_once = endpoint.vectorize_at_once([Items([TWO_SCRIPTS], [small_png()])] * AFTER)
    for exchange in (*in_turn, *at_once):
        after = expect.vectors(exchange, 1, 1)
        expect.same(after.texts, before.texts, f"the text {what}")
        expect.same(after.images, before.images, f"the image {what}")
