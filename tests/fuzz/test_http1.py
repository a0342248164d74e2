"""The reader of HTTP/1.1 messages, between a real Weaviate and the endpoint."""

import io
from collections.abc import Callable
from contextlib import suppress

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from conformance.weaviate.wire.http1 import (
    MAX_BODY,
    MAX_HEAD,
    BadMessage,
    Message,
    read_request,
    read_response,
)
from tests.fuzz import fuzzed

Read = Callable[[io.BytesIO], Message | None]

PIECES = (
    b"HTTP/1.1 200 OK\r\n",
    b"HTTP/1.0 200\r\n",
    b"HTTP/1.1 204 No Content\r\n",
    b"HTTP/1.1 100 Continue\r\n",
    b"POST /vectorize HTTP/1.1\r\n",
    b"Content-Length: 3\r\n",
    b"Content-Length: \xb2\r\n",
    b"Content-Length: " + b"9" * 5000 + b"\r\n",
    b"Transfer-Encoding: chunked\r\n",
    b"Transfer-Encoding: gzip\r\n",
    b"Connection: close\r\n",
    b"no colon\r\n",
    b"\r\n",
    b"\n",
    b" \r\n",
    b"3\r\nabc\r\n",
    b"-5\r\n",
    b"0x3\r\nabc\r\n",
    b"0\r\n\r\n",
    b"abc",
)
names = st.text("abcXYZ-09_", min_size=1).filter(
    lambda name: name.lower() not in ("content-length", "transfer-encoding")
)
values = st.text(st.characters(min_codepoint=0x21, max_codepoint=0xFF, exclude_characters="\x7f"))
headers = st.lists(st.tuples(names, values), max_size=4).map(tuple)
starts = {
    read_request: "POST /vectorize HTTP/1.1",
    read_response: "HTTP/1.1 200 OK",
}


@st.composite
def streams(draw: st.DrawFn) -> bytes:
    """Parts of messages in any order, a few bytes changed."""
    parts = draw(st.lists(st.sampled_from(PIECES) | st.binary(max_size=8), max_size=8))
    stream = bytearray(b"".join(parts))
    for _ in range(draw(st.integers(0, 2))):
        place = draw(st.integers(0, len(stream)))
        stream[place : place + 1] = draw(st.binary(max_size=2))
    return bytes(stream)


@pytest.mark.parametrize("read", starts)
@fuzzed
@given(stream=streams() | st.binary())
@example(stream=b"HTTP/1.1 \xb2\xb2\xb2 OK\r\n\r\n")
@example(stream=b"HTTP/1.1 200 OK\r\nContent-Length: \xb2\r\n\r\n")
@example(stream=b"POST / HTTP/1.1\r\nContent-Length: " + b"9" * 5000 + b"\r\n\r\n")
@example(stream=b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n-2\r\n\r\n0\r\n\r\n")
def test_it_reads_or_raises_its_own_error(read: Read, stream: bytes) -> None:
    source = io.BytesIO(stream)
    with suppress(BadMessage):
        message = read(source)
        rest = source.read()
        # Nothing where all was read, except interim answers; else what was framed is as it came.
        assert message is not None or rest == b""
        assert stream.endswith((message.framed if message else b"") + rest)


@pytest.mark.parametrize("read", starts)
@fuzzed
@given(pairs=headers, body=st.binary(max_size=64), after=st.binary(max_size=8))
def test_what_is_rendered_is_read(
    read: Read, pairs: tuple[tuple[str, str], ...], body: bytes, after: bytes
) -> None:
    sized = (*pairs, ("Content-Length", str(len(body))))
    message = Message(starts[read], sized, body, body)  # type: ignore[index]
    stream = io.BytesIO(message.rendered() + after)
    assert read(stream) == message
    assert stream.read() == after


@pytest.mark.parametrize("read", starts)
@fuzzed
@given(
    chunks=st.lists(st.binary(min_size=1, max_size=40), max_size=4),
    trailer=st.sampled_from([b"", b"Expires: never\r\n"]),
    extension=st.sampled_from([b"", b";a=b", b" "]),
    after=st.binary(max_size=8),
)
def test_chunks_are_put_together_and_kept_as_framed(
    read: Read, chunks: list[bytes], trailer: bytes, extension: bytes, after: bytes
) -> None:
    framed = b"".join(b"%X%b\r\n%b\r\n" % (len(each), extension, each) for each in chunks)
    framed += b"0\r\n" + trailer + b"\r\n"
    head = starts[read].encode() + b"\r\nTransfer-Encoding: chunked\r\n\r\n"  # type: ignore[index]
    stream = io.BytesIO(head + framed + after)
    message = read(stream)
    assert message is not None
    assert (message.body, message.framed, stream.read()) == (b"".join(chunks), framed, after)
    assert message.rendered() == head + framed


@pytest.mark.parametrize("read", starts)
@fuzzed
@given(data=st.data(), body=st.binary(min_size=1, max_size=64), chunked=st.booleans())
def test_a_message_that_breaks_off_is_none_or_bad(
    read: Read, data: st.DataObject, body: bytes, chunked: bool
) -> None:
    framing = b"Transfer-Encoding: chunked" if chunked else b"Content-Length: %d" % len(body)
    framed = b"%x\r\n%b\r\n0\r\n\r\n" % (len(body), body) if chunked else body
    whole = starts[read].encode() + b"\r\n" + framing + b"\r\n\r\n" + framed  # type: ignore[index]
    cut = data.draw(st.integers(1, len(whole) - 1))
    with pytest.raises(BadMessage):
        read(io.BytesIO(whole[:cut]))


CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
BAD = {
    "an empty line first": b"\r\nHTTP/1.1 200 OK\r\n\r\n",
    "no version": b"200 OK\r\n\r\n",
    "a status of two digits": b"HTTP/1.1 20 OK\r\n\r\n",
    "a header without a colon": b"HTTP/1.1 204 No Content\r\nnonsense\r\n\r\n",
    "two lengths": b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
    "another coding": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n",
    "a signed chunk": CHUNKED + b"+1\r\na\r\n0\r\n\r\n",
    "a prefixed chunk": CHUNKED + b"0x1\r\na\r\n0\r\n\r\n",
    "a chunk too long": CHUNKED + b"1\r\nabc0\r\n\r\n",
    "a huge chunk": CHUNKED + b"%x\r\n" % (MAX_BODY + 1),
    "a huge length": b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % (MAX_BODY + 1),
    "a head without end": b"HTTP/1.1 200 OK\r\n" + b"a: b\r\n" * (MAX_HEAD // 6),
    "a trailer without end": CHUNKED + b"0\r\n" + b"a: b\r\n" * (MAX_HEAD // 5) + b"\r\n",
}


@pytest.mark.parametrize("name", BAD)
def test_what_go_refuses_is_bad(name: str) -> None:
    with pytest.raises(BadMessage):
        read_response(io.BytesIO(BAD[name]))


def test_blanks_that_are_no_blanks_in_http_stay() -> None:
    raw = b"HTTP/1.1 204 No Content\r\nname: \xa0value\x85\r\n\r\n"
    message = read_response(io.BytesIO(raw))
    assert message is not None
    assert message.rendered() == raw
