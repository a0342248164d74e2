"""A malformed CLIP_INFERENCE_API: Go's error message, the mistake, and the suggested URL."""

import json
from pathlib import Path

import pytest

from conformance.doctor.go_url import go_says, suggested, url_problem

GOOD = "http://clip:8080"
MALFORMED = {
    f'"{GOOD}"': "it begins with a double quote (U+0022); it ends in a double quote (U+0022)",
    f"'{GOOD}'": "it begins with a single quote (U+0027)",
    f"{GOOD} ": "it ends in a space (U+0020)",
    f" {GOOD}": "it begins with a space (U+0020)",
    f"{GOOD}\r": "it ends in a carriage return (U+000D)",
    f"{GOOD}\n": "it ends in a line feed (U+000A)",
    f"{GOOD}\u00a0": "it ends in a no-break space (U+00A0)",
    f"\ufeff{GOOD}": "it begins with a byte order mark (U+FEFF)",
    "http:/clip:8080": "http:/ is not http://",
    "http//clip:8080": "http// is not http://",
    "http:clip:8080": "http: is not http://",
    "http://cl ip:8080": "it contains a space (U+0020)",
    'http://clip:8080"': "it ends in a double quote (U+0022)",
    "clip:8080": "it has no scheme (http:// or https://)",
    f"{GOOD}/": "it ends in a slash",
    f"{GOOD}/vectorize": "it ends in /vectorize, which Weaviate appends itself",
    f"{GOOD}/meta/": "it ends in /meta",
}
"""Mistyped forms of `GOOD`, and the mistakes that are reported for them."""
UNKNOWN = {
    "http://${CLIP_HOST}:8080": "${CLIP_HOST} is a variable that was not expanded",
    "http://{{ clip }}:8080": "{{ clip }} is a variable that was not expanded",
    "http://clip:80a": 'Weaviate, cannot parse it: invalid port ":80a" after host',
    "http://clip:8080:8080": 'invalid port ":8080:8080" after host',
    "http://[::1:8080": "missing ']' in host",
    "http://clip%zz": 'invalid URL escape "%zz"',
    "htp://clip:8080": "not a valid endpoint URL",
    "http:///clip": "not a valid endpoint URL",
    f"{GOOD}?x=1": "the URL has a query or a fragment",
}
"""Values whose intended form cannot be guessed, and the mistakes that are reported for them."""


@pytest.mark.parametrize("value", MALFORMED)
def test_what_is_wrong_is_named_and_what_was_meant_suggested(value: str) -> None:
    assert MALFORMED[value] in url_problem(value)
    assert suggested(value) == GOOD


@pytest.mark.parametrize("value", UNKNOWN)
def test_what_cannot_be_guessed_is_not_suggested(value: str) -> None:
    assert UNKNOWN[value] in url_problem(value)
    assert suggested(value) == ""


@pytest.mark.parametrize("value", [GOOD, "https://u:p@clip.example.com/prefix", "http://[::1]:80"])
def test_what_is_right_is_no_problem(value: str) -> None:
    assert url_problem(value) == ""


def test_go_says_what_is_said_here() -> None:
    """go_says.json contains the output of `go run tests/doctor/main.go` with Go 1.26.8."""
    by_go: dict[str, str] = json.loads(Path(__file__).with_name("go_says.json").read_text())
    assert by_go.keys() >= {*MALFORMED, *UNKNOWN}
    assert {value: go_says(value) for value in by_go} == by_go
