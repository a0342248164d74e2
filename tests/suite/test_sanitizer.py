"""Secrets and oversized values never reach a report."""

import json
import time
from base64 import b64encode
from dataclasses import replace

import pytest

from conformance.data.models import Model
from conformance.options.settings import Given, Settings
from conformance.report.provenance import command_line
from conformance.report.results import abbreviated
from conformance.report.sanitizer import LONGEST, Sanitizer, sanitizer_of

SETTINGS = Settings("http://me:s3cretive@h:80", Model("tag"), "stand-in")


@pytest.mark.parametrize(
    "text",
    [
        "http://me:s3cretive@h/meta",
        "said s3cretive back",
        f"Authorization: Basic {b64encode(b'me:s3cretive').decode()}",
        '{"headers": {"authorization": "Bearer s3cretive"}}',
    ],
)
def test_the_password_of_the_url_is_masked(text: str) -> None:
    shown = sanitizer_of(SETTINGS, {}).text(text)
    assert "s3cretive" not in shown
    assert b64encode(b"me:s3cretive").decode() not in shown
    assert "***" in shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("https://u:p@h/x?y", "https://***@h/x?y"),
        ("curl -H 'X-API-Key: abc' http://h", "curl -H 'X-API-Key: ***' http://h"),
        ('"api_key": "abc"', '"api_key": "***"'),
        ("Cookie=abc", "Cookie=***"),
        ("nobody@example.org", "nobody@example.org"),
        ("the keyboard: a, b", "the keyboard: a, b"),
    ],
)
def test_what_looks_like_a_secret_is_masked(text: str, shown: str) -> None:
    assert Sanitizer().text(text) == shown


def test_the_key_of_weaviate_is_masked_wherever_it_stands() -> None:
    clean = sanitizer_of(SETTINGS, {"CLIP_WEAVIATE_API_KEY": "key-of-weaviate"})
    assert clean.plain({"a": ["x key-of-weaviate", 1]}) == {"a": ["x ***", 1]}


def test_a_container_keeps_its_secrets() -> None:
    clean = sanitizer_of(replace(SETTINGS, env=("HF_TOKEN=hf_abcdef", "ENABLE_CUDA=1")), {})
    assert clean.word("HF_TOKEN=hf_abcdef") == "HF_TOKEN=***"
    assert clean.word("ENABLE_CUDA=1") == "ENABLE_CUDA=1"
    assert clean.text("loaded with hf_abcdef") == "loaded with ***"


def test_a_long_text_is_cut_and_says_so() -> None:
    shown = Sanitizer().text("a" * 1_000_000)
    assert len(shown) < LONGEST + 50
    assert "1000000 characters" in shown


GIVEN = {
    "url": Given("http://me:pw@h", "command line"),
    "strict": Given(True, "command line"),
    "clause": Given(["VEC-01", "VEC-02"], "command line"),
    "slow": Given(False, "CLIP_CONFORMANCE_SLOW"),
    "model": Given("tag", "pyproject.toml"),
}


def test_the_line_that_repeats_a_run_of_the_command() -> None:
    line = command_line(GIVEN, Sanitizer(), ["-k", "a or b"])
    options = "--strict --clause VEC-01 --clause VEC-02 --model tag"
    assert line == f"clip-conformance 'http://***@h' {options} -- -k 'a or b'"


def test_the_line_that_repeats_a_run_of_pytest() -> None:
    words = ["--pyargs", "conformance", "--clip-url=http://me:pw@h"]
    line = command_line(GIVEN, Sanitizer(), pytest_line=words)
    assert line == "pytest --pyargs conformance '--clip-url=http://***@h' --clip-model tag"


def test_a_row_of_numbers_is_cut() -> None:
    body = json.dumps({"textVectors": [[0.5] * 512]}).encode()
    assert abbreviated(body) == '{"textVectors": [[0.5, 0.5, 0.5, … 512 numbers in all]]}'


def test_base64_is_cut() -> None:
    body = json.dumps({"images": ["iVBORw0KGgo" * 40]}).encode()
    expected = '{"images": ["iVBORw0KGgoiVBORw0KGgoiV… 440 characters in all"]}'
    assert abbreviated(body) == expected


@pytest.mark.parametrize("body", [b"", b'{"error": "no"}', b"[1, 2, 3]", b"\xff"])
def test_what_is_short_stays(body: bytes) -> None:
    assert abbreviated(body) == body.decode("utf-8", "replace")


def test_what_is_left_is_bounded() -> None:
    text = abbreviated(b"<p>a page</p>" * 100_000)
    assert len(text) < 2_100
    assert text.endswith("… (1300000 bytes)")


@pytest.mark.parametrize("piece", [b"1", b"1,", b"1, ", b"-", b"1e", b"1 , ", b"A", b" ", b"1,a"])
def test_no_body_takes_long(piece: bytes) -> None:
    started = time.process_time()
    abbreviated(piece * (16 * 2**20 // len(piece)))
    assert time.process_time() - started < 60
