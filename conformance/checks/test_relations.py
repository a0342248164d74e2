"""REL: similarity between the vectors of related inputs.

These checks encode 20 images in addition to the corpus, which other checks have already encoded.
"""

import unicodedata
from collections.abc import Callable

import numpy as np
import pytest

from conformance import expect
from conformance.corpus import image_files, image_pairs
from conformance.corpus.alignment import AlignedCorpus, advertised
from conformance.data.models import Model
from conformance.data.statuses import not_applicable
from conformance.expect import Observations, given
from conformance.expect.responses import Measure
from conformance.expect.vector_cache import EncodedCorpus, VectorCache

TRANSLATED = 0.5
"""Share of the translations that must be closest to their own caption. If captions are not read, or
if their script is decoded wrongly, the share is at chance level, which is 1 in 8 or 1 in 24. How
far above chance the share is depends on the model."""
CAPTIONS = 8
STILL_NEAREST = 7 / 8
"""One caption in eight may fail: some tokenizers encode whitespace as tokens."""
IMAGES = 4
STRENGTHS = (0.5, 1.0)
"""Strengths other than 0, which is the original image."""
FADED = 0.9
"""Share of an image's match that may remain once its content is hidden. An encoder has no reason to
see the caption in a blank image, and noise in vectors changes the mean over four images by a
hundredth."""

BLANKS: dict[str, Callable[[str], str]] = {
    "a leading space": lambda text: " " + text,
    "trailing spaces": lambda text: text + "  ",
    "a trailing line break": lambda text: text + "\n",
    "doubled spaces": lambda text: text.replace(" ", "  "),
    "a line break instead of a space": lambda text: text.replace(" ", "\n", 1),
    "line breaks instead of spaces": lambda text: text.replace(" ", "\n"),
    "Windows line breaks instead of spaces": lambda text: text.replace(" ", "\r\n"),
    "empty lines instead of spaces": lambda text: text.replace(" ", "\n\n"),
    "tabs instead of spaces": lambda text: text.replace(" ", "\t"),
    "no-break spaces instead of spaces": lambda text: text.replace(" ", "\u00a0"),
}
COMPOSED = ("Zürich", "crème brûlée", "Åre, Świnoujście, Việt Nam", "がっこう")


def nearest(rows: Observations, columns: Observations) -> float:
    """Share of rows (n, d) whose own column (m, d), m >= n, is the most similar one."""
    found = np.argmax(given.cosines(rows, columns), axis=1)
    return float(np.mean(found == np.arange(len(rows))))


def match(images: Observations, captions: Observations, own: list[int]) -> float:
    """How much closer images (n, d) are to their own captions than to all others, on average.

    A change that affects the similarity to all captions equally (such as mean color) has no effect.
    """
    found = given.cosines(images, captions)
    matches = found[np.arange(len(own)), own]
    others = (found.sum(axis=1) - matches) / (found.shape[1] - 1)
    return float(np.mean(matches - others))


@pytest.mark.clause("REL-01")
def test_translations_meet(
    cache: VectorCache,
    corpus: AlignedCorpus,
    encoded: EncodedCorpus,
    model: Model,
    measure: Measure,
) -> None:
    languages = [each for each in advertised(model, corpus) if each != "en"]
    if not languages:
        not_applicable("the model is monolingual")
    translated = {each: cache.vectors(texts=corpus.captions[each]).texts for each in languages}
    found = {each: nearest(rows, encoded.texts) for each, rows in translated.items()}
    measure("recall@1, translations to English captions, lowest", round(min(found.values()), 3))
    worst = min(found, key=found.__getitem__)
    got = f"{found[worst]:.3f} of the captions in {worst} are closest to the English ones"
    shown = translated[worst].exchanges[0], encoded.texts.exchanges[0]
    expect.require(found[worst] >= TRANSLATED, got, f"at least {TRANSLATED}", *shown)


@pytest.mark.clause("REL-02")
@pytest.mark.parametrize("name", BLANKS)
def test_stray_blanks_change_little(
    cache: VectorCache, corpus: AlignedCorpus, encoded: EncodedCorpus, name: str
) -> None:
    sent = [BLANKS[name](caption) for caption in corpus.captions["en"][:CAPTIONS]]
    got = cache.vectors(texts=sent).texts
    share = nearest(got, encoded.texts)
    words = f"{share:.3f} of the captions with {name} are closest to the original"
    shown = got.exchanges[0], encoded.texts.exchanges[0]
    expect.require(share >= STILL_NEAREST, words, f"at least {STILL_NEAREST}", *shown)


@pytest.mark.clause("REL-06")
def test_composed_and_decomposed_letters(cache: VectorCache, measure: Measure) -> None:
    forms = [[unicodedata.normalize(form, text) for text in COMPOSED] for form in ("NFC", "NFD")]
    composed, decomposed = (cache.vectors(texts=form).texts for form in forms)
    cosines = np.diag(expect.cosines(composed, decomposed))
    measure("lowest cosine between composed and decomposed texts", round(float(cosines.min()), 3))


@pytest.mark.clause("REL-07")
@pytest.mark.parametrize("name", image_pairs.FADINGS)
def test_what_is_hidden_matches_less(
    cache: VectorCache, corpus: AlignedCorpus, encoded: EncodedCorpus, measure: Measure, name: str
) -> None:
    # Evenly spaced, so that drawings differ in color.
    own = list(range(0, len(corpus.images), len(corpus.images) // IMAGES))
    matches = [match(encoded.images[own], encoded.texts, own)]
    for strength in STRENGTHS:
        sent = [image_pairs.FADINGS[name](corpus.images[i], strength) for i in own]
        faded = cache.vectors(images=sent).images
        matches.append(match(faded, encoded.texts, own))
    course = ", ".join(f"{each:.3f}" for each in matches)
    measure(f"match with own captions, {name}", course)
    got = f"margins of own captions over others with increasing {name}: {course}"
    expected = f"a final margin below {FADED} times the first"
    expect.require(matches[-1] < FADED * matches[0], got, expected, faded.exchanges[0])


@pytest.mark.clause("REL-08")
@pytest.mark.parametrize("name", image_pairs.COPIES)
def test_a_copy_is_nearest_to_its_image(
    cache: VectorCache, corpus: AlignedCorpus, encoded: EncodedCorpus, name: str
) -> None:
    # A different distractor for each, from the middle of the corpus.
    own = len(corpus.images) // 2 + list(image_pairs.COPIES).index(name)
    copy = cache.image(image_pairs.COPIES[name](image_files.opened(corpus.images[own])))
    cosines = given.cosines(given.joined([copy]), encoded.images)
    found = int(np.argmax(cosines))
    got = f"{corpus.names[own]} {name} is closest to {corpus.names[found]}"
    expected = f"closest to {corpus.names[own]} itself"
    expect.require(found == own, got, expected, copy.exchange, encoded.images[own].exchange)
