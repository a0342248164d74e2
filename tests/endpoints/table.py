"""Runs the suite against all endpoints and writes the table of faults for the documentation.

    python -m tests.endpoints.table [--jobs 2] [--whole] [--write docs/faults.md] [NAME ...]

NAME is an endpoint or a theme. Faults are judged by the clauses that should find them, legal
endpoints (and with --whole all) by the whole suite. `--kept DIR` keeps the reports there, and runs
only what has none yet: what has changed since then in how findings are grouped shows, what has
changed in the checks does not. The order is by chance, and the same each time: what a run that was
stopped has kept is a fair sample, which `--kept DIR --no-run --write FILE` writes down.
"""

import argparse
import json
import os
import tempfile
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import replace
from pathlib import Path
from queue import SimpleQueue
from zlib import crc32

from tests.endpoints import faults_document, kept_report, registry
from tests.endpoints.registry import Entry
from tests.endpoints.run_suite import Outcome, judge, of_report
from tests.endpoints.suite_process import SuiteProcess


def main() -> int:
    """Runs, prints what is wrong, writes the table; 1 if anything is."""
    options = parse()
    entries = [entry for entry in wanted(options.names) if not entry.needs_more]
    outcomes = [kept(entry, options.kept) for entry in entries if is_kept(entry, options.kept)]
    missing = [entry for entry in entries if not is_kept(entry, options.kept)]
    if options.kept:
        options.kept.mkdir(parents=True, exist_ok=True)
        os.environ["CLIP_KEEP_REPORTS"] = str(options.kept)
    if not options.no_run:
        missing.sort(key=lambda entry: crc32(entry.name.encode()))
        outcomes += run(missing, options.jobs, options.whole or bool(options.write))
    wrong = [outcome for outcome in outcomes if not outcome.right]
    print(f"{len(outcomes)} endpoints, {len(wrong)} not as they should be")
    if options.write:
        options.write.write_text(faults_document.text(entries, outcomes))
    return 1 if wrong else 0


def parse() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m tests.endpoints.table")
    parser.add_argument("names", nargs="*", metavar="NAME")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--whole", action="store_true", help="the whole suite for faults too")
    parser.add_argument(
        "--kept", type=Path, metavar="DIR", help="keep reports there, and run only what has none"
    )
    parser.add_argument("--no-run", action="store_true", help="only what is kept")
    parser.add_argument("--write", type=Path, metavar="FILE")
    return parser.parse_args()


def wanted(names: list[str]) -> Iterator[Entry]:
    """The endpoints of these names or themes; all where none is given."""
    for entry in [*registry.faults().values(), *registry.legals().values()]:
        if not names or entry.name in names or entry.theme in names:
            yield entry


def run(entries: Iterable[Entry], jobs: int, whole: bool) -> Iterator[Outcome]:
    """Outcomes as they come, each with its line."""
    idle: SimpleQueue[SuiteProcess] = SimpleQueue()

    def one(entry: Entry) -> Outcome:
        runner = idle.get()
        try:
            with tempfile.TemporaryDirectory() as folder:
                narrow = bool(entry.caught_by) and not whole
                return judge(entry, runner, Path(folder), narrow=narrow)
        finally:
            idle.put(runner)

    for _ in range(jobs):
        idle.put(SuiteProcess())
    with ThreadPoolExecutor(jobs) as pool:
        for done in as_completed([pool.submit(one, entry) for entry in entries]):
            print(line(done.result()), flush=True)
            yield done.result()
    while not idle.empty():
        idle.get().close()


def is_kept(entry: Entry, folder: Path | None) -> bool:
    """Whether an earlier run left its report."""
    return folder is not None and (folder / f"{entry.name}.json").is_file()


def kept(entry: Entry, folder: Path) -> Outcome:
    """What an earlier run said, with its findings grouped as they would be now."""
    file = folder / f"{entry.name}.json"
    report = json.loads(file.read_text())
    return replace(of_report(entry, report, 0, 0), findings=kept_report.primary(report))


def line(outcome: Outcome) -> str:
    """One line of progress."""
    mark = "ok   " if outcome.right else "WRONG"
    first = (
        ""
        if not outcome.entry.caught_by or outcome.first_fits or not outcome.findings
        else " MISNAMED"
    )
    found = f"{' | '.join(outcome.findings)}{first}" if outcome.findings else outcome.verdict
    return f"{mark} {outcome.seconds:5.1f} s  {outcome.entry.name:34} {found}"


if __name__ == "__main__":
    raise SystemExit(main())
