"""The JSON of requests, responses, and errors.

Requests are parsed strictly, except where Weaviate itself is lenient. An error is always an object
with a string `error`, never an HTML page.
"""

import json
import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

import numpy as np
import numpy.typing as npt

from reference.errors import ClientGoneError, RefusedError, UnavailableError

log = logging.getLogger(__name__)

Headers = tuple[tuple[str, str], ...]

JSON: Headers = (("Content-Type", "application/json"),)


@dataclass(frozen=True)
class Response:
    """What a request is answered with; `status` is an HTTP status."""

    status: int
    body: bytes = b""
    headers: Headers = ()


@dataclass(frozen=True)
class RequestBody:
    """The items to encode: plain texts, and base64 images; either may be empty."""

    texts: tuple[str, ...] = ()
    images: tuple[str, ...] = ()


def parse(body: bytes) -> RequestBody:
    """The texts and images of a request body.

    Absent, null and empty lists are equivalent, and unknown fields are ignored, as in Go's decoder.
    Raises `RefusedError`, which says what is wrong with the body and where.
    """
    document = _document(body)
    return RequestBody(_strings(document, "texts"), _strings(document, "images"))


def _document(body: bytes) -> dict[str, Any]:
    if not body or body.isspace():
        raise RefusedError(
            'the body is empty; send JSON such as {"texts": ["a cat"], "images": []}'
        )
    try:
        document = json.loads(body)
    except UnicodeDecodeError as error:
        raise RefusedError("the body is not JSON: it is not UTF-8 text") from error
    except (ValueError, RecursionError) as error:
        raise RefusedError(f"the body is not JSON: {error}") from error
    if not isinstance(document, dict):
        raise RefusedError(f"the body must be a JSON object, not {_kind(document)}")
    return document


def _strings(document: dict[str, Any], field: str) -> tuple[str, ...]:
    values = document.get(field)
    if values is None:
        return ()
    if not isinstance(values, list):
        raise RefusedError(f"{field}: must be a list of strings, not {_kind(values)}")
    for index, value in enumerate(values):
        if not isinstance(value, str):
            raise RefusedError(f"{field}[{index}]: must be a string, not {_kind(value)}")
    return tuple(_well_formed(value) for value in values)


def _well_formed(text: str) -> str:
    # JSON can contain half a surrogate pair, which tokenizers reject; Go also uses U+FFFD.
    if text.isascii():
        return text
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _kind(value: object) -> str:
    names = {dict: "an object", list: "a list", str: "a string", bool: "a boolean"}
    return "null" if value is None else names.get(type(value), "a number")


Vector = npt.NDArray[np.float32]


def answer(text_vectors: Sequence[Vector], image_vectors: Sequence[Vector]) -> bytes:
    """`{"textVectors": [...], "imageVectors": [...]}` in ASCII JSON."""
    return b"".join(
        (b'{"textVectors":[', b",".join(_rows(text_vectors)),
         b'],"imageVectors":[', b",".join(_rows(image_vectors)), b"]}")
    )  # fmt: skip


def _rows(vectors: Sequence[Vector]) -> Iterator[bytes]:
    """One JSON array per vector.

    Nine significant digits preserve every float32 exactly (IEEE 754). Measured for 512 numbers:
    0.07 ms and 6 kB, compared with 0.22 ms and 10 kB for `json.dumps(vector.tolist())`. Row by
    row, so that other threads, such as probes, get the interpreter in between.
    """
    for vector in vectors:
        yield (("[" + "%.9g," * len(vector))[:-1] % tuple(vector.tolist()) + "]").encode()


def document(content: dict[str, Any]) -> bytes:
    """A JSON object in ASCII."""
    return json.dumps(content, sort_keys=True, separators=(",", ":")).encode()


def failure(error: Exception) -> Response:
    """The JSON response that stands for `error`."""
    if isinstance(error, RefusedError):
        return refusal(str(error), error.status)
    if isinstance(error, UnavailableError):
        return refusal(str(error), HTTPStatus.SERVICE_UNAVAILABLE, (("Retry-After", "1"),))
    if isinstance(error, ClientGoneError):
        return refusal("the client hung up", 499)  # nginx's status for this; nobody reads it.
    # The traceback goes to the log; the client only sees the kind, without paths or addresses.
    log.error("a request failed", exc_info=error)
    message = f"the server failed on this request ({type(error).__name__}); its log says why"
    return refusal(message, HTTPStatus.INTERNAL_SERVER_ERROR)


def refusal(message: str, status: int, headers: Headers = ()) -> Response:
    """The contract's error object, with the status and additional headers."""
    return Response(status, document({"error": message}), JSON + headers)
