"""Parse a response the way Weaviate's Go client does, rule by rule.

Weaviate passes the whole body to Go's ``encoding/json`` before it checks the status, so it may
reject a response that Python's more lenient parser accepts. Sources: weaviate/weaviate 1.39.0,
``modules/multi2vec-clip/clients/vectorizer.go`` and ``meta.go``; the package documentation of
``encoding/json`` (Go 1.26), each rule tried in a Go program.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, NoReturn, TypeVar

import numpy as np
from numpy.typing import NDArray

Vector = NDArray[np.float32]
Field = TypeVar("Field")

# Half a step above the largest float32: decimals from here on round to infinity.
FLOAT32_OVERFLOW = 2**128 - 2**103


class GoParseError(ValueError):
    """Weaviate cannot read this response, so its own client sees a failure."""


@dataclass(frozen=True)
class GoResponse:
    """The parsed response of ``/vectorize``: rows of float32, which may differ in length."""

    status: int
    text_vectors: list[Vector] = field(default_factory=list)
    image_vectors: list[Vector] = field(default_factory=list)
    error: str = ""

    @property
    def failure(self) -> str | None:
        """The error that Weaviate reports to its client, or None if it sees a success."""
        return f"fail with status {self.status}: {self.error}" if self.status > 399 else None


def read(status: int, body: bytes) -> GoResponse:
    """The response to ``POST /vectorize``; `body` is already decompressed.

    Raises GoParseError for anything that Weaviate cannot parse, regardless of the status.
    """
    try:
        return _response(status, _document(body, float))
    except _Beyond:
        # Only its literal shows how Go rounds a number, but reading every literal takes longer.
        return _response(status, _document(body, _number))


def _response(status: int, document: Any) -> GoResponse:
    if document is None:
        return GoResponse(status)
    if not isinstance(document, _Object):
        raise GoParseError(f"the body is {_kind(document)}, not an object")
    return GoResponse(
        status,
        document.last("textVectors", _rows, []),
        document.last("imageVectors", _rows, []),
        document.last("error", _error, ""),
    )


def read_meta(body: bytes) -> dict[str, Any]:
    """The response to ``GET /meta``; raises GoParseError if it breaks Weaviate's ``/v1/meta``."""
    document = _document(body, _number)
    if document is None:
        return {}
    if not isinstance(document, _Object):
        raise GoParseError(f"the body is {_kind(document)}, not an object")
    try:
        plain = _plain(document)
    except RecursionError as error:
        raise GoParseError("not readable: nested too deeply") from error
    assert isinstance(plain, dict)
    return plain


def holds_null(body: bytes) -> bool:
    """Whether a vector of a readable response contains a null, which Go silently reads as 0."""
    document = _document(body, float)
    lists = [document.last(name, _rows_as_sent, []) for name in ("textVectors", "imageVectors")]
    return any(None in row for rows in lists for row in rows)


class _Object:
    """A JSON object with all its pairs, since Go looks names up differently."""

    def __init__(self, pairs: list[tuple[str, Any]]) -> None:
        self.pairs = pairs

    def last(
        self, name: str, read_one: Callable[[str, Any], Field | None], missing: Field
    ) -> Field:
        """The value of `name`, ignoring case; every one must be valid, and the last one counts.

        If one is read as None, it has no effect.
        """
        found = [read_one(key, value) for key, value in self.pairs if _same_name(key, name)]
        return next((each for each in reversed(found) if each is not None), missing)


class _Huge(str):
    """The literal of a number that exceeds float32."""

    __slots__ = ()


def _same_name(key: str, name: str) -> bool:
    return len(key) == len(name) and key.casefold() == name.casefold()


def _document(body: bytes, number: Callable[[str], object]) -> Any:
    if body.startswith(b"\xef\xbb\xbf"):
        raise GoParseError("the body starts with a byte order mark")
    if not body.strip(b" \t\r\n"):
        raise GoParseError("the body is empty: unexpected end of JSON input")
    text = body.decode("utf-8", errors="surrogateescape")
    try:
        return json.loads(
            text,
            object_pairs_hook=_Object,
            parse_float=number,
            parse_int=number,
            parse_constant=_not_json,
        )
    except json.JSONDecodeError as error:
        place = f" from character {error.pos} on" if error.pos else ""
        raise GoParseError(f"not JSON{place}") from error
    except RecursionError as error:
        # Go accepts 10,000 levels; no valid response needs more than three.
        raise GoParseError("not readable: nested too deeply") from error


class _Beyond(Exception):
    """A number so large that its literal has to be examined."""


def _number(literal: str) -> float | _Huge:
    value = float(literal)
    if abs(value) < FLOAT32_OVERFLOW:
        return value
    # A decimal just below the limit may have been rounded up to it in the conversion to float64.
    # copy_abs, because abs rounds to 28 digits.
    if abs(value) == FLOAT32_OVERFLOW and Decimal(literal).copy_abs() < FLOAT32_OVERFLOW:
        return float(np.nextafter(value, 0.0))
    return _Huge(literal)


def _not_json(literal: str) -> NoReturn:
    raise GoParseError(f"not JSON: {literal} is not a JSON number")


def _rows(name: str, value: Any) -> list[Vector]:
    if value is None:
        return []
    if not isinstance(value, list):
        raise GoParseError(f"{name} is {_kind(value)}, not a list of vectors")
    return [_row(f"{name}[{index}]", row) for index, row in enumerate(value)]


def _rows_as_sent(_name: str, value: Any) -> list[list[object]]:
    return [row for row in value or [] if isinstance(row, list)]


def _row(name: str, value: Any) -> Vector:
    if value is None:
        return np.zeros(0, dtype=np.float32)
    if not isinstance(value, list):
        raise GoParseError(f"{name} is {_kind(value)}, not a flat list of numbers")
    if not set(map(type, value)) <= {float}:
        value = _checked(name, value)
    if value and not max(map(abs, value)) < FLOAT32_OVERFLOW:
        raise _Beyond
    # Rounded twice, through float64: at most one unit in the last place from Go's value.
    return np.asarray(value, dtype=np.float64).astype(np.float32)


def _checked(name: str, row: Sequence[Any]) -> list[float]:
    """The row with null read as 0, as in Go; raises if an element is not a number."""
    for index, item in enumerate(row):
        if isinstance(item, _Huge):
            raise GoParseError(f"{name}[{index}] is {item[:40]}, out of range for float32")
        if item is not None and type(item) is not float:
            raise GoParseError(f"{name}[{index}] is {_kind(item)}, not a number")
    return [0.0 if item is None else item for item in row]


def _error(name: str, value: Any) -> str | None:
    if value is None:
        return None
    if not isinstance(value, str) or isinstance(value, _Huge):
        raise GoParseError(f"{name} is {_kind(value)}, not a string")
    return _valid(value)


def _valid(text: str) -> str:
    """Replace invalid UTF-8 and unpaired surrogates with U+FFFD."""
    return "".join("\ufffd" if "\ud800" <= char <= "\udfff" else char for char in text)


def _plain(value: Any) -> Any:
    if isinstance(value, _Object):
        return {_valid(key): _plain(item) for key, item in value.pairs}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if isinstance(value, _Huge):
        if np.isinf(float(value)):
            raise GoParseError(f"the number {value[:40]} is out of range for float64")
        return float(value)
    return _valid(value) if isinstance(value, str) else value


def _kind(value: Any) -> str:
    """The JSON type of a parsed value, for a message."""
    if isinstance(value, _Huge | float):
        return "a number"
    if isinstance(value, bool):
        return "a boolean"
    if isinstance(value, str):
        return "a string"
    return "a list" if isinstance(value, list) else "an object"
