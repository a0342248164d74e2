"""Runs the suite against one of the endpoints, as its users do, and says what it found."""

import json
import os
import shutil
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.endpoints.registry import Entry
from tests.endpoints.server import serve
from tests.endpoints.suite_process import SuiteProcess

FOUND = ("fail", "warn")
PREFLIGHT = "preflight"
"""Stands among `caught_by` for a run that ends at once and says why."""
TIME = 300
"""Seconds after which a run is taken for stuck."""


@dataclass(frozen=True)
class Outcome:
    """What one run said of one endpoint."""

    entry: Entry
    verdict: str
    """The report's; without a report the last line that was printed."""
    statuses: dict[str, str]
    """Status of every clause by its id; empty without a report."""
    messages: dict[str, str]
    findings: list[str]
    """The clauses of the primary findings, worst first."""
    seconds: float
    status: int
    commit: str = ""
    """Of the suite, as the report has it."""

    @property
    def found(self) -> list[str]:
        """The clauses that failed or warned."""
        return [clause for clause, status in self.statuses.items() if status in FOUND]

    @property
    def broken(self) -> list[str]:
        """The MUST clauses that failed, and errors of the suite's own."""
        return [clause for clause, status in self.statuses.items() if status in ("fail", "error")]

    @property
    def fitting(self) -> list[str]:
        """The clauses found that name the fault."""
        return [clause for clause in self.entry.caught_by if clause in self.found]

    @property
    def first_fits(self) -> bool:
        """Whether the first finding is a clause that the endpoint's author named."""
        return bool(self.findings) and self.findings[0] in self.entry.caught_by

    @property
    def caught(self) -> bool:
        """Whether a fitting clause found the fault, or the run could not begin and said why."""
        refused = PREFLIGHT in self.entry.caught_by and not self.statuses and self.status == 4
        return bool(self.fitting) or refused

    @property
    def accepted(self) -> bool:
        """Whether a whole run ended without a failed MUST."""
        return self.verdict == "conformant" and not self.broken

    @property
    def right(self) -> bool:
        """Whether a fault was caught, or a legal endpoint accepted."""
        if self.entry.undecidable:
            return True
        return self.caught if self.entry.caught_by else self.accepted


def judge(entry: Entry, runner: SuiteProcess, folder: Path, narrow: bool = False) -> Outcome:
    """Serves the endpoint, runs the suite against it and reads the report in `folder`.

    `narrow` runs only the clauses that should catch the fault.
    """
    started = time.perf_counter()
    with serve(entry.build(), entry.host) as url:
        status = runner.run(command(entry, url, folder, narrow), folder, TIME)
    return read(entry, folder, status, time.perf_counter() - started)


def command(entry: Entry, url: str, folder: Path, narrow: bool) -> list[str]:
    """The arguments of `clip-conformance` for one run."""
    fixed = ["--model", entry.model, "--weights", entry.weights, "--weaviate", "off"]
    own = ["--report", str(folder)]
    narrow = narrow and "whole" not in entry.needs
    clauses = [clause for clause in entry.caught_by if narrow and clause != PREFLIGHT]
    chosen = [word for clause in clauses for word in ("--clause", clause)]
    return [url, *fixed, *own, *entry.options, *chosen]


def read(entry: Entry, folder: Path, status: int, seconds: float) -> Outcome:
    """What the run left behind."""
    file = folder / "report.json"
    if not file.exists():
        last = (folder / "out.txt").read_text().strip().splitlines()[-1:]
        return Outcome(entry, "".join(last), {}, {}, [], seconds, status)
    if keep := os.environ.get("CLIP_KEEP_REPORTS"):
        shutil.copy(file, Path(keep) / f"{entry.name}.json")
    return of_report(entry, json.loads(file.read_text()), seconds, status)


def of_report(entry: Entry, report: dict[str, Any], seconds: float, status: int) -> Outcome:
    """What a report.json says."""
    clauses = {clause["id"]: clause for clause in report["clauses"]}
    statuses = {name: str(clause["status"]) for name, clause in clauses.items()}
    told = {
        name: next((test["message"] for test in clause["tests"] if test["message"]), "")
        for name, clause in clauses.items()
    }
    findings = [finding["clause"] for finding in report["findings"]]
    commit = str(report["suite"].get("commit") or "")
    return Outcome(entry, report["verdict"], statuses, told, findings, seconds, status, commit)
