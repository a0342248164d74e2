"""EXA: a stand-in's vectors match those computed by the model's own library.

Each item is sent alone, since other clauses test whether other items affect its vector.
"""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass

import pytest

from conformance import expect
from conformance.data.statuses import not_applicable
from conformance.data.tolerances import Array
from conformance.exact import expected as shipped
from conformance.exact import items
from conformance.exact.expected import Expected
from conformance.exact.judgment import Judgment, Kind, directions, lengths, limits
from conformance.expect import given
from conformance.expect.nonconformity import Cause, CauseKind
from conformance.expect.responses import Measure
from conformance.expect.vector_cache import VectorCache
from conformance.options.settings import Settings
from conformance.transport.exchange import Exchange


@dataclass(frozen=True)
class Exact:
    """The items, their expected vectors, and the endpoint's vectors; each is sent once per run."""

    expected: Expected
    images: Mapping[str, bytes]
    cache: VectorCache

    def texts_of(self, *names: str) -> dict[str, Exchange]:
        """The exchanges of texts sent alone, by name."""
        sent = items.texts()
        return {name: self.cache.exchange(texts=[sent[name]]) for name in names}

    def images_of(self, *names: str) -> dict[str, Exchange]:
        """The exchanges of images sent alone, except those whose files differ on this machine."""
        known = [name for name in names if name in self.images]
        return {name: self.cache.exchange(images=[self.images[name]]) for name in known}

    def judged(self, kind: Kind, exchanges: Mapping[str, Exchange], limit: float) -> Judgment:
        """The vectors of these items compared with the expected ones."""
        observed = self.vectors(exchanges, kind)
        return directions(self.expected, kind, observed, limit, lambda: self.diagnostic(kind))

    def diagnostic(self, kind: Kind) -> dict[str, Array]:
        """The vectors that the endpoint returns for the items that tell mistakes apart."""
        special = (*items.GENERAL["image"], *items.SPECIAL["image"])
        texts = kind == "text"
        asked = self.texts_of(*items.texts()) if texts else self.images_of(*special)
        found: dict[str, Array] = {}
        for name, exchange in asked.items():
            with suppress(expect.Nonconformity):  # Another clause covers rejections.
                found |= self.vectors({name: exchange}, kind)
        return found

    def vectors(self, exchanges: Mapping[str, Exchange], kind: Kind) -> dict[str, Array]:
        """The vector (d,) of each exchange; other clauses test whether the requests succeed."""
        texts, images = (1, 0) if kind == "text" else (0, 1)
        rows = {name: given.vectors(each, texts, images) for name, each in exchanges.items()}
        found = {
            name: (row.texts if kind == "text" else row.images)[0].vector
            for name, row in rows.items()
        }
        dimension = len(next(iter(self.expected.texts.values())))
        others = {len(vector) for vector in found.values()} - {dimension}
        if others:
            # VEC-08 covers the dimension.
            not_applicable(f"vectors have {min(others)} dimensions; the library's have {dimension}")
        return found


@pytest.fixture(scope="session")
def exact(settings: Settings, cache: VectorCache) -> Exact:
    """The expected vectors for the endpoint's model and weights, if they are known."""
    model = settings.model
    if model.image_size is None:
        not_applicable(f"no exact vectors are known for {model.tag}")
    if settings.dimensions not in (None, model.checkpoint_dimension):
        not_applicable(f"--dimensions {settings.dimensions} is not the checkpoint's dimension")
    try:
        own = settings.weights == "stand-in"
        expected = (shipped.load if own else shipped.load_published)(model.tag)
    except LookupError as unknown:
        not_applicable(str(unknown))
    return Exact(expected, shipped.known_images(expected, model.image_size), cache)


@pytest.mark.parametrize(
    "names",
    [
        pytest.param(items.PLAIN, marks=pytest.mark.clause("EXA-01"), id="EXA-01"),
        pytest.param(items.LONG, marks=pytest.mark.clause("EXA-02"), id="EXA-02"),
        pytest.param(items.EMPTY, marks=pytest.mark.clause("EXA-03"), id="EXA-03"),
        pytest.param(items.CASED, marks=pytest.mark.clause("EXA-04"), id="EXA-04"),
        pytest.param(items.LANGUAGES, marks=pytest.mark.clause("EXA-05"), id="EXA-05"),
    ],
)
def test_texts_have_the_librarys_vectors(
    exact: Exact, names: tuple[str, ...], measure: Measure
) -> None:
    exchanges = exact.texts_of(*names)
    conclude(exact.judged("text", exchanges, limits().texts), exchanges, measure)


@pytest.mark.parametrize(
    "names",
    [
        pytest.param(items.OWN_SIZE, marks=pytest.mark.clause("EXA-06"), id="EXA-06"),
        pytest.param(items.RESIZED, marks=pytest.mark.clause("EXA-07"), id="EXA-07"),
        pytest.param(items.FORMATS, marks=pytest.mark.clause("EXA-08"), id="EXA-08"),
        pytest.param(
            (*items.MODES, *items.WITH_ALPHA), marks=pytest.mark.clause("EXA-09"), id="EXA-09"
        ),
        pytest.param(
            (*items.LOSSY, *items.OPAQUE), marks=pytest.mark.clause("EXA-10"), id="EXA-10"
        ),
    ],
)
def test_images_have_the_librarys_vectors(
    exact: Exact, names: tuple[str, ...], measure: Measure
) -> None:
    exchanges = exact.images_of(*names)
    conclude(exact.judged("image", exchanges, limits().images), exchanges, measure)


@pytest.mark.clause("EXA-11")
def test_texts_are_precise(exact: Exact, measure: Measure) -> None:
    exchanges = exact.texts_of(*items.texts())
    conclude(exact.judged("text", exchanges, limits().texts_precise), exchanges, measure)


@pytest.mark.clause("EXA-12")
def test_images_are_precise(exact: Exact, measure: Measure) -> None:
    exchanges = exact.images_of(*items.PRECISE)
    conclude(exact.judged("image", exchanges, limits().images_precise), exchanges, measure)


@pytest.mark.clause("EXA-13")
@pytest.mark.parametrize("kind", ["text", "image"])
def test_vectors_have_the_librarys_length(exact: Exact, kind: Kind, measure: Measure) -> None:
    ask = exact.texts_of if kind == "text" else exact.images_of
    exchanges = ask(*(items.PLAIN if kind == "text" else items.OWN_SIZE))
    judged = lengths(exact.expected, kind, exact.vectors(exchanges, kind), limits().length)
    conclude(judged, exchanges, measure)


def conclude(judged: Judgment, exchanges: Mapping[str, Exchange], measure: Measure) -> None:
    """Measure the worst item, and fail with its exchange unless all items pass."""
    if judged.worst is None:
        not_applicable("on this machine, all of these items differ from those with known vectors")
    measure(f"worst distance: {judged.worst.item}", judged.worst.distance)
    cause = Cause(CauseKind.INEXACT, judged.common) if judged.common else None
    worst = exchanges[judged.worst.item]
    expect.require(judged.good, judged.got, judged.expected, worst, cause=cause)
