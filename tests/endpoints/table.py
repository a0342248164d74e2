"""Run the suite against all endpoints, one by one, and write docs/faults.md.

    python -m tests.endpoints.table [--jobs 2] [--kept DIR] [--write docs/faults.md] [NAME ...]

NAME is an endpoint or a theme. Each is tested with the whole suite; with `--narrow`, faults are
tested only with the clauses that should find them. An interrupted run resumes from its kept results
if the commit is the same. The order is random, but the same in each run.
"""

import argparse
import json
import subprocess
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from pathlib import Path
from zlib import crc32

from tests.endpoints import faults_document, registry
from tests.endpoints.judging import Outcome, judge, judge_by_its_clauses
from tests.endpoints.registry import Entry


def main() -> int:
    """Run, print what is wrong, and write the table; returns 1 if anything is wrong."""
    options = parse()
    entries = [entry for entry in wanted(options.names) if not entry.needs_more]
    kept = options.kept / commit() if options.kept else None
    if kept:
        kept.mkdir(parents=True, exist_ok=True)
    outcomes = list(run(entries, options.jobs, options.narrow, kept))
    wrong = [outcome for outcome in outcomes if not outcome.right]
    print(f"{len(outcomes)} endpoints, {len(wrong)} not as they should be")
    if options.write:
        options.write.write_text(faults_document.text(outcomes, commit()), encoding="utf-8")
    return 1 if wrong else 0


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.endpoints.table")
    parser.add_argument("names", nargs="*", metavar="NAME")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--narrow", action="store_true", help="faults by their clauses alone")
    parser.add_argument("--kept", type=Path, metavar="DIR", help="keep what was found there")
    parser.add_argument("--write", type=Path, metavar="FILE")
    return parser.parse_args()


def commit() -> str:
    """The current commit, with a mark if files differ from it."""
    asked = ["git", "describe", "--always", "--dirty", "--abbrev=12", "--match="]
    return subprocess.run(asked, capture_output=True, text=True, check=True).stdout.strip()


def wanted(names: list[str]) -> Iterator[Entry]:
    """The endpoints of these names or themes; all if there are none."""
    for entry in [*registry.faults().values(), *registry.legals().values()]:
        decidable = not entry.undecidable
        if decidable and (not names or entry.name in names or entry.theme in names):
            yield entry


def run(entries: Iterable[Entry], jobs: int, narrow: bool, kept: Path | None) -> Iterator[Outcome]:
    by_chance = sorted(entries, key=lambda entry: crc32(entry.name.encode()))
    with ProcessPoolExecutor(jobs) as pool:
        for done in as_completed(
            [pool.submit(one, each.name, each.is_fault, narrow, kept) for each in by_chance]
        ):
            print(line(done.result()), flush=True)
            yield done.result()


def one(name: str, is_fault: bool, narrow: bool, kept: Path | None) -> Outcome:
    """The suite's outcome for one endpoint, possibly from an earlier run."""
    entry = (registry.faults() if is_fault else registry.legals())[name]
    file = kept / f"{'faulty' if is_fault else 'legal'}-{name}.json" if kept else None
    if file and file.exists():
        return Outcome(**json.loads(file.read_text()))
    outcome = judge_by_its_clauses(entry) if narrow and is_fault else judge(entry)
    if file:
        file.write_text(json.dumps(vars(outcome)))
    return outcome


def line(outcome: Outcome) -> str:
    mark = "ok   " if outcome.right else "WRONG"
    misnamed = outcome.is_fault and outcome.findings and not outcome.first_fits
    found = " | ".join(outcome.findings) + (" MISNAMED" if misnamed else "")
    return f"{mark} {outcome.seconds:5.1f} s  {outcome.name:34} {found or outcome.verdict}"


if __name__ == "__main__":
    raise SystemExit(main())
