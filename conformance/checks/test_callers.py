"""OPS, PRB, and VEC: slow clients, and clients that use HTTP in unusual but valid ways."""

import json
import time
from collections.abc import Callable, Iterator, Mapping

import pytest

from conformance import expect
from conformance.data import timeouts
from conformance.expect import given
from conformance.expect.image_comparisons import each_of
from conformance.expect.vector_cache import VectorCache
from conformance.transport.endpoint import JSON, LIVE, READY, VECTORIZE, Endpoint, Items
from conformance.transport.exchange import CLOSED, Exchange
from conformance.transport.pace import CLEARLY
from conformance.transport.raw_caller import RawCaller

TEXT = "ein grüner Kreis, 緑の丸"
"""Characters of two and three bytes, which are corrupted if a body is decoded in pieces."""
BODY = Items([TEXT]).body()
LENGTH = {"Content-Length": str(len(BODY))}
LONG_RESPONSE = 32
"""Number of texts whose vectors take more than 64 KiB."""
Raw = Callable[..., RawCaller]


@pytest.fixture
def caller(endpoint: Endpoint) -> Iterator[Raw]:
    """A function that opens a connection; the exchanges on it are counted when the test ends."""
    opened: list[RawCaller] = []

    def connect(timeout: float = endpoint.client.timeout) -> RawCaller:
        if timeout == timeouts.GOOD_REQUEST:  # Two other requests may come first.
            timeout = max(timeout, 2 * CLEARLY * endpoint.client.pace.text)
        opened.append(RawCaller(endpoint.client.url, min(timeout, endpoint.client.timeout)))
        return opened[-1]

    yield connect
    exchanges = [exchange for each in opened for exchange in each.exchanges]
    endpoint.client.note(exchanges, sum(each.seconds for each in exchanges))


def sent(
    endpoint: Endpoint,
    method: str = "POST",
    path: str = VECTORIZE,
    headers: Mapping[str, str] = JSON,
    body: bytes = BODY,
) -> Exchange:
    """The exchange that represents this request in a report."""
    if method != "POST":
        return Exchange(method, endpoint.client.url + path)
    return Exchange(method, endpoint.client.url + path, tuple(headers.items()), body)


@pytest.mark.clause("OPS-08")
def test_a_slow_client_does_not_block_others(
    endpoint: Endpoint, cache: VectorCache, caller: Raw
) -> None:
    before = cache.text(TEXT)
    with caller() as slow:
        slow.write(slow.head("POST", VECTORIZE, {**JSON, **LENGTH}) + BODY[:20])
        # The others connect when they have something to send: a server may close idle connections.
        with caller(timeouts.LIVE_TIMEOUT) as probe:
            probe.write(probe.head("GET", LIVE, {}))
            live = probe.read(sent(endpoint, "GET", LIVE))
        with caller(timeouts.GOOD_REQUEST) as other:
            other.write(other.head("POST", VECTORIZE, {**JSON, **LENGTH}) + BODY)
            served = other.read(sent(endpoint))
        slow.write(BODY[20:])
        answered = slow.read(sent(endpoint))
    expect.status(live, 200, 399)
    for exchange in (served, answered):
        expect.same(
            expect.vectors(exchange, 1, 0).texts[0], before, "the text alongside a slow request"
        )


@pytest.mark.clause("VEC-14")
def test_the_head_of_a_response_can_be_read(endpoint: Endpoint, caller: Raw) -> None:
    # httpx accepts some headers that Go's client does not.
    with caller() as raw:
        raw.write(raw.head("POST", VECTORIZE, {**JSON, **LENGTH}) + BODY)
        expect.answered(raw.read(sent(endpoint)))


def in_bytes(slow: RawCaller, head: bytes, body: bytes) -> None:
    """Send the request byte by byte."""
    for byte in head + body:
        slow.write(bytes([byte]))


def with_a_pause(slow: RawCaller, head: bytes, body: bytes) -> None:
    """Send the request with a pause in the middle of a character of the body."""
    cut = body.index("ü".encode()) + 1
    slow.write(head + body[:cut])
    time.sleep(timeouts.PAUSE_IN_BODY)
    slow.write(body[cut:])


def head_first(slow: RawCaller, head: bytes, body: bytes) -> None:
    """Send the headers, pause, then send the body."""
    slow.write(head)
    time.sleep(timeouts.PAUSE_IN_BODY)
    slow.write(body)


BESIDE = "緑の丸"
"""Characters of three bytes each."""
BLOCKS = [2**power for power in range(12, 17)]
"""Common block sizes in bytes. Only the first block is often handled differently."""
ONE_PIECE = "in one piece"
PIECES: dict[str, Callable[[RawCaller, bytes, bytes], None]] = {
    "byte by byte": in_bytes,
    ONE_PIECE: lambda slow, head, body: slow.write(head + body),
    "with a pause within a character": with_a_pause,
    "with the headers first": head_first,
}


@pytest.mark.clause("VEC-23")
@pytest.mark.parametrize("how", PIECES)
def test_a_request_is_read_however_it_is_cut(
    endpoint: Endpoint, cache: VectorCache, caller: Raw, how: str
) -> None:
    def arriving(how: str) -> Exchange:
        with caller() as raw:
            PIECES[how](raw, raw.head("POST", VECTORIZE, {**JSON, **LENGTH}), BODY)
            return raw.read(sent(endpoint))

    before, exchange = cache.text(TEXT), arriving(how)
    if not exchange.succeeded:
        # If such a request is always rejected, the way it arrives is not the cause.
        given.vectors(arriving("with the headers first" if how == ONE_PIECE else ONE_PIECE), 1, 0)
    got = expect.vectors(exchange, 1, 0).texts[0]
    expect.same(got, before, f"a text whose request arrived {how}")


@pytest.mark.clause("VEC-23")
def test_a_character_across_two_blocks_is_read(endpoint: Endpoint) -> None:
    def placed(before: int) -> Exchange:
        """The response if each block ends after the first `before` bytes of a text."""
        body = b'{"texts": ["a red circle and a blue square"'
        for block in BLOCKS:
            body = body.ljust(block - before - 2) + f',"{BESIDE}"'.encode()
        return endpoint.post(body + b"]}")

    count = 1 + len(BLOCKS)
    whole = given.vectors(placed(3), count, 0).texts
    got = expect.vectors(placed(4), count, 0).texts
    expect.same(got, whole, "a text with a character that crosses a multiple of 4 KiB")


def chunked(body: bytes, size: int = 7) -> bytes:
    """The body in chunks of `size` bytes."""
    parts = [body[start : start + size] for start in range(0, len(body), size)]
    return b"".join(b"%x\r\n%b\r\n" % (len(part), part) for part in parts) + b"0\r\n\r\n"


LOWER = {name.lower(): value for name, value in {**JSON, **LENGTH}.items()}
UPPER = {name.upper(): value for name, value in {**JSON, **LENGTH}.items()}
CHUNKED = {**JSON, "Transfer-Encoding": "chunked"}
PROXY = {
    "X-Forwarded-For": "192.0.2.1, 192.0.2.2",
    "X-Forwarded-Proto": "https",
    "Via": "1.1 proxy",
    "traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
    "Cookie": "a=" + "b" * 3000,
}
FORMS: dict[str, tuple[dict[str, str], bytes]] = {
    "a chunked body": (CHUNKED, chunked(BODY)),
    "a long chunked body": (CHUNKED, chunked(BODY + b" " * 2 * BLOCKS[-1], 4000)),
    "lowercase header names": (LOWER, BODY),
    "uppercase header names": (UPPER, BODY),
    "a charset": ({"Content-Type": "application/json; charset=utf-8", **LENGTH}, BODY),
    "an uppercase charset": ({"Content-Type": "application/json;charset=UTF-8", **LENGTH}, BODY),
    "a proxy's headers": ({**JSON, **LENGTH, **PROXY}, BODY),
    "the headers of a proxy without TLS": (
        {**JSON, **LENGTH, **PROXY, "X-Forwarded-Proto": "http"},
        BODY,
    ),
    "no Accept-Encoding": ({**JSON, **LENGTH, "Accept": "application/json"}, BODY),
    "Connection: close": ({**JSON, **LENGTH, "Connection": "close"}, BODY),
}


def unencoded(exchange: Exchange) -> Exchange:
    """The response to a client that accepts no content encoding."""
    encoding = expect.answered(exchange).headers.get("content-encoding", "identity")
    plain = encoding.lower() == "identity"
    expect.require(
        plain, f"Content-Encoding: {encoding}", "none, since the request accepts none", exchange
    )
    return exchange


@pytest.mark.clause("VEC-22")
@pytest.mark.parametrize("form", FORMS)
def test_other_callers_are_understood(
    endpoint: Endpoint, cache: VectorCache, caller: Raw, form: str
) -> None:
    before = cache.text(TEXT)
    headers, body = FORMS[form]

    def is_understood() -> None:
        with caller(timeouts.GOOD_REQUEST) as raw:
            raw.write(raw.head("POST", VECTORIZE, headers) + body)
            exchange = raw.read(sent(endpoint, headers=headers))
        got = expect.vectors(unencoded(exchange), 1, 0).texts[0]
        expect.same(got, before, "the text of the request")

    each_of({form: is_understood})


@pytest.mark.clause("VEC-22")
def test_a_long_response_is_encoded_only_if_accepted(endpoint: Endpoint, caller: Raw) -> None:
    # Many servers compress only responses above a certain size.
    many = endpoint.client.pace.texts(LONG_RESPONSE)
    body = Items([TEXT] * many).body()
    headers = {**JSON, "Content-Length": str(len(body))}
    with caller() as raw:
        raw.write(raw.head("POST", VECTORIZE, headers) + body)
        unencoded(raw.read(sent(endpoint, headers=headers, body=body)))


@pytest.mark.clause("VEC-22")
def test_a_caller_that_expects_100_continue_is_served(
    endpoint: Endpoint, cache: VectorCache, caller: Raw
) -> None:
    before = cache.text(TEXT)
    with caller(timeouts.GOOD_REQUEST) as raw:
        raw.write(raw.head("POST", VECTORIZE, {**JSON, **LENGTH, "Expect": "100-continue"}))
        raw.has_answer(timeouts.EXPECT_CONTINUE)  # Like curl, send the body in any case.
        raw.write(BODY)
        exchange = raw.read(sent(endpoint))
    got = expect.vectors(unencoded(exchange), 1, 0).texts[0]
    expect.same(got, before, "the text sent with Expect: 100-continue")


@pytest.mark.clause("VEC-22")
def test_json_is_read_however_it_is_written(endpoint: Endpoint, cache: VectorCache) -> None:
    document = {"images": [], "texts": [TEXT]}
    body = f"\n {json.dumps(document, indent=2, ensure_ascii=False)}\r\n\t"
    got = expect.vectors(endpoint.post(body.encode()), 1, 0).texts[0]
    expect.same(got, cache.text(TEXT), "the text of an indented body")


@pytest.mark.clause("PRB-07")
@pytest.mark.parametrize("path", [READY, LIVE])
def test_head_is_answered_like_get(endpoint: Endpoint, caller: Raw, path: str) -> None:
    with caller(timeouts.LIVE_TIMEOUT) as raw:
        raw.write(raw.head("HEAD", path, {}))
        head = raw.read(sent(endpoint, "HEAD", path))
        expect.status(head, 200, 399 if path == LIVE else 299)
        if head.announces_close:
            return
        # If a response to HEAD has a body, the client reads it as the next response.
        raw.write(raw.head("GET", path, {}))
        after = raw.read(sent(endpoint, "GET", path))
        # OPS-05 covers a connection that was closed without notice.
        if after.failure != CLOSED:
            expect.status(after, 200, 399)
