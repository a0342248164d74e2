"""Parsing the JSON of requests, and writing the JSON of responses."""

import json

import numpy as np
import pytest

from reference import json_bodies
from reference.errors import RefusedError
from reference.json_bodies import RequestBody, Vector, parse


@pytest.mark.parametrize(
    "body",
    [b"{}", b'{"texts": null, "images": null}', b'{"texts": [], "images": []}', b'{"other": 1}'],
)
def test_absent_null_and_empty_are_the_same(body: bytes) -> None:
    assert parse(body) == RequestBody()


def test_order_is_kept_and_unknown_fields_are_ignored() -> None:
    assert parse(b'{"texts": ["b", "a"], "images": ["x"], "y": {}}') == RequestBody(
        ("b", "a"), ("x",)
    )


def test_half_a_surrogate_pair_becomes_the_replacement_character() -> None:
    assert parse(b'{"texts": ["\\ud800 \\ud83e\\udd8a"]}').texts == ("\ufffd \U0001f98a",)


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (b"", "empty"),
        (b" \n", "empty"),
        (b"{", "not JSON"),
        (b"\xff\xfe\xff", "not JSON"),
        (b"[" * 100_000, "not JSON"),
        (b'{"n": ' + b"9" * 5000 + b"}", "not JSON"),
        (b"[]", "must be a JSON object, not a list"),
        (b"null", "must be a JSON object, not null"),
        (b'{"texts": "a"}', "texts: must be a list of strings, not a string"),
        (b'{"texts": {}}', "texts: must be a list of strings, not an object"),
        (b'{"images": false}', "images: must be a list of strings, not a boolean"),
        (b'{"texts": ["a", 1]}', "texts[1]: must be a string, not a number"),
        (b'{"images": [null]}', "images[0]: must be a string, not null"),
        (b'{"images": [["a"]]}', "images[0]: must be a string, not a list"),
    ],
)
def test_a_bad_body_is_refused_and_the_place_named(body: bytes, says: str) -> None:
    with pytest.raises(RefusedError) as refusal:
        parse(body)
    assert says in str(refusal.value)
    assert refusal.value.status == 400


def vector(*numbers: float) -> Vector:
    return np.asarray(numbers, dtype=np.float32)


def test_every_float32_comes_back_exactly() -> None:
    bits = np.random.default_rng(0).integers(0, 2**32, 20_000, dtype=np.uint32)
    numbers = np.concatenate([bits.view(np.float32), vector(0, -0.0, 1e-45, 3.4028235e38)])
    row = numbers[np.isfinite(numbers)]
    [read] = json.loads(json_bodies.answer([row], []))["textVectors"]
    assert np.array_equal(vector(*read), row)
