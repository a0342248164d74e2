"""Send one object per request from several parallel clients, as a Weaviate import does."""

import base64
import http.client
import itertools
import json
import threading
import time
import zlib
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from functools import cache
from io import BytesIO
from typing import Literal
from urllib.parse import urlsplit

from conformance.corpus import drawings
from conformance.options import endpoint_url
from conformance.options.endpoint_url import basic_authorization
from conformance.transport.exchange import MAX_RESPONSE, TooLarge, inflate

Kind = Literal["text", "image", "both"]
KINDS: tuple[Kind, ...] = ("text", "image", "both")

TIMEOUT = 50.0
"""Seconds; Weaviate's own timeout."""
IMAGE_SIZE = 512
"""Side in pixels of the JPEG that represents a product photograph."""


@dataclass(frozen=True)
class Sample:
    """One request: how long it took, and whether it returned all requested vectors."""

    seconds: float
    answered: bool


@cache
def bodies(kind: Kind) -> tuple[bytes, ...]:
    """Request bodies of different objects, enough that no two clients send the same one at once."""
    return tuple(
        _body(kind, combination, caption, number % 4 + 1)
        for number, combination in enumerate(drawings.combinations())
        for caption in drawings.captions(combination, "en", "held_out")
    )


def _body(kind: Kind, combination: drawings.Combination, caption: str, times: int) -> bytes:
    """One object's request; its text repeats the caption `times` times, so that lengths differ."""
    asked: dict[str, list[str]] = {}
    if kind != "image":
        asked["texts"] = [" ".join([caption] * times)]
    if kind != "text":
        asked["images"] = [_jpeg(combination, sum(caption.encode()))]
    return json.dumps(asked).encode()


def _jpeg(combination: drawings.Combination, variant: int) -> str:
    seeds, file = drawings.HELD_OUT_SEEDS, BytesIO()
    drawings.draw(combination, seeds[variant % len(seeds)], IMAGE_SIZE).save(file, "JPEG")
    return base64.b64encode(file.getvalue()).decode()


class Connection:
    """One persistent connection: posts JSON, and reconnects after a failure.

    It uses http.client, since the client shares the processor with an endpoint on the same machine:
    0.5 ms per request with a response of 512 numbers, compared with 1.1 ms for httpx.
    """

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        where = parts.hostname or "", parts.port
        self._http = http.client.HTTPConnection(*where, timeout=TIMEOUT)
        if parts.scheme == "https":
            context = endpoint_url.certificates(url)
            self._http = http.client.HTTPSConnection(*where, timeout=TIMEOUT, context=context)
        self._path = parts.path
        self._headers = {"Content-Type": "application/json", "Accept-Encoding": "gzip"}
        if authorization := basic_authorization(parts):
            self._headers["Authorization"] = authorization
        self._headers.update(endpoint_url.headers_of(url))

    def close(self) -> None:
        """Close it."""
        self._http.close()

    def post(self, path: str, body: bytes) -> tuple[int, bytes]:
        """Status and body; raises OSError, http.client.HTTPException, zlib.error, or TooLarge."""
        kept = self._http.sock is not None
        try:
            return self._exchange(path, body)
        except (ConnectionError, http.client.RemoteDisconnected):
            self.close()
            if not kept:
                raise
            # Like Go's client, since the persistent connection had been closed in the meantime.
            return self._exchange(path, body)
        except BaseException:
            self.close()  # Otherwise the rest of this response would be read as the next one.
            raise

    def _exchange(self, path: str, body: bytes) -> tuple[int, bytes]:
        self._http.request("POST", self._path + path, body, self._headers)
        response = self._http.getresponse()
        raw = response.read(MAX_RESPONSE + 1)
        if len(raw) > MAX_RESPONSE:
            raise TooLarge
        return response.status, inflate(raw) if response.getheader("Content-Encoding") else raw


def drive(url: str, kind: Kind, callers: int, seconds: float) -> list[Sample]:
    """Send for `seconds`, with each of `callers` sending one request at a time."""
    until = time.monotonic() + seconds
    turns = itertools.cycle(bodies(kind))
    lock = threading.Lock()

    def next_body() -> bytes:
        with lock:
            return next(turns)

    def caller(_number: int) -> list[Sample]:
        with closing(Connection(url)) as connection:
            return list(_calls(connection, kind, next_body, until))

    with ThreadPoolExecutor(callers) as pool:
        return [sample for samples in pool.map(caller, range(callers)) for sample in samples]


def _calls(
    connection: Connection, kind: Kind, next_body: Callable[[], bytes], until: float
) -> Iterator[Sample]:
    while time.monotonic() < until:
        body = next_body()
        begun = time.perf_counter()
        answered = _is_answered(connection, kind, body)
        yield Sample(time.perf_counter() - begun, answered)


def _is_answered(connection: Connection, kind: Kind, body: bytes) -> bool:
    try:
        status, answer = connection.post("/vectorize", body)
        document = json.loads(answer) if status == 200 else {}
        rows = [len(document.get(field) or ()) for field in ("textVectors", "imageVectors")]
    except (OSError, http.client.HTTPException, zlib.error, TooLarge):
        return False
    except (ValueError, RecursionError, AttributeError, TypeError):
        return False
    return rows == [int(kind != "image"), int(kind != "text")]
