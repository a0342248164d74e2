"""A body in a report is short, says how long it was, and takes no time."""

import json
import time

import pytest

from conformance.report.abbreviation import abbreviated


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
    assert time.process_time() - started < 2
