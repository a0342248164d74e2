"""ALN: texts and images that belong together are closest."""

import numpy as np
import pytest

from conformance import expect
from conformance.corpus import photographs
from conformance.corpus.alignment import AlignedCorpus, advertised
from conformance.data.models import Model
from conformance.data.tolerances import PUBLISHED_TABLE, Array
from conformance.expect import Vectors
from conformance.expect.statuses import not_applicable
from conformance.options.settings import Settings
from conformance.report.phase_result import Figure, Measure
from conformance.transport.client import Client
from conformance.transport.endpoint import Endpoint

ANY_LANGUAGE = 0.5
LANGUAGES_ALIKE = {"photographs": 6 / 8, "drawings": 0.9}


def recall(similarities: Array) -> float:
    """recall@1: how many rows (n, n) are highest on the diagonal."""
    return float(np.mean(np.argmax(similarities, axis=1) == np.arange(len(similarities))))


def at_least(got: float, wanted: float, what: str) -> None:
    """Fail unless a recall reaches what is wanted."""
    expect.require(got >= wanted, f"recall@1 of {got:.3f} {what}", f"at least {wanted:.3f}")


@pytest.fixture(scope="session")
def by_language(
    client: Client, corpus: AlignedCorpus, encoded: Vectors, model: Model
) -> dict[str, float]:
    """recall@1 from captions to images, for each advertised language."""
    found = {}
    for language in advertised(model, corpus):
        captions = Endpoint(client).vectors(texts=corpus.captions[language]).texts
        found[language] = recall(expect.cosines(captions, encoded.images))
    return found


@pytest.mark.clause("ALN-01")
def test_texts_find_their_images(
    encoded: Vectors, corpus: AlignedCorpus, measure: Measure, figures: dict[str, Figure]
) -> None:
    similarities = expect.cosines(encoded.texts, encoded.images)
    figures["cosine similarity of captions (rows) and images (columns)"] = {
        "rows": list(corpus.captions["en"]),
        "columns": list(corpus.names),
        "values": np.round(similarities.astype(float), 4).tolist(),
    }
    found = recall(similarities)
    measure(f"recall@1, text to image, {corpus.name}", round(found, 3))
    measure("alignment judged on", f"{corpus.name}: {corpus.why}")
    at_least(found, corpus.must, f"from captions to {corpus.name}")


@pytest.mark.clause("ALN-02")
def test_images_find_their_texts(encoded: Vectors, corpus: AlignedCorpus, measure: Measure) -> None:
    found = recall(expect.cosines(encoded.images, encoded.texts))
    measure(f"recall@1, image to text, {corpus.name}", round(found, 3))
    at_least(found, corpus.must, f"from {corpus.name} to captions")


@pytest.mark.clause("ALN-03")
def test_all_are_found(encoded: Vectors, corpus: AlignedCorpus) -> None:
    at_least(recall(expect.cosines(encoded.texts, encoded.images)), corpus.should, "text to image")
    at_least(recall(expect.cosines(encoded.images, encoded.texts)), corpus.should, "image to text")


@pytest.mark.clause("ALN-04")
def test_every_language_finds_its_images(
    by_language: dict[str, float], corpus: AlignedCorpus, measure: Measure
) -> None:
    if len(by_language) < 2:
        not_applicable("a model of one language")
    for language, found in by_language.items():
        measure(f"recall@1, {language}, {corpus.name}", round(found, 3))
    for language, found in by_language.items():
        at_least(found, ANY_LANGUAGE, f"for captions in {language}")


@pytest.mark.clause("ALN-05")
def test_every_language_does_as_well(by_language: dict[str, float], corpus: AlignedCorpus) -> None:
    if len(by_language) < 2:
        not_applicable("a model of one language")
    for language, found in by_language.items():
        at_least(found, LANGUAGES_ALIKE[corpus.name], f"for captions in {language}")


@pytest.mark.clause("ALN-06")
def test_the_published_similarities(
    encoded: Vectors,
    corpus: AlignedCorpus,
    model: Model,
    settings: Settings,
    measure: Measure,
) -> None:
    golden = photographs.golden_table(model.tag)
    if golden is None or settings.weights != "published":
        not_applicable("no published table for these weights")
    got = expect.cosines(encoded.texts, encoded.images)
    place = {name: index for index, name in enumerate(corpus.names)}
    apart = {
        pair: abs(float(got[place[pair[0]], place[pair[1]]]) - published)
        for pair, published in golden.cosines.items()
    }
    pair = max(apart, key=apart.__getitem__)
    worst = apart[pair]
    measure("largest difference from the published table", round(worst, 4))
    shown = f"{worst:.3f} from the published cosine of caption {pair[0]!r} and image {pair[1]!r}"
    expect.require(worst <= PUBLISHED_TABLE, shown, f"at most {PUBLISHED_TABLE}")


@pytest.mark.clause("ALN-07")
def test_norms(encoded: Vectors, measure: Measure) -> None:
    norms = {
        "texts": np.linalg.norm(encoded.texts, axis=1),
        "images": np.linalg.norm(encoded.images, axis=1),
    }
    for kind, values in norms.items():
        measure(f"mean norm of {kind}", round(float(values.mean()), 4))
        zeros = int(np.sum(values == 0))
        expect.require(not zeros, f"{zeros} zero vectors of {kind}", "none")
    ratio = float(norms["texts"].mean() / norms["images"].mean())
    measure("norm of texts / norm of images", round(ratio, 4))
