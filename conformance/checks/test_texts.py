"""TXT: what a text may hold, and what its vector depends on."""

import numpy as np
import pytest

from conformance import expect
from conformance.corpus import image_files, texts
from conformance.corpus.alignment import AlignedCorpus, advertised
from conformance.data import tolerances
from conformance.data.models import Model
from conformance.expect import given
from conformance.expect.statuses import not_applicable
from conformance.expect.vector_cache import EncodedCorpus, VectorCache
from conformance.transport.endpoint import Endpoint

CAPTION = "a red circle on paper"
COMPANIONS = ("green", "a red circle and a blue square and " * 2, "", "東京の赤い丸")
"""Longer and shorter than the caption, but within every model's limit: TXT-02 is about longer."""
SHORT = 20
"""Characters of a real text that stay within 77 tokens, even where each byte is one."""
A_REQUEST = 8
"""Texts a request, where their number is not what a check is about."""
SHARE_OF_LIMIT = 0.7
"""Of the model's tokens: a few of them are the model's own marks."""
ONE_TOKEN = ("is", "on")
"""Words of one token in every tokenizer of the table, the stand-ins' small ones included."""
DIFFERENT = (
    "a red circle above a blue square",
    "a blue square above a red circle",
    "a blue circle above a red square",
    "a red circle above a blue triangle",
    "a dog",
    "two dogs and a cat",
)


@pytest.mark.clause("TXT-01")
@pytest.mark.parametrize("text", ["", " ", "   ", "\t\n"], ids=repr)
def test_blank_texts_get_vectors(cache: VectorCache, text: str) -> None:
    expect.vectors(cache.exchange([text]), 1, 0)


@pytest.mark.clause("TXT-01")
def test_blank_texts_keep_their_rows(endpoint: Endpoint) -> None:
    sent = ["", CAPTION, " ", "green"]
    expect.vectors(endpoint.vectorize(sent), len(sent), 0)


@pytest.mark.clause("TXT-10")
@pytest.mark.parametrize("text", ["", " "], ids=repr)
def test_blank_texts_have_a_direction(cache: VectorCache, text: str) -> None:
    seen = cache.text(text)
    norm = float(np.linalg.norm(seen.vector))
    expect.require(norm > 0, "a zero vector", "a vector that has a direction", seen.exchange)


@pytest.mark.clause("TXT-02")
@pytest.mark.parametrize("words", [78, 500, 5000])
def test_long_texts_get_vectors(endpoint: Endpoint, words: int) -> None:
    expect.vectors(endpoint.vectorize([texts.long(words)]), 1, 0)


@pytest.mark.clause("TXT-02")
@pytest.mark.parametrize("start", range(0, len(texts.real()), A_REQUEST))
def test_long_texts_of_many_scripts_get_vectors(endpoint: Endpoint, start: int) -> None:
    sent = [each.text for each in texts.real()[start : start + A_REQUEST]]
    expect.vectors(endpoint.vectorize(sent), len(sent), 0)


@pytest.mark.clause("TXT-03")
@pytest.mark.parametrize("text", texts.edge(), ids=lambda text: text.id)
def test_edge_texts_get_vectors(cache: VectorCache, text: texts.Text) -> None:
    expect.vectors(cache.exchange([text.text]), 1, 0)


@pytest.mark.clause("TXT-03")
@pytest.mark.parametrize("start", range(0, len(texts.real()), A_REQUEST))
def test_real_texts_of_many_scripts_get_vectors(endpoint: Endpoint, start: int) -> None:
    sent = [each.text[:SHORT] for each in texts.real()[start : start + A_REQUEST]]
    expect.vectors(endpoint.vectorize(sent), len(sent), 0)


@pytest.mark.clause("TXT-04")
def test_companions_make_no_difference(endpoint: Endpoint, cache: VectorCache) -> None:
    sent = [CAPTION, *COMPANIONS]
    exchange = endpoint.vectorize(sent, [image_files.save(image_files.image(), "PNG")])
    got = given.vectors(exchange, len(sent), 1)
    names = [repr(text) for text in sent]
    expect.same(got.texts, cache.texts(sent), "a text beside others", names=names)


@pytest.mark.clause("TXT-05")
def test_different_texts_differ(endpoint: Endpoint) -> None:
    got = given.vectors(endpoint.vectorize(DIFFERENT), len(DIFFERENT), 0)
    expect.distinct(got.texts, DIFFERENT)


@pytest.mark.clause("TXT-05")
def test_different_captions_differ(encoded: EncodedCorpus, corpus: AlignedCorpus) -> None:
    expect.distinct(encoded.texts, corpus.captions["en"])


@pytest.mark.clause("TXT-06")
def test_a_text_is_read_up_to_the_limit(endpoint: Endpoint, model: Model) -> None:
    if model.text_tokens is None:
        not_applicable("the model's token limit is unknown")
    count = int(SHARE_OF_LIMIT * min(model.text_tokens, 512))
    words = [ONE_TOKEN[i % 2] for i in range(count)]
    ends = [" ".join([*words, last]) for last in ONE_TOKEN]
    other_start = " ".join([ONE_TOKEN[1], *words[1:], ONE_TOKEN[0]])
    got = given.vectors(endpoint.vectorize([*ends, other_start]), 3, 0)
    names = [f"{words[0]} … {last} as word {count + 1}" for last in ONE_TOKEN]
    expect.distinct(got.texts, [*names, f"{ONE_TOKEN[1]} … {ONE_TOKEN[0]}"])


@pytest.mark.clause("TXT-07")
def test_a_text_keeps_its_vector(endpoint: Endpoint, cache: VectorCache) -> None:
    sent = (CAPTION, *DIFFERENT)
    before = [cache.text(text) for text in sent]
    for text, first in reversed(list(zip(sent, before, strict=True))):
        again = given.vectors(endpoint.vectorize([text]), 1, 0).texts[0]
        expect.same(again, first, f"{text!r} again", within=tolerances.REPEATED)


@pytest.mark.clause("TXT-08")
def test_case_is_folded(cache: VectorCache, model: Model) -> None:
    if not model.lower_case:
        not_applicable("the model tells upper from lower case, or is not known to fold it")
    expect.same(cache.text(CAPTION.upper()), cache.text(CAPTION), "capitals and small letters")


@pytest.mark.clause("TXT-09")
def test_every_advertised_script_is_read(
    endpoint: Endpoint, corpus: AlignedCorpus, model: Model
) -> None:
    languages = advertised(model, corpus)
    if not languages:
        not_applicable("the model's languages are unknown")
    for language in languages:
        sent = [*corpus.captions[language][:6], ""]
        got = given.vectors(endpoint.vectorize(sent), len(sent), 0)
        expect.distinct(got.texts, [*sent[:-1], "an empty text"])
