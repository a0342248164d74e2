"""Editions of the contract: what was required, frozen clause by clause.

``python -m conformance.data.editions --freeze 2026-12`` writes `fixtures/editions/2026-12.toml`. A
frozen clause keeps its level and its text; what is required anew gets a number of its own. Where
only the wording was mended, ``--freeze 2026-12 --reworded ID`` takes the new text's digest.
"""

import argparse
import hashlib
import sys
import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from conformance.data import clauses, fixture_files
from conformance.data.clauses import Clause, Level

FOLDER = "editions"


class UnknownEdition(ValueError):
    """There is no edition of that name; the message is one line."""


@dataclass(frozen=True)
class FrozenClause:
    """What an edition keeps of a clause."""

    level: Level
    digest: str
    """Of the clause's text."""


@dataclass(frozen=True)
class Edition:
    """The requirements as they were when the edition was frozen, by clause."""

    name: str
    clauses: dict[str, FrozenClause]

    def differences(self) -> list[str]:
        """A line for each frozen clause that is another now; clauses added since are none."""
        now = clauses.all_clauses()
        lines = []
        for identity, frozen in self.clauses.items():
            clause = now.get(identity)
            if clause is None:
                lines.append(f"{identity} is gone")
            elif clause.level != frozen.level:
                lines.append(f"{identity} is a {clause.level}, was a {frozen.level}")
            elif digest(clause) != frozen.digest:
                lines.append(f"{identity} has another text")
        return lines


def digest(clause: Clause) -> str:
    """SHA-256 of a clause's text."""
    return f"sha256:{hashlib.sha256(clause.text.encode()).hexdigest()}"


def contract_digest() -> str:
    """SHA-256 over the ids, levels and texts of all clauses as they are now."""
    rows = (f"{each.id} {each.level} {digest(each)}\n" for each in clauses.all_clauses().values())
    return f"sha256:{hashlib.sha256(''.join(rows).encode()).hexdigest()}"


def names() -> list[str]:
    """The editions there are, oldest first."""
    folder = fixture_files.path(FOLDER)
    files = [path.name for path in folder.iterdir()] if folder.is_dir() else []
    return sorted(name.removesuffix(".toml") for name in files if name.endswith(".toml"))


def read(name: str) -> Edition:
    """The edition of that name; raises UnknownEdition."""
    if name not in names():
        known = ", ".join(names()) or "none is frozen yet"
        raise UnknownEdition(f"there is no edition {name!r} of the contract ({known})")
    return parse(fixture_files.toml(f"{FOLDER}/{name}.toml"))


def parse(table: dict[str, Any]) -> Edition:
    """The edition in a file's table."""
    return Edition(
        table["edition"], {name: FrozenClause(**row) for name, row in table["clauses"].items()}
    )


def newest() -> Edition | None:
    """The edition that was frozen last, if any was."""
    every = names()
    return read(every[-1]) if every else None


def freeze(name: str) -> str:
    """The file of an edition that holds all clauses as they are now."""
    every = clauses.all_clauses().values()
    return _file(name, {each.id: FrozenClause(each.level, digest(each)) for each in every})


def with_rewordings(edition: Edition, ids: Iterable[str]) -> str:
    """The file of an edition with the texts that some clauses have now."""
    now = clauses.all_clauses()
    frozen = {each: FrozenClause(edition.clauses[each].level, digest(now[each])) for each in ids}
    return _file(edition.name, {**edition.clauses, **frozen})


def _file(name: str, frozen: dict[str, FrozenClause]) -> str:
    rows = (
        f'{identity} = {{ level = "{each.level}", digest = "{each.digest}" }}\n'
        for identity, each in frozen.items()
    )
    head = "# Frozen by `python -m conformance.data.editions`: not to be edited by hand.\n"
    return f'{head}edition = "{name}"\n\n[clauses]\n{"".join(rows)}'


def main(arguments: Sequence[str]) -> int:
    """Freeze an edition, or take in what was reworded; returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m conformance.data.editions")
    parser.add_argument("--freeze", metavar="EDITION", required=True, help="such as 2026-12")
    parser.add_argument("--reworded", metavar="ID", action="append", default=[])
    options = parser.parse_args(arguments)
    file = Path(str(fixture_files.path(FOLDER))) / f"{options.freeze}.toml"
    if options.reworded:
        text = with_rewordings(read(options.freeze), options.reworded)
    elif file.exists():
        parser.error(f"{options.freeze} is frozen; --reworded ID takes a clause's new wording")
    else:
        text = freeze(options.freeze)
    file.parent.mkdir(exist_ok=True)
    file.write_text(text, encoding="utf-8")
    print(f"{file}: {len(parse(tomllib.loads(text)).clauses)} clauses")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
