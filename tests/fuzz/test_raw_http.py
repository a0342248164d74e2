"""Fuzz tests for the HTTP/1.1 reader: messages are complete, bounded, and unchanged."""

import socket
from collections.abc import Callable
from contextlib import suppress
from io import BytesIO
from typing import cast

import h11
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from conformance.transport.exchange import TooLarge
from conformance.transport.raw_http import MAX_HEAD, Message, Wire
from tests.fuzz import fuzzed

Read = Callable[[Wire], Message | None]
"""Reads a request, or a response to a POST."""

PIECES = (
    b"HTTP/1.1 200 OK\r\n",
    b"HTTP/1.0 200\r\n",
    b"HTTP/1.1 204 No Content\r\n",
    b"HTTP/1.1 100 Continue\r\n",
    b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: a\r\n",
    b"POST /vectorize HTTP/1.1\r\nHost: a\r\n",
    b"Content-Length: 3\r\n",
    b"Content-Length: \xb2\r\n",
    b"Content-Length: " + b"9" * 5000 + b"\r\n",
    b"Transfer-Encoding: chunked\r\n",
    b"Transfer-Encoding: gzip\r\n",
    b"Connection: close\r\n",
    b"Connection: upgrade\r\nUpgrade: a\r\n",
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
STARTS = {"request": b"POST /vectorize HTTP/1.1\r\nHost: a\r\n", "response": b"HTTP/1.1 200 OK\r\n"}
READS: dict[str, Read] = {"request": Wire.request, "response": lambda wire: wire.response("POST")}
BAD = (h11.RemoteProtocolError, TooLarge)
kinds = pytest.mark.parametrize("kind", STARTS)

names = st.text("abcXYZ-09_", min_size=1).filter(
    lambda name: name.lower() not in ("content-length", "transfer-encoding", "host")
)
values = st.text(st.characters(min_codepoint=0x21, max_codepoint=0xFF, exclude_characters="\x7f"))


class Sent(BytesIO):
    """A connection that the peer has closed after sending these bytes."""

    recv = BytesIO.read

    def settimeout(self, seconds: float | None) -> None:
        """Do nothing, since there is nothing to wait for."""


def read(kind: str, sent: bytes) -> tuple[Message | None, bytes]:
    """The first message in these bytes, and the bytes after it."""
    connection = Sent(sent)
    wire = Wire(cast(socket.socket, connection), most=2**20)
    message = READS[kind](wire)
    return message, wire.left + connection.read()


@st.composite
def streams(draw: st.DrawFn) -> bytes:
    """Parts of messages in any order, with a few bytes changed."""
    parts = draw(st.lists(st.sampled_from(PIECES) | st.binary(max_size=8), max_size=8))
    stream = bytearray(b"".join(parts))
    for _ in range(draw(st.integers(0, 2))):
        place = draw(st.integers(0, len(stream)))
        stream[place : place + 1] = draw(st.binary(max_size=2))
    return bytes(stream)


@kinds
@fuzzed
@given(stream=streams() | st.binary())
@example(stream=b"HTTP/1.1 \xb2\xb2\xb2 OK\r\n\r\n")
@example(stream=b"HTTP/1.1 200 OK\r\nContent-Length: \xb2\r\n\r\n")
@example(stream=b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: " + b"9" * 5000 + b"\r\n\r\n")
def test_it_reads_or_raises(kind: str, stream: bytes) -> None:
    with suppress(*BAD):
        message, rest = read(kind, stream)
        assert message is not None or rest == b""
        # The message and the rest are the end of the stream, unchanged; only interim responses are
        # dropped.
        assert stream.endswith((message.framed if message else b"") + rest)


@kinds
@fuzzed
@given(
    pairs=st.lists(st.tuples(names, values), max_size=4),
    body=st.binary(max_size=64),
    after=st.binary(max_size=8),
)
def test_what_is_rendered_is_read(
    kind: str, pairs: list[tuple[str, str]], body: bytes, after: bytes
) -> None:
    start, *host = STARTS[kind].decode().splitlines()
    own = [("Host", "a")] if host else []
    headers = (*own, *pairs, ("Content-Length", str(len(body))))
    message = Message(start, tuple(headers), body, body)
    assert read(kind, message.rendered() + after) == (message, after)


@kinds
@fuzzed
@given(
    chunks=st.lists(st.binary(min_size=1, max_size=40), max_size=4),
    trailer=st.sampled_from([b"", b"Expires: never\r\n"]),
    extension=st.sampled_from([b"", b";a=b"]),
    after=st.binary(max_size=8),
)
def test_chunks_are_put_together_and_kept_as_framed(
    kind: str, chunks: list[bytes], trailer: bytes, extension: bytes, after: bytes
) -> None:
    framed = b"".join(b"%X%b\r\n%b\r\n" % (len(each), extension, each) for each in chunks)
    framed += b"0\r\n" + trailer + b"\r\n"
    head = STARTS[kind] + b"Transfer-Encoding: chunked\r\n\r\n"
    message, rest = read(kind, head + framed + after)
    assert message is not None
    assert (message.body, message.framed, rest) == (b"".join(chunks), framed, after)
    assert message.rendered() == head + framed


@kinds
@fuzzed
@given(data=st.data(), body=st.binary(min_size=1, max_size=64), chunked=st.booleans())
def test_a_message_that_breaks_off_is_bad(
    kind: str, data: st.DataObject, body: bytes, chunked: bool
) -> None:
    framing = b"Transfer-Encoding: chunked" if chunked else b"Content-Length: %d" % len(body)
    framed = b"%x\r\n%b\r\n0\r\n\r\n" % (len(body), body) if chunked else body
    whole = STARTS[kind] + framing + b"\r\n\r\n" + framed
    cut = data.draw(st.integers(1, len(whole) - 1))
    with pytest.raises(BAD):
        read(kind, whole[:cut])


CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
REFUSED_BY_GO = {
    "an empty line first": b"\r\nHTTP/1.1 200 OK\r\n\r\n",
    "no version": b"200 OK\r\n\r\n",
    "a status of two digits": b"HTTP/1.1 20 OK\r\n\r\n",
    "a header without a colon": b"HTTP/1.1 204 No Content\r\nnonsense\r\n\r\n",
    "two lengths": b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
    "another coding": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n",
    "a signed chunk": CHUNKED + b"+1\r\na\r\n0\r\n\r\n",
    "a prefixed chunk": CHUNKED + b"0x1\r\na\r\n0\r\n\r\n",
    "a chunk too long": CHUNKED + b"1\r\nabc0\r\n\r\n",
    "a huge chunk": CHUNKED + b"100001\r\n" + bytes(2**20 + 1),
    "a huge body": b"HTTP/1.1 200 OK\r\n\r\n" + bytes(2**20 + 1),
    "a head without end": b"HTTP/1.1 200 OK\r\n" + b"a: b\r\n" * (MAX_HEAD // 5),
    "a trailer without end": CHUNKED + b"0\r\n" + b"a: b\r\n" * (MAX_HEAD // 5),
    "100 without end": b"HTTP/1.1 100 Continue\r\n\r\n" * 9,
}


@pytest.mark.parametrize("name", REFUSED_BY_GO)
def test_what_go_refuses_is_bad(name: str) -> None:
    with pytest.raises(BAD):
        read("response", REFUSED_BY_GO[name])


def test_blanks_that_are_no_blanks_in_http_stay() -> None:
    raw = b"HTTP/1.1 204 No Content\r\nname: \xa0value\x85\r\n\r\n"
    message, _ = read("response", raw)
    assert message is not None
    assert message.rendered() == raw
