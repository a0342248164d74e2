"""ALN: captions retrieve their images, and images retrieve their captions."""

import numpy as np
import pytest

from conformance import expect
from conformance.corpus import photographs
from conformance.corpus.alignment import AlignedCorpus, advertised
from conformance.corpus.image_files import save, thumbnail
from conformance.data.models import Model
from conformance.data.statuses import not_applicable
from conformance.data.tolerances import UNIT_LENGTH, Array
from conformance.expect import Observations, given
from conformance.expect.responses import Figure, Measure, Observation
from conformance.expect.vector_cache import EncodedCorpus, VectorCache
from conformance.options.settings import Settings

ANY_LANGUAGE = 0.5


def recall(similarities: Array) -> float:
    """recall@1: the share of rows (n, n) with their maximum on the diagonal."""
    return float(np.mean(np.argmax(similarities, axis=1) == np.arange(len(similarities))))


def at_least(got: float, expected: float, what: str, *sides: Observations) -> None:
    """Fail unless the recall is high enough, and show one request of each side."""
    shown = [side.exchanges[0] for side in sides]
    found = f"recall@1 of {got:.3f}: {got:.0%} of {what}"
    expect.require(got >= expected, found, f"at least {expected:.3f}", *shown)


@pytest.fixture(autouse=True)
def photographs_are_here(settings: Settings) -> None:
    """Require the photographs for published weights, which cannot be tested on drawings."""
    if settings.weights == "published":
        photographs.file(photographs.names()[0])


@pytest.fixture
def by_language(
    cache: VectorCache, corpus: AlignedCorpus, encoded: EncodedCorpus, model: Model
) -> dict[str, float]:
    """recall@1 from captions to images, for each advertised language."""
    found = {}
    for language in advertised(model, corpus):
        captions = cache.vectors(texts=corpus.captions[language]).texts
        found[language] = recall(given.cosines(captions, encoded.images))
    return found


@pytest.mark.clause("ALN-01")
def test_texts_find_their_images(
    encoded: EncodedCorpus, corpus: AlignedCorpus, measure: Measure, figures: dict[str, Figure]
) -> None:
    similarities = given.cosines(encoded.texts, encoded.images)
    figures["cosine similarity of captions (rows) and images (columns)"] = {
        "rows": list(corpus.captions["en"]),
        "columns": list(corpus.names),
        "thumbnails": [thumbnail(image) for image in corpus.images],
        "values": np.round(similarities.astype(float), 4).tolist(),
    }
    found = recall(similarities)
    measure(f"recall@1, text to image, {corpus.name}", round(found, 3))
    measure("alignment tested on", f"{corpus.name}: {corpus.why}")
    at_least(
        found, corpus.must, "captions are closest to their own image", encoded.texts, encoded.images
    )


@pytest.mark.clause("ALN-02")
def test_images_find_their_texts(
    encoded: EncodedCorpus, corpus: AlignedCorpus, measure: Measure
) -> None:
    found = recall(given.cosines(encoded.images, encoded.texts))
    measure(f"recall@1, image to text, {corpus.name}", round(found, 3))
    at_least(
        found,
        corpus.must,
        f"{corpus.name} are closest to their own caption",
        encoded.images,
        encoded.texts,
    )


@pytest.mark.clause("ALN-03")
def test_all_are_found(encoded: EncodedCorpus, corpus: AlignedCorpus) -> None:
    sides = encoded.texts, encoded.images
    forth, back = given.cosines(*sides), given.cosines(*reversed(sides))
    at_least(recall(forth), corpus.should, "captions are closest to their own image", *sides)
    at_least(recall(back), corpus.should, f"{corpus.name} are closest to their own caption", *sides)


@pytest.mark.clause("ALN-04")
def test_every_language_finds_its_images(
    by_language: dict[str, float], corpus: AlignedCorpus, measure: Measure
) -> None:
    if len(by_language) < 2:
        not_applicable("the model is monolingual")
    for language, found in by_language.items():
        measure(f"recall@1, {language}, {corpus.name}", round(found, 3))
    for language, found in by_language.items():
        at_least(found, ANY_LANGUAGE, f"captions in {language} are closest to their own image")


@pytest.mark.clause("ALN-05")
def test_every_language_does_as_well(by_language: dict[str, float], corpus: AlignedCorpus) -> None:
    if len(by_language) < 2:
        not_applicable("the model is monolingual")
    for language, found in by_language.items():
        at_least(found, corpus.must, f"captions in {language} are closest to their own image")


@pytest.mark.clause("ALN-06")
def test_the_published_similarities(
    encoded: EncodedCorpus,
    corpus: AlignedCorpus,
    model: Model,
    settings: Settings,
    measure: Measure,
) -> None:
    golden = photographs.golden_table(model.tag)
    if golden is None or settings.weights != "published":
        not_applicable("no published table for these weights")
    got = given.cosines(encoded.texts, encoded.images)
    place = {name: index for index, name in enumerate(corpus.names)}
    apart = {
        pair: abs(float(got[place[pair[0]], place[pair[1]]]) - published)
        for pair, published in golden.cosines.items()
    }
    pair = max(apart, key=apart.__getitem__)
    worst = apart[pair]
    measure("largest difference from the published table", round(worst, 4))
    what = f"caption {pair[0]!r} and image {pair[1]!r}"
    shown = f"a difference of {worst:.3f} from the published cosine similarity of {what}"
    sides = encoded.texts[0].exchange, encoded.images[0].exchange
    expect.require(worst <= golden.tolerance, shown, f"at most {golden.tolerance}", *sides)


@pytest.mark.clause("ALN-06")
def test_other_published_figures(
    cache: VectorCache, model: Model, settings: Settings, measure: Measure
) -> None:
    figures = photographs.figures(model.tag)
    if not figures or settings.weights != "published":
        not_applicable("no published values for these weights")
    for figure in figures:
        seen = given.joined([observed(cache, item) for item in figure.items])
        apart, what = figure.apart(seen.vectors), " and ".join(map(repr, figure.items))
        measure(f"difference from the published value of {what}", round(apart, 4))
        got = f"a difference of {apart:.3g} from the published {figure.kind} of {what}"
        expect.require(
            apart <= figure.tolerance, got, f"at most {figure.tolerance}", seen.exchanges[0]
        )


def observed(cache: VectorCache, item: str) -> Observation:
    """The vector of a text, or of an image of published noise."""
    if not item.startswith(photographs.NOISE):
        return cache.text(item)
    seed = int(item.removeprefix(photographs.NOISE))
    return cache.image(save(photographs.noise(seed), "PNG"))


@pytest.mark.clause("ALN-07")
def test_norms(encoded: EncodedCorpus, measure: Measure) -> None:
    means = {}
    for kind, seen in (("texts", encoded.texts), ("images", encoded.images)):
        means[kind] = float(np.linalg.norm(seen.vectors, axis=1).mean())
        measure(f"mean norm of {kind}", round(means[kind], 4))
        expect.require(len(seen) > 0, f"no {kind}", f"{kind} to measure")
    if means["images"]:
        measure("norm of texts / norm of images", round(means["texts"] / means["images"], 4))


@pytest.mark.clause("ALN-08")
@pytest.mark.parametrize("kind", ["texts", "images"])
def test_vectors_are_normalized_as_documented(
    encoded: EncodedCorpus, model: Model, settings: Settings, kind: str
) -> None:
    if settings.weights != "published" or model.normalized is None:
        not_applicable("applies only to published weights whose normalization is documented")
    seen = encoded.texts if kind == "texts" else encoded.images
    norms = np.linalg.norm(seen.vectors, axis=1)
    unit = bool(np.abs(norms - 1).max() <= UNIT_LENGTH)
    got = f"{kind} with vectors of norm {norms.min():.4g} to {norms.max():.4g}"
    expected = "unit norm" if model.normalized else "the model's own norms, not 1"
    expect.require(unit == model.normalized, got, expected, seen[0].exchange)
