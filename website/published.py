"""Published reports: one folder a target, with what it is and its reports as they came out."""

import json
import tomllib
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Final

SUPPORTED: Final = "urn:multi2vec-clip-conformance:report:1."
"""Reports of this major version are read; fixtures/report.schema.json describes them."""

REQUIRED: Final = ("title", "about", "source", "reproduce")


class BadResult(ValueError):
    """A folder of results that breaks the rules of results/README.md; one line says how."""


@dataclass(frozen=True)
class Run:
    """One report.json."""

    name: str
    """The file's name without its ending: the day of the run."""
    report: dict[str, Any]

    @cached_property
    def statuses(self) -> dict[str, str]:
        """The status of each clause, by its id."""
        return {clause["id"]: clause["status"] for clause in self.report["clauses"]}

    @property
    def verdict(self) -> str:
        """The verdict of the whole run."""
        return str(self.report["verdict"])


@dataclass(frozen=True)
class Target:
    """Something that was tested, with its runs, newest last."""

    name: str
    title: str
    about: str
    source: str
    """Where the tested code or image is to be had, with its version."""
    reproduce: str
    """What to run, as shell lines."""
    runs: tuple[Run, ...]

    @property
    def newest(self) -> Run:
        """The run that counts."""
        return self.runs[-1]


@dataclass(frozen=True)
class Difference:
    """A clause whose status is another one than in an earlier run; None where it was not there."""

    clause: str
    before: str | None
    after: str | None


def differences(before: Run, after: Run) -> list[Difference]:
    """The clauses that two runs do not agree on, in the later run's order."""
    ids = [*after.statuses, *(each for each in before.statuses if each not in after.statuses)]
    pairs = (Difference(each, before.statuses.get(each), after.statuses.get(each)) for each in ids)
    return [each for each in pairs if each.before != each.after]


def read_targets(folder: Path) -> list[Target]:
    """All targets of a folder, by name; raises BadResult."""
    return [_target(each) for each in sorted(folder.iterdir()) if each.is_dir()]


def _target(folder: Path) -> Target:
    try:
        told = tomllib.loads((folder / "target.toml").read_text(encoding="utf-8"))
    except (OSError, tomllib.TOMLDecodeError) as problem:
        raise BadResult(f"{folder.name}/target.toml: {problem}") from problem
    missing = [key for key in REQUIRED if not isinstance(told.get(key), str)]
    if missing or set(told) - set(REQUIRED):
        raise BadResult(f"{folder.name}/target.toml has to have just: {', '.join(REQUIRED)}")
    runs = tuple(_run(path) for path in sorted(folder.glob("*.json")))
    if not runs:
        raise BadResult(f"{folder.name} has no report: copy the run's report.json to DATE.json")
    return Target(folder.name, runs=runs, **{key: told[key].strip() for key in REQUIRED})


def _run(path: Path) -> Run:
    name = f"{path.parent.name}/{path.name}"
    try:
        report = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as problem:
        raise BadResult(f"{name}: {problem}") from problem
    if not isinstance(report, dict) or not str(report.get("schema")).startswith(SUPPORTED):
        raise BadResult(f"{name} is no report of schema {SUPPORTED}x")
    return Run(path.stem, report)
