"""Generate the documentation's table of faults from the suite's results."""

from collections.abc import Iterable, Sequence
from statistics import median

from tests.endpoints import registry
from tests.endpoints.judging import Outcome
from tests.endpoints.registry import PREFLIGHT

HEAD = """\
# What the suite finds, and what it accepts

Made by `make test-exhaustive`; do not edit. Every endpoint below uses a fake encoder.
To try one by hand, serve it with `python -m tests.endpoints NAME`.
"""
FAULT_COLUMNS = ("theme", "endpoint", "mistake", "author's clauses", "findings", "number", "fits")
LEGAL_COLUMNS = ("endpoint", "what is different", "warnings")
OPEN_COLUMNS = ("endpoint", "what it does", "why")
REST_COLUMNS = ("endpoint", "mistake", "clauses", "needs")
EXPLAINED = """
Before running the suite, the author of a faulty endpoint names the clauses that would describe it
well. *Findings* are the primary findings of that run, in order. Failures that follow from them are
listed under them in a report and are not counted. *Fits* says whether the first finding is a clause
that the author named.
"""


def text(outcomes: Sequence[Outcome], commit: str) -> str:
    """The document for runs of the suite at `commit`."""
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
            *table(FAULT_COLUMNS, map(fault_row, faults)),
            "\n## Legal variations\n",
            *table(LEGAL_COLUMNS, ((o.name, o.entry.summary, ", ".join(o.found)) for o in legal)),
            "\n## Indistinguishable from a legal choice\n",
            "Only a comparison with the correct endpoint's vectors (`--compare-with`) finds these; "
            "`make test` does that.\n",
            *table(OPEN_COLUMNS, ((e.name, e.summary, e.undecidable) for e in open_)),
            "\n## Faults that need a different kind of run\n",
            *table(
                REST_COLUMNS,
                ((e.name, e.summary, ", ".join(e.caught_by), e.needs_more) for e in rest),
            ),
            "",
        ]
    )


def summary(faults: Sequence[Outcome], legal: Sequence[Outcome], commit: str) -> list[str]:
    told = [outcome for outcome in faults if outcome.findings]
    fitting = sum(outcome.first_fits for outcome in told)
    counts = [len(outcome.findings) for outcome in told]
    return [
        f"The whole suite of {commit} was run against each of {len(faults)} faulty and "
        f"{len(legal)} legal endpoints. `make test` runs only the clauses that should find a "
        "fault, and the legal endpoints in groups.\n",
        f"{sum(o.caught for o in faults)} of {len(faults)} faults are found by a clause that "
        f"describes them, and {sum(o.accepted for o in legal)} of {len(legal)} legal endpoints "
        "pass without failing a MUST clause.\n",
        f"The median number of primary findings per fault is {median(counts):g} "
        f"({counts.count(1)} of {len(counts)} faults have exactly one, and the maximum is "
        f"{max(counts)}). For {fitting} of {len(told)} faults ({fitting / len(told):.1%}), the "
        "first finding fits.\n",
    ]


def table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    head, *body = (f"| {' | '.join(row)} |" for row in (columns, *rows))
    return [head, "|" + "---|" * len(columns), *body]


def fault_row(outcome: Outcome) -> Sequence[str]:
    entry = outcome.entry
    named = ", ".join(clause for clause in entry.caught_by if clause != PREFLIGHT)
    told = ", ".join(outcome.findings)
    if not told and outcome.caught:
        told = "the run refuses to start and says why"
    fits = outcome.first_fits if outcome.findings else outcome.caught
    number = str(len(outcome.findings) or 1)
    return (entry.theme, entry.name, entry.summary, named, told, number, "yes" if fits else "no")
