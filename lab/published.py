"""Publish a result: `python -m lab.published NAME REPORT` stores a report in `results/NAME`.

The program keeps the parts of the report that readers need, and moves the previous run's verdict
into the history. `lab.results_page` shows all results in the documentation.
"""

import json
import sys
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from conformance.data.messages import UserError, one_line

RESULTS: Final = Path(__file__).parents[1] / "results"
SCHEMA: Final = "urn:multi2vec-clip-conformance:report:"
ABOUT: Final = ("title", "about", "source", "reproduce")
KEPT: Final = ("schema", "started", "suite", "model", "verdict", "profiles", "counts")
KEPT_OF_A_FINDING: Final = ("clause", "level", "title", "got", "expected", "why", "test", "also")
FINE: Final = frozenset({"pass", "n/a", "disabled", "skipped"})
"""Statuses that do not get their own row in the table of clauses."""


@dataclass(frozen=True)
class Target:
    """A tested service: the four texts of its `target.toml`, and its latest shortened report."""

    name: str
    title: str
    about: str
    source: str
    reproduce: str
    report: dict[str, Any]

    @property
    def statuses(self) -> dict[str, str]:
        """The status of each clause, by its id."""
        return {clause["id"]: clause["status"] for clause in self.report["clauses"]}


def read_targets(folder: Path = RESULTS) -> list[Target]:
    """All targets, by name. Raises UserError if one breaks the rules of results/README.md."""
    return [_target(each) for each in sorted(folder.iterdir()) if each.is_dir()]


def _target(folder: Path) -> Target:
    try:
        told = tomllib.loads((folder / "target.toml").read_text(encoding="utf-8"))
    except (OSError, tomllib.TOMLDecodeError) as problem:
        raise UserError(f"{folder.name}/target.toml: {one_line(problem)}") from problem
    if sorted(told) != sorted(ABOUT) or not all(isinstance(text, str) for text in told.values()):
        raise UserError(f"{folder.name}/target.toml must have exactly these: {', '.join(ABOUT)}")
    texts = {key: told[key].strip() for key in ABOUT}
    return Target(folder.name, report=_read(folder / "report.json"), **texts)


def _read(path: Path) -> dict[str, Any]:
    try:
        report: Any = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as problem:
        raise UserError(f"{path.parent.name}/{path.name}: {one_line(problem)}") from problem
    if not isinstance(report, dict) or not str(report.get("schema")).startswith(SCHEMA):
        raise UserError(f"{path.parent.name}/{path.name} is not a report of this suite")
    return report


def shortened(report: dict[str, Any], before: dict[str, Any] | None = None) -> dict[str, Any]:
    """The stored form of a report; `before` is the stored report that it replaces."""
    short = _only(report, KEPT)
    short["contract"] = _only(report["contract"], ("version", "digest"))
    short["weights"] = report["target"]["weights"]
    short["findings"] = [_only(each, KEPT_OF_A_FINDING) for each in report["findings"]]
    short["clauses"] = [_clause(each) for each in report["clauses"]]
    short["history"] = [*before["history"], _verdict(before)] if before else []
    return short


def _clause(clause: dict[str, Any]) -> dict[str, Any]:
    """The clause, with its title and level only if the table of clauses shows it."""
    fine = clause["status"] in FINE
    return _only(clause, ("id", "status") if fine else ("id", "status", "level", "title"))


def _only(whole: dict[str, Any], keys: Sequence[str]) -> dict[str, Any]:
    return {key: whole[key] for key in keys if key in whole}


def _verdict(report: dict[str, Any]) -> dict[str, Any]:
    return {
        "started": report["started"],
        "commit": report["suite"]["commit"],
        "verdict": report["verdict"],
        "findings": [finding["clause"] for finding in report["findings"]],
    }


def store(folder: Path, report: Path) -> Path:
    """Store the report of a new run in a target's directory. Raises UserError."""
    path = folder / "report.json"
    short = shortened(_read(report), _read(path) if path.exists() else None)
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = [f"{_json(key)}: {_lines(value)}" for key, value in short.items()]
    path.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")
    return path


def _lines(value: Any) -> str:
    """JSON with one line per list entry, so that a diff shows which clauses changed."""
    if not isinstance(value, list) or not value:
        return _json(value)
    return "[\n" + ",\n".join(f" {_json(each)}" for each in value) + "\n]"


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def rows(targets: Sequence[Target]) -> Iterator[tuple[dict[str, Any], list[str]]]:
    """The clauses that not every target meets, each with its status for each target."""
    shown = {
        clause["id"]: clause
        for target in targets
        for clause in target.report["clauses"]
        if clause["status"] not in FINE
    }
    for name, clause in sorted(shown.items()):
        yield clause, [target.statuses.get(name, "n/a") for target in targets]


def main(words: Sequence[str]) -> int:
    """Store one report, or print one line that says why it cannot be stored."""
    if len(words) != 2:
        print("Usage: python -m lab.published NAME REPORT", file=sys.stderr)
        return UserError.exit_status
    try:
        print(store(RESULTS / words[0], Path(words[1])))
        read_targets()
    except UserError as problem:
        print(f"ERROR: {problem}", file=sys.stderr)
        return problem.exit_status
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
