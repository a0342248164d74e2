"""`list`, `explain`, and `models` show the contents of the tables and the checks' source code."""

from pathlib import Path

import click
import pytest

from conformance.command.cli import invoke
from conformance.command.contract_commands import explain, list_clauses, list_models
from conformance.data import clauses
from conformance.data import models as tags

Output = pytest.CaptureFixture[str]


def test_the_list_has_every_clause_with_its_level(capsys: Output) -> None:
    assert invoke(list_clauses, []) == 0
    rows = [line.split(maxsplit=2) for line in capsys.readouterr().out.splitlines()]
    shown = {row[0]: row[1:] for row in rows if len(row) == 3 and row[0] in clauses.all_clauses()}
    assert shown == {each.id: [each.level, each.title] for each in clauses.all_clauses().values()}


def test_the_list_can_be_narrowed(capsys: Output) -> None:
    words = ["--group", "img", "--group", "probes", "--level", "SHOULD"]
    assert invoke(list_clauses, words) == 0
    shown = {word for word in capsys.readouterr().out.split() if word in clauses.all_clauses()}
    wanted = [each for each in clauses.all_clauses().values() if each.group.id in ("IMG", "PRB")]
    assert shown == {each.id for each in wanted if each.level == "SHOULD"}


def test_a_clause_is_explained(capsys: Output) -> None:
    assert invoke(explain, ["img-02", "VEC-01"]) == 0
    shown = " ".join(capsys.readouterr().out.split())
    clause = clauses.find("IMG-02")
    for words in (clause.text, clause.reason, clause.source, f"IMG-02 (MUST): {clause.title}"):
        assert words in shown
    assert "catches: palette-refused: palette images cause a 500" in shown
    assert "tested in conformance/checks/test_image" in shown
    assert "def test_" in shown
    assert "VEC-01 (MUST)" in shown


@pytest.mark.parametrize(
    ("command", "words", "said"),
    [
        (explain, ["IMG-2"], "there is no clause IMG-2; did you mean IMG-02?"),
        (explain, ["IMG-99"], "there is no clause IMG-99; did you mean IMG-"),
        (explain, [], "Missing argument 'ID...'"),
        (list_clauses, ["--group", "x"], "there is no group x; known: PRB (probes), "),
        (list_models, ["--models", "/no/file"], "--models /no/file: No such file"),
    ],
)
def test_a_name_that_does_not_exist_is_one_line(
    command: click.Command, words: list[str], said: str, capsys: Output
) -> None:
    assert invoke(command, words) == 4
    told = capsys.readouterr().err
    assert said in told
    assert told.count("\n") == 1


def test_the_table_of_models_has_every_tag_whole_and_the_errata(capsys: Output) -> None:
    assert invoke(list_models, []) == 0
    shown = capsys.readouterr().out
    lines = {line.split()[0]: line for line in shown.splitlines() if line.strip()}
    for model in tags.load().values():
        assert str(model.checkpoint_dimension) in lines[model.tag]
    assert shown.count("erratum: ") == sum(model.erratum for model in tags.load().values())


def test_a_row_of_ones_own_is_in_the_table(capsys: Output, tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text('[[model]]\ntag = "mine"\n')
    assert invoke(list_models, ["--models", str(tmp_path / "mine.toml")]) == 0
    [row] = [line for line in capsys.readouterr().out.splitlines() if line.startswith("mine ")]
    assert row.split() == ["mine", *["unknown"] * 5, "yours"]
