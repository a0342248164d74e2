"""Fuzz tests for the response reader, which parses JSON the way Go's encoding/json does."""

import json
import math
from contextlib import suppress
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from conformance.transport.go_reader import FLOAT32_OVERFLOW, GoParseError, read, read_meta
from tests.fuzz import fuzzed

FLOAT32_MAX = float(np.finfo(np.float32).max)
NAMES = ("textVectors", "TEXTVECTORS", "imageVectors", "error", "Error", "other")

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(NAMES) | st.text(), inner, max_size=4)
    ),
)
rows = st.lists(st.lists(st.floats(width=32, allow_nan=False, allow_infinity=False), max_size=5))


@st.composite
def broken_json(draw: st.DrawFn) -> bytes:
    """A JSON document with a few bytes removed, inserted, or changed."""
    document = json.dumps(draw(json_values), ensure_ascii=draw(st.booleans()))
    body = bytearray(document.encode("utf-8", errors="surrogatepass"))
    for _ in range(draw(st.integers(0, 3))):
        start = draw(st.integers(0, len(body)))
        end = draw(st.integers(start, min(len(body), start + 3)))
        body[start:end] = draw(st.binary(max_size=3))
    return bytes(body)


@st.composite
def numbers_at_the_limit(draw: st.DrawFn) -> str:
    """Literals around the limit of float32, with more digits than any float has."""
    near = FLOAT32_OVERFLOW + draw(st.integers(-(2**80), 2**80) | st.integers(-3, 3))
    fraction = draw(st.sampled_from(["", ".0", ".000000000000000001", ".5"]))
    return f"{draw(st.sampled_from(['', '-']))}{near}{fraction}"


@fuzzed
@given(broken_json() | st.binary())
@example(b'{"error": "\\ud800"}')
@example(b'{"textVectors": [[1e400]]}')
def test_it_reads_or_raises_its_own_error(body: bytes) -> None:
    for call in (lambda: read(200, body), lambda: read_meta(body)):
        with suppress(GoParseError):
            call()
            # Python accepts everything that Go accepts, except that Go ignores invalid UTF-8.
            json.loads(body.decode("utf-8", errors="surrogateescape"))


@pytest.mark.parametrize("levels", [100, 300, 500, 700, 900, 5000])
def test_it_reads_any_depth_or_raises_its_own_error(levels: int) -> None:
    for body in (b"[" * levels + b"]" * levels, b'{"a":' * levels + b"1" + b"}" * levels):
        with suppress(GoParseError):
            read_meta(b'{"detail":' + body + b"}")


@fuzzed
@given(rows, rows, st.text())
def test_it_reads_the_numbers_that_were_written(
    texts: list[list[float]], images: list[list[float]], error: str
) -> None:
    body = json.dumps({"textVectors": texts, "imageVectors": images, "error": error})
    answer = read(200, body.encode())
    assert [row.tolist() for row in answer.text_vectors] == texts
    assert [row.tolist() for row in answer.image_vectors] == images
    assert answer.error == error.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


@fuzzed
@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_number_is_the_nearest_float32_or_refused(number: float) -> None:
    body = json.dumps({"textVectors": [[number]]}).encode()
    if abs(number) >= FLOAT32_OVERFLOW:
        with pytest.raises(GoParseError, match="out of range for float32"):
            read(200, body)
        return
    expected = math.copysign(min(abs(number), FLOAT32_MAX), number)
    assert read(200, body).text_vectors[0][0] == np.float32(expected)


@fuzzed
@given(numbers_at_the_limit())
@example(str(FLOAT32_OVERFLOW))
@example(str(FLOAT32_OVERFLOW - 1))
def test_the_limit_of_float32_is_exact(literal: str) -> None:
    body = f'{{"textVectors": [[{literal}]]}}'.encode()
    if abs(Fraction(Decimal(literal))) < FLOAT32_OVERFLOW:
        assert abs(read(200, body).text_vectors[0][0]) == np.float32(FLOAT32_MAX)
    else:
        with pytest.raises(GoParseError, match="out of range for float32"):
            read(200, body)


@fuzzed
@given(st.dictionaries(st.text(st.characters(codec="utf-8")), json_values, max_size=4))
def test_meta_is_what_was_written(document: dict[str, Any]) -> None:
    try:
        body = json.dumps(document, ensure_ascii=False, allow_nan=False).encode()
    except (UnicodeEncodeError, ValueError):
        # The document contains a lone surrogate or an infinity, which JSON does not allow.
        assume(False)
    assert read_meta(body) == _as_floats(document)


def _as_floats(value: Any) -> Any:
    """The document with every number as a float, as Go holds it."""
    if isinstance(value, dict):
        return {key: _as_floats(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_as_floats(item) for item in value]
    return float(value) if type(value) is int else value
