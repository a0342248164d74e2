"""A frozen edition stays what it was: a clause that changes gets a number of its own."""

import tomllib
from dataclasses import replace
from pathlib import Path

import pytest

from conformance.data import clauses, editions, fixture_files
from conformance.data.clauses import Level
from conformance.data.editions import Edition

NOW = clauses.all_clauses()
FIRST, SECOND, *_ = NOW


@pytest.fixture
def frozen() -> Edition:
    """An edition of all clauses as they are."""
    return editions.parse(tomllib.loads(editions.freeze("1999-01")))


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty place of data files."""
    fixture_files.toml.cache_clear()
    monkeypatch.setattr(fixture_files, "path", tmp_path.joinpath)
    return tmp_path / editions.FOLDER


# The last of them: an older one may differ, and its reports say how.
@pytest.mark.parametrize("name", editions.names()[-1:])
def test_no_clause_has_changed_since_the_newest_edition(name: str) -> None:
    assert editions.read(name).differences() == [], (
        "give what is required anew a number of its own; for a mere rewording run "
        f"python -m conformance.data.editions --freeze {name} --reworded ID"
    )


def test_what_was_just_frozen_has_not_changed(frozen: Edition) -> None:
    assert list(frozen.clauses) == list(NOW)
    assert frozen.differences() == []


def test_a_clause_that_changed_is_named(frozen: Edition, monkeypatch: pytest.MonkeyPatch) -> None:
    other: Level = "MAY" if NOW[SECOND].level != "MAY" else "MUST"
    changed = {
        FIRST: replace(NOW[FIRST], text="It MUST be blue."),
        SECOND: replace(NOW[SECOND], level=other),
        "NEW-01": replace(NOW[FIRST], id="NEW-01"),
    }
    gone = list(NOW)[2]
    now = {name: clause for name, clause in {**NOW, **changed}.items() if name != gone}
    monkeypatch.setattr(clauses, "all_clauses", lambda: now)
    assert frozen.differences() == [
        f"{FIRST} has another text",
        f"{SECOND} is a {other}, was a {NOW[SECOND].level}",
        f"{gone} is gone",
    ]


def test_the_program_freezes_once(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    now = clauses.all_clauses()
    assert editions.main(["--freeze", "1999-01"]) == 0
    assert f"{len(now)} clauses" in capsys.readouterr().out
    assert editions.names() == ["1999-01"]
    assert (folder / "1999-01.toml").exists()
    with pytest.raises(SystemExit):
        editions.main(["--freeze", "1999-01"])


def test_a_rewording_is_taken_in(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    editions.main(["--freeze", "1999-01"])
    now = {**NOW, FIRST: replace(NOW[FIRST], text="It MUST be blue.")}
    monkeypatch.setattr(clauses, "all_clauses", lambda: now)
    assert editions.read("1999-01").differences()
    editions.main(["--freeze", "1999-01", "--reworded", FIRST])
    again = editions.parse(tomllib.loads((folder / "1999-01.toml").read_text()))
    assert again.differences() == []


def test_an_unknown_edition_is_one_line() -> None:
    with pytest.raises(editions.UnknownEdition, match="no edition '1066-10'"):
        editions.read("1066-10")
