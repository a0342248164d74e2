"""The reader agrees with Go's encoding/json; every case was verified with Go 1.26."""

import numpy as np
import pytest

from conformance.transport.go_reader import GoParseError, read, read_meta

READABLE_ROWS = [
    (b'{"textVectors": [[1, null, 2]]}', [[1, 0, 2]]),
    (b'{"textVectors": [null, [1]]}', [[], [1]]),
    (b'{"TEXTVECTORS": [[1]]}', [[1]]),
    ('{"textVector\u017f": [[1]]}'.encode(), [[1]]),
    (b'{"textvectors": [[1]], "textVectors": [[2]]}', [[2]]),
    (b'{"textVectors": [[1]], "textvectors": null}', []),
    (b'{"textVectors": [[1e-60, -0, 1E+5]]}', [[0, 0, 1e5]]),
    (b'{"textVectors": [[3.4028235677973366e38]]}', [[np.finfo(np.float32).max]]),
    (b'{"other": 1e400, "textVectors": []}', []),
    (b'{"textVectors": null, "imageVectors": null, "error": null}', []),
    (b" {} \n", []),
    (b"null", []),
]

UNREADABLE = [
    (b"", "empty"),
    (b" \n", "empty"),
    (b"\xef\xbb\xbf{}", "byte order mark"),
    (b"{} x", "not JSON"),
    (b"{}{}", "not JSON"),
    (b"<html></html>", "not JSON"),
    (b'{"a": 1,}', "not JSON"),
    (b'{"a": 01}', "not JSON"),
    (b'{"a": 1.}', "not JSON"),
    (b'{"error": "a\tb"}', "not JSON"),
    (b'{"error": "a\\xb"}', "not JSON"),
    (b'{"textVectors": [[1, 2]]', "not JSON"),
    (b"\x0b{}", "not JSON"),
    (b'{"textVectors": [[NaN]]}', "NaN"),
    (b'{"other": -Infinity}', "-Infinity"),
    (b"[]", "not an object"),
    (b"1", "not an object"),
    (b'"x"', "not an object"),
    (b"1e39", "not an object"),
    (b'{"textVectors": {}}', "not a list of vectors"),
    (b'{"textVectors": ""}', "not a list of vectors"),
    (b'{"textVectors": [1]}', "not a flat list"),
    (b'{"textVectors": [[[1]]]}', r"textVectors\[0\]\[0\] is a list"),
    (b'{"imageVectors": [[1], ["1"]]}', r"imageVectors\[1\]\[0\] is a string"),
    (b'{"textVectors": [[true]]}', "a boolean"),
    (b'{"textVectors": [[1e39]]}', "out of range for float32"),
    (b'{"textVectors": [[-1e400]]}', "out of range for float32"),
    (b'{"textVectors": [[3.4028235677973367e38]]}', "out of range for float32"),
    (b'{"error": 1}', "error is a number"),
    (b'{"error": 1e39}', "error is a number"),
    (b'{"error": [1]}', "error is a list"),
    (b'{"Error": 1, "error": "late"}', "Error is a number"),
    (b'{"detail": ' + b"[" * 20_000 + b"]" * 20_000 + b"}", "nested too deep"),
]

ERRORS = [
    (b'{"Error": "no image"}', "no image"),
    (b'{"error": "early", "error": null}', "early"),
    (b'{"error": "a\\ud800b"}', "a\ufffdb"),
    (b'{"error": "a\\ud83d\\ude00b"}', "a\U0001f600b"),
    (b'{"error": "a\xffb"}', "a\ufffdb"),
    (b'{"error": "a\xf0\x9f\x98b"}', "a\ufffd\ufffd\ufffdb"),
]


@pytest.mark.parametrize(("body", "rows"), READABLE_ROWS)
def test_reads_the_rows_that_go_reads(body: bytes, rows: list[list[float]]) -> None:
    answer = read(200, body)
    assert [row.tolist() for row in answer.text_vectors] == rows
    assert answer.image_vectors == []


@pytest.mark.parametrize(("body", "reason"), UNREADABLE)
def test_refuses_what_go_refuses(body: bytes, reason: str) -> None:
    with pytest.raises(GoParseError, match=reason):
        read(500, body)


@pytest.mark.parametrize(("body", "error"), ERRORS)
def test_reads_an_error_as_go_does(body: bytes, error: str) -> None:
    answer = read(400, body)
    assert answer.error == error
    assert answer.failure == f"fail with status 400: {error}"


def test_rows_are_float32_and_may_differ_in_width() -> None:
    text, image = read(200, b'{"textVectors": [[0.1, 2]], "imageVectors": [[1]]}'), read(200, b"{}")
    assert text.text_vectors[0].dtype == np.float32
    assert [len(row) for row in text.text_vectors + text.image_vectors] == [2, 1]
    assert image.text_vectors == image.image_vectors == []


@pytest.mark.parametrize("status", [200, 301, 399])
def test_an_error_up_to_status_399_goes_unseen(status: int) -> None:
    assert read(status, b'{"error": "lost"}').failure is None


@pytest.mark.parametrize("body", [b"[]", b"", b"<p>", b'{"a": 1e400}'])
def test_meta_must_be_an_object_that_go_can_hold(body: bytes) -> None:
    with pytest.raises(GoParseError):
        read_meta(body)


def test_meta_keeps_the_fields_and_the_last_of_several() -> None:
    assert read_meta(b'{"a": {"b": [1, "c", 1e300]}, "d": 1, "d": null, "D": 2}') == {
        "a": {"b": [1, "c", 1e300]},
        "d": None,
        "D": 2,
    }
