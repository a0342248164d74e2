"""The documentation's table of faults, made from what the suite said of each endpoint."""

from collections import Counter
from collections.abc import Iterable, Sequence
from statistics import median

from tests.endpoints import registry
from tests.endpoints.registry import Entry
from tests.endpoints.run_suite import PREFLIGHT, Outcome

HEAD = """\
# What the suite finds, and what it accepts

Made by `python -m tests.endpoints.table --whole --write docs/faults.md`; do not edit. Every
endpoint below is served over a fake encoder. `python -m tests.endpoints NAME` serves one, to try it
by hand.
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
NOT_RUN = "not run whole"


def text(entries: Sequence[Entry], outcomes: Sequence[Outcome]) -> str:
    """The document; entries without an outcome are listed as not run."""
    # What is a fault under one option may be legal under another, and keep its name.
    found = {(each.entry.name, each.entry.caught_by): each for each in outcomes}
    faults = [entry for entry in entries if entry.caught_by]
    legal = [entry for entry in entries if not entry.caught_by and not entry.undecidable]
    open_ = [entry for entry in registry.faults().values() if entry.undecidable]
    rest = [entry for entry in registry.faults().values() if entry.needs_more]
    return "\n".join(
        [
            HEAD,
            *summary(len(faults), len(legal), outcomes),
            "## Faults",
            EXPLAINED,
            *rows(
                f"| {' | '.join(FAULT_COLUMNS)} |",
                (fault_row(entry, found.get((entry.name, entry.caught_by))) for entry in faults),
            ),
            "\n## Legal variations\n",
            *rows(
                "| endpoint | what is different | warnings |",
                (legal_row(entry, found.get((entry.name, entry.caught_by))) for entry in legal),
            ),
            "\n## Cannot be told from a legal choice\n",
            "Each is found where its vectors are compared with those of the right endpoint "
            "(`--compare-with`); `make test` does.\n",
            *rows("| endpoint | what it does | why |", map(open_row, open_)),
            "\n## Faults that need another kind of run\n",
            *rows("| endpoint | what people ship | clauses | needs |", map(rest_row, rest)),
            "",
        ]
    )


def summary(faults: int, legal: int, outcomes: Sequence[Outcome]) -> list[str]:
    """What was run, and what came of it."""
    ran = [outcome for outcome in outcomes if outcome.entry.caught_by]
    passed = [o for o in outcomes if not o.entry.caught_by and not o.entry.undecidable]
    told = [outcome for outcome in ran if outcome.findings]
    fitting = sum(outcome.first_fits for outcome in told)
    counts = [len(outcome.findings) for outcome in told]
    commits = Counter(outcome.commit[:12] or "not told" for outcome in told + passed)
    by = ", ".join(f"{commit} ({count})" for commit, count in commits.most_common())
    return [
        f"The whole suite was run against {len(ran)} of {faults} faulty and {len(passed)} of "
        f"{legal} legal endpoints; `make test` tries every one by the clauses that should find "
        f"it. Runs by the suite's commit, where the report tells it: {by}.\n",
        f"{sum(o.caught for o in ran)} of {len(ran)} faults are found by a clause that describes "
        f"them; {sum(o.accepted for o in passed)} of {len(passed)} legal endpoints pass without a "
        "failed MUST.\n",
        f"A fault has {median(counts):g} primary finding (median; {counts.count(1)} of "
        f"{len(counts)} have one, the most is {max(counts)}), and for {fitting} of "
        f"{len(told)}, {fitting / len(told):.1%}, the first one fits.\n",
    ]


def rows(head: str, body: Iterable[str]) -> list[str]:
    """A Markdown table."""
    return [head, "|" + "---|" * (head.count("|") - 1), *body]


def fault_row(entry: Entry, outcome: Outcome | None) -> str:
    """One fault."""
    named = ", ".join(clause for clause in entry.caught_by if clause != PREFLIGHT)
    if outcome is None:
        told, number, fits = NOT_RUN, "", ""
    elif not outcome.findings:
        told, number = "the run does not begin, and says why" if outcome.caught else "", "1"
        fits = "yes" if outcome.caught else "no"
    else:
        told, number = ", ".join(outcome.findings), str(len(outcome.findings))
        fits = "yes" if outcome.first_fits else "no"
    cells = [entry.theme, entry.name, entry.summary, named, told, number, fits]
    return f"| {' | '.join(cells)} |"


def legal_row(entry: Entry, outcome: Outcome | None) -> str:
    """One legal variation."""
    found = NOT_RUN if outcome is None else ", ".join(outcome.found)
    return f"| {entry.name} | {entry.summary} | {found} |"


def open_row(entry: Entry) -> str:
    """One fault that cannot be told."""
    return f"| {entry.name} | {entry.summary} | {entry.undecidable} |"


def rest_row(entry: Entry) -> str:
    """One fault that other runs find."""
    return f"| {entry.name} | {entry.summary} | {', '.join(entry.caught_by)} | {entry.needs_more} |"
