"""Runs the suite against all endpoints and writes the table of faults for the documentation.

    python -m tests.endpoints.table [--jobs 2] [--whole] [--write docs/faults.md] [NAME ...]

NAME is an endpoint or a theme. Faults are judged by the clauses that should find them, legal
endpoints (and with --whole all) by the whole suite. `--kept DIR` keeps the reports there, and runs
only what has none yet: what has changed since then in how findings are grouped shows, what has
changed in the checks does not.
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
from statistics import median

from tests.endpoints import kept_report, registry
from tests.endpoints.registry import Entry
from tests.endpoints.run_suite import PREFLIGHT, Outcome, judge, of_report
from tests.endpoints.suite_process import SuiteProcess

HEAD = """\
# What the suite finds, and what it accepts

Made by `python -m tests.endpoints.table --whole --write docs/faults.md`; do not edit. Every
endpoint below is served over a fake encoder, and the whole suite is run against it.
`python -m tests.endpoints NAME` serves one of them, to try it by hand.
"""
FAULT_COLUMNS = (
    "theme",
    "endpoint",
    "what people ship",
    "author's clauses",
    "findings",
    "number",
    "fits",
)
EXPLAINED = """
The author of a faulty endpoint names the clauses that would describe it well, before the suite is
run. *Findings* are the primary ones of that run, the first one first; what follows from them stands
below them in a report and is not counted. *Fits* says whether the first is a clause that the author
named.
"""


def main() -> int:
    """Runs, prints what is wrong, writes the table; 1 if anything is."""
    options = parse()
    entries = [entry for entry in wanted(options.names) if not needs_more(entry)]
    outcomes = [kept(entry, options.kept) for entry in entries if is_kept(entry, options.kept)]
    missing = [entry for entry in entries if not is_kept(entry, options.kept)]
    if options.kept:
        options.kept.mkdir(parents=True, exist_ok=True)
        os.environ["CLIP_KEEP_REPORTS"] = str(options.kept)
    outcomes += run(missing, options.jobs, options.whole or bool(options.write))
    outcomes.sort(key=lambda outcome: entries.index(outcome.entry))
    wrong = [outcome for outcome in outcomes if not right(outcome)]
    print(f"{len(outcomes)} endpoints, {len(wrong)} not as they should be")
    if options.write:
        options.write.write_text(text(outcomes))
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
    parser.add_argument("--write", type=Path, metavar="FILE")
    return parser.parse_args()


def wanted(names: list[str]) -> Iterator[Entry]:
    """The endpoints of these names or themes; all where none is given."""
    for entry in [*registry.faults().values(), *registry.legals().values()]:
        if not names or entry.name in names or entry.theme in names:
            yield entry


def needs_more(entry: Entry) -> str:
    """What a run of this kind lacks for the entry; empty where nothing."""
    return next((need for need in entry.needs if need in ("slow", "weaviate")), "")


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


def right(outcome: Outcome) -> bool:
    """Whether a fault was caught, or a legal endpoint accepted."""
    entry = outcome.entry
    if entry.undecidable:
        return True
    return outcome.caught if entry.caught_by else outcome.accepted


def line(outcome: Outcome) -> str:
    """One line of progress."""
    mark = "ok   " if right(outcome) else "WRONG"
    first = (
        ""
        if not outcome.entry.caught_by or outcome.first_fits or not outcome.findings
        else " MISNAMED"
    )
    found = f"{' | '.join(outcome.findings)}{first}" if outcome.findings else outcome.verdict
    return f"{mark} {outcome.seconds:5.1f} s  {outcome.entry.name:34} {found}"


def text(outcomes: list[Outcome]) -> str:
    """The document."""
    faults = [f for f in outcomes if f.entry.caught_by]
    legal = [f for f in outcomes if not f.entry.caught_by and not f.entry.undecidable]
    open_ = [entry for entry in registry.faults().values() if entry.undecidable]
    rest = [entry for entry in registry.faults().values() if needs_more(entry)]
    caught, accepted = sum(f.caught for f in faults), sum(f.accepted for f in legal)
    told = [f for f in faults if f.findings]
    fitting = sum(f.first_fits for f in told)
    counts = [len(f.findings) for f in told]
    return "\n".join(
        [
            HEAD,
            f"{caught} of {len(faults)} faults are found by a clause that describes them; "
            f"{accepted} of {len(legal)} legal endpoints pass without a failed MUST.\n",
            f"A fault has {median(counts):g} primary finding (median; {counts.count(1)} of "
            f"{len(counts)} have one, the most is {max(counts)}), and for {fitting} of "
            f"{len(told)}, {fitting / len(told):.1%}, the first one fits.\n",
            "## Faults",
            EXPLAINED,
            *rows(
                f"| {' | '.join(FAULT_COLUMNS)} |",
                map(fault_row, faults),
            ),
            "\n## Legal variations\n",
            *rows("| endpoint | what is different | warnings |", map(legal_row, legal)),
            "\n## Cannot be told from a legal choice\n",
            "Each is found where its vectors are compared with those of the right endpoint "
            "(`--compare-with`); `make test` does.\n",
            *rows("| endpoint | what it does | why |", map(open_row, open_)),
            "\n## Faults that need another kind of run\n",
            *rows("| endpoint | what people ship | clauses | needs |", map(rest_row, rest)),
            "",
        ]
    )


def rows(head: str, body: Iterable[str]) -> list[str]:
    """A Markdown table."""
    return [head, "|" + "---|" * (head.count("|") - 1), *body]


def fault_row(outcome: Outcome) -> str:
    """One fault."""
    entry = outcome.entry
    named = ", ".join(clause for clause in entry.caught_by if clause != PREFLIGHT)
    found = outcome.findings
    if not found:
        told, fits = ("the run does not begin, and says why", "yes") if outcome.caught else ("", "")
    else:
        told, fits = ", ".join(found), "yes" if outcome.first_fits else "no"
    cells = [entry.theme, entry.name, entry.summary, named, told, str(len(found) or 1), fits]
    return f"| {' | '.join(cells)} |"


def legal_row(outcome: Outcome) -> str:
    """One legal variation."""
    return f"| {outcome.entry.name} | {outcome.entry.summary} | {', '.join(outcome.found)} |"


def open_row(entry: Entry) -> str:
    """One fault that cannot be told."""
    return f"| {entry.name} | {entry.summary} | {entry.undecidable} |"


def rest_row(entry: Entry) -> str:
    """One fault that other runs find."""
    return (
        f"| {entry.name} | {entry.summary} | {', '.join(entry.caught_by)} | {needs_more(entry)} |"
    )


if __name__ == "__main__":
    raise SystemExit(main())
