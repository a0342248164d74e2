"""What the doctor saw, line by line, and the problems with cause and remedy."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from conformance.data import fixture_files

ADVICE = "doctor.toml"
REPOSITORY = "weaviate/weaviate"


@dataclass(frozen=True)
class Problem:
    """One thing that is likely wrong."""

    id: str
    text: str
    cause: str
    remedy: str
    weaviate: str = ""
    """What Weaviate says of it, word for word; empty where it has no part in it."""
    source: str = ""
    """The files of Weaviate that say it."""


@dataclass
class Diagnosis:
    """Filled while somebody looks; `title` is what was looked at."""

    title: str
    seen: list[tuple[str, str]] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def note(self, name: str, value: str) -> None:
        """Something that was seen, good or bad."""
        self.seen.append((name, value))

    def problem(self, id_: str, **facts: object) -> None:
        """A problem of the table of advice, with its gaps filled in."""
        self.problems.append(advice(id_, facts))


def advice(id_: str, facts: Mapping[str, Any]) -> Problem:
    """The problem of that id in `fixtures/doctor.toml`; raises KeyError where a fact is missing."""
    row = fixture_files.toml(ADVICE)[id_]
    texts = {name: str(text).format(**facts) for name, text in row.items() if name != "source"}
    return Problem(
        id_,
        texts["problem"],
        texts["cause"],
        texts["remedy"],
        texts.get("weaviate", ""),
        row.get("source", ""),
    )
