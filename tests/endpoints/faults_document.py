"""Generate the documentation's table of faults from the suite's results."""

from collections.abc import Iterable, Sequence
from statistics import median

from tests.endpoints import registry
from tests.endpoints.judging import Outcome
from tests.endpoints.registry import PREFLIGHT, Entry

HEAD = """\
# What the suite finds, and what it accepts

Made by `make test-exhaustive`; do not edit. Every endpoint below is served over a fake encoder.
`python -m tests.endpoints NAME` serves one, to try it by hand.
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


def text(outcomes: Sequence[Outcome], commit: str) -> str:
    """The document of runs of the suite at `commit`."""
    names = [*registry.faults(), *registry.legals()]
    ordered = sorted(outcomes, key=lambda outcome: names.index(outcome.name))
    faults = [outcome for outcome in ordered if outcome.is_fault]
    legal = [outcome for outcome in ordered if not outcome.is_fault]
    open_ = [entry for entry in registry.faults().values() if entry.undecidable]
    rest = [entry for entry in registry.faults().values() if entry.needs_more]
    return "\n".join(
        [
            HEAD,
            *summary(faults, legal, commit),
            "## Faults",
            EXPLAINED,
            *rows(f"| {' | '.join(FAULT_COLUMNS)} |", map(fault_row, faults)),
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


def summary(faults: Sequence[Outcome], legal: Sequence[Outcome], commit: str) -> list[str]:
    """What was run, and what came of it."""
    told = [outcome for outcome in faults if outcome.findings]
    fitting = sum(outcome.first_fits for outcome in told)
    counts = [len(outcome.findings) for outcome in told]
    return [
        f"The whole suite of {commit} was run against each of {len(faults)} faulty and "
        f"{len(legal)} legal endpoints. `make test` tries every fault by the clauses that should "
        "find it, and the legal ones in groups.\n",
        f"{sum(o.caught for o in faults)} of {len(faults)} faults are found by a clause that "
        f"describes them; {sum(o.accepted for o in legal)} of {len(legal)} legal endpoints pass "
        "without a failed MUST.\n",
        f"A fault has {median(counts):g} primary finding (median; {counts.count(1)} of "
        f"{len(counts)} have one, the most is {max(counts)}), and for {fitting} of "
        f"{len(told)}, {fitting / len(told):.1%}, the first one fits.\n",
    ]


def rows(head: str, body: Iterable[str]) -> list[str]:
    """A Markdown table."""
    return [head, "|" + "---|" * (head.count("|") - 1), *body]


def fault_row(outcome: Outcome) -> str:
    """One fault."""
    entry = outcome.entry
    named = ", ".join(clause for clause in entry.caught_by if clause != PREFLIGHT)
    told = ", ".join(outcome.findings)
    if not told and outcome.caught:
        told = "the run does not begin, and says why"
    fits = outcome.first_fits if outcome.findings else outcome.caught
    number = str(len(outcome.findings) or 1)
    cells = [entry.theme, entry.name, entry.summary, named, told, number, "yes" if fits else "no"]
    return f"| {' | '.join(cells)} |"


def legal_row(outcome: Outcome) -> str:
    """One legal variation."""
    return f"| {outcome.name} | {outcome.entry.summary} | {', '.join(outcome.found)} |"


def open_row(entry: Entry) -> str:
    """One fault that cannot be told."""
    return f"| {entry.name} | {entry.summary} | {entry.undecidable} |"


def rest_row(entry: Entry) -> str:
    """One fault that other runs find."""
    return f"| {entry.name} | {entry.summary} | {', '.join(entry.caught_by)} | {entry.needs_more} |"
