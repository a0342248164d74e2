"""The results of a run: the status of each phase and clause, and what went wrong."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Any

from conformance.data import attribution, statuses
from conformance.data.clauses import Clause
from conformance.data.messages import printable
from conformance.data.statuses import Status
from conformance.expect.nonconformity import Nonconformity, PrerequisiteFailed
from conformance.expect.responses import Figure
from conformance.report.sanitizer import MASK, Sanitizer, is_secret_name
from conformance.transport.exchange import Exchange, without_password
from conformance.transport.pace import LEFT_OUT

CASES_LEFT_OUT = "cases left out for lack of time"
"""The measurement that counts these cases."""
OF_ONE_ITEM = "compared with "
"""Prefix of measurements of single items: about a hundred, which only report.json has in full."""
SHOWN_EXCHANGES = 2
SHOWN_HEADERS = 20
SHOWN_HEADER = 200
"""Maximum length of a header's value."""
LOOKED_AT = 200_000
"""Number of bytes of a body that are examined; the rest is only counted."""
LONGEST = 2_000
"""Maximum length of the shortened text."""
NUMBERS_SHOWN = 3
BASE64_SHOWN = 24

# Repetitions are bounded or delimited, so that no body takes long to match.
_NUMBER = r"-?\d[\d.eE+-]{0,30}"
_NUMBERS = re.compile(rf"{_NUMBER}(?:\s{{0,4}},\s{{0,4}}{_NUMBER}){{7,}}")
_BASE64 = re.compile(r"[A-Za-z0-9+/=]{80,}")


@dataclass(frozen=True)
class Problem:
    """One problem: the observed and expected results, and the clause that it concerns.

    All text is printable and without secrets. `prerequisite` means that the test that found it was
    about something else.
    """

    clause: str
    test: str
    got: str
    expected: str
    kind: str
    items: str = ""
    signature: str = ""
    prerequisite: bool = False
    repeat: tuple[str, ...] = ()
    """A curl command for each exchange that shows the problem."""
    exchanges: tuple[dict[str, Any], ...] = field(default=(), repr=False)
    bodies: tuple[tuple[str, bytes], ...] = field(default=(), repr=False)
    """Request bodies that the curl commands read, each with its path in the report's directory."""

    def cause(self) -> dict[str, Any]:
        """The facts that identify the cause of a problem."""
        names = ("clause", "kind", "items", "signature", "prerequisite")
        return {name: getattr(self, name) for name in names}


@dataclass(frozen=True)
class PhaseResult:
    """The result of one phase (setup, call, teardown) of one test."""

    test: str
    clause: str
    status: Status
    message: str = ""
    when: str = "call"
    """The phase; `evidence` means that tests of other clauses showed it."""
    endpoint_seconds: float = 0.0
    """Seconds spent on exchanges with the endpoint."""
    problems: tuple[Problem, ...] = ()
    """Problems of the test, and problems of the endpoint seen in the meantime."""
    measurements: dict[str, float | str] = field(default_factory=dict)
    figures: dict[str, Figure] = field(default_factory=dict)

    @property
    def is_relevant(self) -> bool:
        """Whether this phase counts: setup and teardown count only if they fail."""
        return self.when == "call" or self.status != "pass"


def is_left_out(status: Status, messages: Iterable[str]) -> bool:
    """Whether a clause was not tested for lack of time, based on the messages of its tests."""
    return status == "n/a" and any(message.startswith(LEFT_OUT) for message in messages)


@dataclass(frozen=True)
class ClauseResult:
    """A clause with the worst status of its tests."""

    clause: Clause
    status: Status
    tests: tuple[PhaseResult, ...] = ()

    @property
    def left_out(self) -> bool:
        """Whether none of its tests finished, for lack of time."""
        return is_left_out(self.status, (test.message for test in self.tests))

    def with_tests(self, change: Callable[[PhaseResult], PhaseResult]) -> "ClauseResult":
        """A copy with every test changed, and the resulting status."""
        if not self.tests:
            return self
        tests = tuple(map(change, self.tests))
        return replace(self, tests=tests, status=statuses.worst([each.status for each in tests]))


@dataclass(frozen=True)
class Recorder:
    """Converts exceptions from tests into problems that a report may show."""

    clean: Sanitizer
    folder: str = ""
    """The report's directory; empty if none is written, so that curl commands use no files."""

    def problem(self, raised: Nonconformity, clause: str, test: str) -> Problem:
        """The problem behind an exception that a test of `clause` raised."""
        cause = raised.cause
        met_on_the_way = isinstance(raised, PrerequisiteFailed)
        if met_on_the_way:
            about = attribution.clause_of_prerequisite(
                cause.kind, cause.items, cause.signature, clause
            )
        else:
            about = attribution.clause_of_cause(cause.kind, cause.about or cause.items, clause)
        exchanges = raised.exchanges[:SHOWN_EXCHANGES]
        paths = [self._path(each, test, n) for n, each in enumerate(exchanges, 1)]
        return Problem(
            clause=about,
            test=test,
            got=self._text(raised.got),
            expected=self._text(raised.expected),
            kind=str(cause.kind.value),
            items=cause.items,
            signature=self._text(cause.signature),
            prerequisite=about != clause or met_on_the_way,
            repeat=tuple(
                self._text(each.curl(f"{self.folder}/{path}" if path else None))
                for each, path in zip(exchanges, paths, strict=True)
            ),
            exchanges=tuple(self.clean.plain(shown(each)) for each in exchanges),
            bodies=tuple(
                (path, each.request_body)
                for each, path in zip(exchanges, paths, strict=True)
                if path
            ),
        )

    def _text(self, text: str) -> str:
        return self.clean.text(printable(text))

    def _path(self, exchange: Exchange, test: str, number: int) -> str:
        """The path of the request's body for the curl command; empty if it has none."""
        if not self.folder or not exchange.request_body:
            return ""
        name = re.sub(r"[^\w.-]+", "-", test.rpartition("::")[2])
        return f"exchanges/{name}-{number}.json"


def text(problem: Problem, clause: Clause) -> str:
    """A failure as text: what was observed and expected, why it matters, how to reproduce it."""
    lines = [
        f"{clause.id} ({clause.level}): {clause.title}",
        f"  got:      {problem.got}",
        f"  expected: {problem.expected}",
        f"  why:      {clause.reason}",
    ]
    return "\n".join([*lines, *(f"  repeat:   {line}" for line in problem.repeat)])


def shown(exchange: Exchange) -> dict[str, Any]:
    """An exchange as a report shows it: shortened, and without the URL's password."""
    return {
        "request": f"{exchange.method} {without_password(exchange.url)}",
        "request_headers": _headers(exchange.request_headers),
        "request_body": printable(abbreviated(exchange.request_body)),
        "status": exchange.status,
        "response_headers": _headers(exchange.headers.items()),
        "failure": str(exchange.failure) if exchange.failure else "",
        "response_body": printable(abbreviated(exchange.body)),
        "seconds": round(exchange.seconds, 3),
    }


def _headers(headers: Iterable[tuple[str, str]]) -> dict[str, str]:
    shown = {}
    for name, value in islice(headers, SHOWN_HEADERS):
        told = MASK if is_secret_name(name) else printable(value[:SHOWN_HEADER])
        shown[printable(name[:SHOWN_HEADER])] = told
    return shown


def abbreviated(body: bytes) -> str:
    """Text of limited length that states the original size."""
    text = body[:LOOKED_AT].decode("utf-8", "replace")
    short = _BASE64.sub(_base64, _NUMBERS.sub(_numbers, text))
    if len(short) <= LONGEST and len(body) <= LOOKED_AT:
        return short
    return f"{short[:LONGEST]} … ({len(body)} bytes)"


def _numbers(found: re.Match[str]) -> str:
    numbers = found.group().split(",")
    first = ",".join(numbers[:NUMBERS_SHOWN])
    return f"{first}, … {len(numbers)} numbers in all"


def _base64(found: re.Match[str]) -> str:
    text = found.group()
    return f"{text[:BASE64_SHOWN]}… {len(text)} characters in all"
