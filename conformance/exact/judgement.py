"""One clause's items, judged: what was got, what should be, and the likely cause."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from conformance.data.tolerances import Array
from conformance.exact.deviation import Deviation, deviations, single
from conformance.exact.expected import Expected
from conformance.exact.likely_cause import Kind, best_fit

SHOWN = 3


@dataclass(frozen=True)
class Judgement:
    """Whether all items are within the bar, in words for both sides, and the worst item."""

    good: bool
    got: str
    expected: str
    worst: Deviation | None


def directions(
    expected: Expected,
    kind: Kind,
    observed: Mapping[str, Array],
    bar: float,
    others: Callable[[], Mapping[str, Array]] = dict,
) -> Judgement:
    """The directions of the observed items, each within `bar` of a right answer.

    Where one is not, the likely cause is looked for among them and the `others`.
    """
    found = deviations(observed, _answers(expected, kind))
    far = [each for each in found if not each.distance <= bar]
    fit = best_fit(expected, kind, {**others(), **observed}) if far else None
    shown = ", ".join(map(str, far[:SHOWN]))
    got = f"{len(far)} of {len(found)} {kind}s point elsewhere: {shown}"
    unexplained = (
        "; no known mistake explains it" if far and any(expected.hypotheses.values()) else ""
    )
    because = f"; {fit}" if fit else unexplained
    wanted = f"the direction of {expected.origin} within {bar:g} (docs/exact.md)"
    return Judgement(not far, got + because, wanted, found[0] if found else None)


def lengths(expected: Expected, kind: Kind, observed: Mapping[str, Array], bar: float) -> Judgement:
    """The lengths of the vectors, each within `bar` (a share) of the library's."""
    found = deviations(observed, _answers(expected, kind))
    far = [each for each in found if not abs(each.length - 1) <= bar]
    shown = ", ".join(f"{each.item!r} {each.length:.3g} times" for each in far[:SHOWN])
    got = f"{len(far)} of {len(found)} {kind} vectors are longer or shorter: {shown}"
    wanted = f"the length of {expected.origin} within {bar:.0%}"
    worst = max(found, key=lambda each: abs(each.length - 1), default=None)
    return Judgement(not far, got, wanted, worst)


def _answers(expected: Expected, kind: Kind) -> Mapping[str, tuple[Array, ...]]:
    return single(expected.texts) if kind == "text" else expected.images
