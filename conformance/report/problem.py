"""One thing that went wrong, as plain values that can cross processes."""

from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from conformance.data import attribution
from conformance.expect.nonconformity import Nonconformity, PrerequisiteFailed
from conformance.report import request_bodies
from conformance.report.request_bodies import printable

SHOWN_EXCHANGES = 2


@dataclass(frozen=True)
class Problem:
    """What was got and expected, and which clause it is about.

    `prerequisite` says that the test that met it was about something else.
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
    """A curl line for each exchange that shows it."""
    exchanges: tuple[dict[str, Any], ...] = field(default=(), repr=False)

    def to_plain(self) -> dict[str, Any]:
        """Builtin values only."""
        plain = asdict(self)
        return {**plain, "repeat": list(self.repeat), "exchanges": list(self.exchanges)}

    def cause_to_plain(self) -> dict[str, Any]:
        """What tells whether two problems have one cause."""
        names = ("clause", "kind", "items", "signature", "prerequisite")
        return {name: getattr(self, name) for name in names}

    @staticmethod
    def from_plain(plain: dict[str, Any]) -> "Problem":
        """The problem that `to_plain` took apart."""
        lists = {name: tuple(plain[name]) for name in ("repeat", "exchanges")}
        return Problem(**{**plain, **lists})


def problem_of(raised: Nonconformity, clause: str, test: str, folder: Path | None) -> Problem:
    """The problem behind what a test of `clause` raised; bodies of requests go to `folder`."""
    cause = raised.cause
    met_on_the_way = isinstance(raised, PrerequisiteFailed)
    if met_on_the_way:
        about = attribution.prerequisite_home(cause.kind, cause.items, cause.signature, clause)
    else:
        about = attribution.home(cause.kind, clause)
    shown = raised.exchanges[:SHOWN_EXCHANGES]
    return Problem(
        clause=about,
        test=test,
        got=printable(raised.got),
        expected=printable(raised.expected),
        kind=str(cause.kind.value),
        items=cause.items,
        signature=printable(cause.signature),
        prerequisite=about != clause or met_on_the_way,
        repeat=tuple(
            printable(request_bodies.curl(each, folder, test, n)) for n, each in enumerate(shown, 1)
        ),
        exchanges=tuple(request_bodies.shown(each) for each in shown),
    )
