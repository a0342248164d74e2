"""Known failures that the user listed: reported separately, with no effect on the exit status.

A file (TOML or JSON) names each by its clause or by a test's id, with a reason:

    [[known]]
    clause = "TXT-02"
    reason = "our tokenizer rejects more than 77 tokens, ticket 123"

An entry whose tests all pass again is stale, and the run says so. The defects of the official
images are shipped (`vendor_defects.toml`). They are never stale, since the tested image may be
newer than that list.
"""

import json
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

from conformance.data import clauses, fixture_files
from conformance.data.messages import UserError, one_line
from conformance.data.statuses import Status
from conformance.report.findings import Findings
from conformance.report.results import ClauseResult, PhaseResult

VENDOR = "vendor"
"""Used in place of a file: the known defects of the model's official image."""
OFFICIAL = re.compile(r"(^|/)semitechnologies/multi2vec-clip[:@]")
"""The name of an official image, on any registry."""
COUNTED: tuple[Status, ...] = ("fail", "warn", "not judged")
"""Statuses that can be known: failures, and clauses that they prevent from being judged."""
LONGEST_REASON = 160
"""Maximum length of an observed result that takes the place of a reason."""


@dataclass(frozen=True)
class KnownFailure:
    """One entry: a clause with all of its tests, or one test."""

    reason: str
    clause: str = ""
    test: str = ""
    shipped: bool = False
    """Whether it is a defect of an official image, from the suite's own list."""

    @property
    def name(self) -> str:
        """The clause or the test."""
        return self.clause or self.test

    def covers(self, clause: str, test: str) -> bool:
        """Whether the entry applies to a result of this clause and test."""
        return clause == self.clause if self.clause else test == self.test


@dataclass(frozen=True)
class KnownFailures:
    """The entries of a file; empty without a file."""

    entries: tuple[KnownFailure, ...] = ()

    def reason(self, clause: str, test: str) -> str:
        """Why a failure is known; empty if it is not."""
        return next((each.reason for each in self.entries if each.covers(clause, test)), "")

    def shipped_seen(self, results: Sequence[ClauseResult]) -> int:
        """How many of the shipped defects appear in these results, after `applied`."""
        known = {each.clause.id for each in results if each.status == "known"}
        own: dict[str, str] = {}
        for each in self.entries:
            if each.shipped:
                own.setdefault(each.reason, each.clause)
        return len(known.intersection(own.values()))

    def applied(self, result: ClauseResult, found: Findings) -> ClauseResult:
        """The result with its known failures marked, and what follows from a known finding."""
        if not self.entries:
            return result
        return result.with_tests(partial(self._told_apart, found=found))

    def _told_apart(self, test: PhaseResult, found: Findings) -> PhaseResult:
        if test.status not in COUNTED:
            return test
        reason = self.reason(test.clause, test.test)
        if not reason:
            behind = [self.reason(f.clause.id, f.problem.test) for f in found.behind(test)]
            reason = behind[0] if behind and all(behind) else ""
        if not reason:
            return test
        return replace(test, status="known", message=f"known: {reason}\n{test.message}".rstrip())

    def stale(self, results: Sequence[ClauseResult], whole: bool) -> tuple[str, ...]:
        """Entries that pass again and, after a whole run, tests that no longer exist."""
        given = [each for each in self.entries if not each.shipped]
        found = [each.name for each in given if _passes_again(each, results)]
        if whole:
            ran = {test.test for result in results for test in result.tests}
            found += [each.test for each in self.entries if each.test and each.test not in ran]
        return tuple(found)


def _passes_again(entry: KnownFailure, results: Sequence[ClauseResult]) -> bool:
    met = [
        test.status
        for result in results
        for test in result.tests
        if entry.covers(result.clause.id, test.test)
    ]
    return bool(met) and all(status == "pass" for status in met)


def given(asked: Path | None, tag: str) -> KnownFailures:
    """The entries of the user's file, or the vendor's; raises UserError for an unreadable file."""
    if str(asked) == VENDOR:
        return KnownFailures(_shipped(tag))
    return read(asked) if asked else KnownFailures()


def with_image(known: KnownFailures, tag: str, names: Sequence[str]) -> KnownFailures:
    """Add the vendor's entries if any of the image's names shows that it is an official image."""
    if not any(map(OFFICIAL.search, names)):
        return known
    return KnownFailures(tuple(dict.fromkeys((*known.entries, *_shipped(tag)))))


def _shipped(tag: str) -> tuple[KnownFailure, ...]:
    """The defects of the official image of a tag."""
    rows = fixture_files.toml("vendor_defects.toml")["defect"]
    return tuple(
        KnownFailure(_told(row), clause=clause, shipped=True)
        for row in rows
        if tag in row["tags"]
        for clause in row["clauses"]
    )


def _told(row: Mapping[str, Any]) -> str:
    return f"{row['what']} (since {row['since']}, {row['link']}); workaround: {row['meanwhile']}"


def read(path: Path) -> KnownFailures:
    """The entries of a file; raises UserError."""
    try:
        text = path.read_text(encoding="utf-8")
        table = json.loads(text) if path.suffix == ".json" else tomllib.loads(text)
        rows = table["known"]
        return KnownFailures(tuple(_entry(row) for row in rows))
    except (OSError, ValueError, KeyError, TypeError) as problem:
        said = (
            str(problem)
            if isinstance(problem, OSError | ValueError)
            else f"no list named {problem}"
        )
        raise UserError(f"--known-failures {path}: {said}") from problem


def _entry(row: dict[str, Any]) -> KnownFailure:
    names = [name for name in ("clause", "test") if row.get(name)]
    if len(names) != 1 or not row.get("reason") or set(row) != {*names, "reason"}:
        raise ValueError(f"each entry needs a clause or a test, and a reason: {row}")
    entry = KnownFailure(**row)
    if entry.clause and entry.clause not in clauses.all_clauses():
        raise ValueError(f"there is no clause {entry.clause}")
    return entry


def write(path: Path, results: Sequence[ClauseResult], before: KnownFailures) -> int:
    """Write the current failures, keeping known reasons; returns the number of entries."""
    entries = [entry for result in results for entry in _entries(result, before)]
    unique = list({(entry.clause, entry.test): entry for entry in entries}.values())
    rows = [
        {"clause" if entry.clause else "test": entry.name, "reason": entry.reason}
        for entry in unique
    ]
    text = json.dumps({"known": rows}, indent=2, ensure_ascii=False) + "\n"
    path.write_text(text if path.suffix == ".json" else _toml(rows), encoding="utf-8")
    return len(rows)


def _entries(result: ClauseResult, before: KnownFailures) -> list[KnownFailure]:
    """One entry for a clause if all of its tests fail, otherwise one per test."""
    failed = [test for test in result.tests if test.status in (*COUNTED, "known")]
    if failed and len(failed) == len(result.tests):
        return [KnownFailure(_reason(failed[0], before), clause=result.clause.id)]
    return [KnownFailure(_reason(test, before), test=test.test) for test in failed]


def _reason(test: PhaseResult, before: KnownFailures) -> str:
    """The given reason, or the observed result as a placeholder."""
    if known := before.reason(test.clause, test.test):
        return known
    got = [problem.got for problem in test.problems if problem.clause == test.clause]
    seen = [*got, test.message.strip(), test.status]
    return f"not yet explained: {one_line(next(filter(None, seen)), LONGEST_REASON)}"


def _toml(rows: Sequence[dict[str, str]]) -> str:
    # JSON's string escapes are also valid in TOML.
    quoted = partial(json.dumps, ensure_ascii=False)
    tables = ("".join(f"{name} = {quoted(row[name])}\n" for name in row) for row in rows)
    head = "# Known failures, for `clip-conformance --known-failures`. Give a reason for each.\n"
    return head + "".join(f"\n[[known]]\n{table}" for table in tables)
