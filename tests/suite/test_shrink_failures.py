"""Shrinking a failing request is deterministic and bounded, and it yields a minimal request."""

from pathlib import Path

import pytest

from conformance.checks import shrink_failures as module
from conformance.checks.shrink_failures import falsify
from conformance.corpus.request_mixes import Mix
from conformance.expect import Nonconformity
from conformance.expect.nonconformity import Cause, CauseKind


def refuse_non_ascii(mix: Mix) -> None:
    if any(not text.isascii() for text in mix.texts):
        raise Nonconformity("not ASCII", "ASCII")


def tried() -> list[Mix]:
    seen: list[Mix] = []
    falsify(seen.append)
    return seen


def test_a_run_tries_the_same_requests_each_time() -> None:
    assert tried() == tried()
    assert len(set(tried())) > 0.6 * module.EXAMPLES


def test_a_search_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    tried()
    assert not list(tmp_path.iterdir())


def test_a_failing_request_is_made_small() -> None:
    with pytest.raises(Nonconformity) as caught:
        falsify(refuse_non_ascii)
    found = caught.value.got.partition("found: ")[2]
    assert found.startswith("texts [")
    assert len(found) <= len("texts ['Zürich']")


def test_an_endpoint_that_errs_now_and_then_fails() -> None:
    calls = iter(range(1000))

    def every_seventh_fails(_mix: Mix) -> None:
        if next(calls) % 7 == 6:
            raise Nonconformity("nothing", "an answer")

    with pytest.raises(Nonconformity, match="nothing"):
        falsify(every_seventh_fails)


def test_an_endpoint_that_hangs_is_not_asked_again() -> None:
    calls: list[Mix] = []

    def hang(mix: Mix) -> None:
        calls.append(mix)
        raise Nonconformity("no answer", "one", (), Cause(CauseKind.NO_RESPONSE))

    with pytest.raises(Nonconformity, match="no answer"):
        falsify(hang)
    assert len(calls) == 1
