"""TXT: what a text may hold, and what its vector depends on."""

import numpy as np
import pytest

from conformance import expect
from conformance.corpus import image_files, texts
from conformance.corpus.alignment import AlignedCorpus, advertised
from conformance.data import tolerances
from conformance.data.models import Model
from conformance.expect import Vectors
from conformance.expect.statuses import not_applicable
from conformance.expect.vector_cache import Alone
from conformance.transport.endpoint import Endpoint

CAPTION = "a red circle on paper"
COMPANIONS = ("green", "a red circle and a blue square and " * 2, "", "東京の赤い丸")
"""Longer and shorter than the caption, but within every model's limit: TXT-02 is about longer."""
SHORT = 20
"""Characters of a real text that stay within 77 tokens, even where each byte is one."""
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
def test_blank_texts_get_vectors(endpoint: Endpoint, text: str) -> None:
    endpoint.vectors(texts=[text])


@pytest.mark.clause("TXT-01")
def test_blank_texts_keep_their_rows(endpoint: Endpoint, alone: Alone) -> None:
    sent = ["", CAPTION, " ", "green"]
    exchange = endpoint.vectorize(sent)
    got = expect.vectors(exchange, len(sent), 0)
    expect.same(got.texts, alone.texts(sent), "beside blanks", exchange)


@pytest.mark.clause("TXT-10")
def test_blank_texts_have_a_direction(alone: Alone) -> None:
    for text in ("", " "):
        norm = float(np.linalg.norm(alone.text(text)))
        shown = alone.text_exchange(text)
        expect.require(
            norm > 0, f"a zero vector for {text!r}", "a vector that has a direction", shown
        )


@pytest.mark.clause("TXT-02")
@pytest.mark.parametrize("words", [78, 500, 5000])
def test_long_texts_get_vectors(endpoint: Endpoint, words: int) -> None:
    endpoint.vectors(texts=[texts.long(words)])


@pytest.mark.clause("TXT-03")
@pytest.mark.parametrize("text", texts.edge(), ids=lambda text: text.id)
def test_edge_texts_get_vectors(alone: Alone, text: texts.Text) -> None:
    alone.text(text.text)


@pytest.mark.clause("TXT-02")
def test_real_texts_get_vectors_whole(endpoint: Endpoint) -> None:
    endpoint.vectors(texts=[each.text for each in texts.real()])


@pytest.mark.clause("TXT-03")
def test_real_texts_of_many_scripts_get_vectors(endpoint: Endpoint) -> None:
    endpoint.vectors(texts=[each.text[:SHORT] for each in texts.real()])


@pytest.mark.clause("TXT-04")
def test_companions_make_no_difference(endpoint: Endpoint, alone: Alone) -> None:
    image = image_files.save(image_files.image(), "PNG")
    exchange = endpoint.vectorize([CAPTION, *COMPANIONS], [image])
    got = expect.vectors(exchange, 1 + len(COMPANIONS), 1)
    wanted = alone.texts((CAPTION, *COMPANIONS))
    expect.same(got.texts, wanted, "a text beside others", exchange, alone.text_exchange(CAPTION))


@pytest.mark.clause("TXT-05")
def test_different_texts_differ(endpoint: Endpoint) -> None:
    exchange = endpoint.vectorize(DIFFERENT)
    expect.distinct(expect.vectors(exchange, len(DIFFERENT), 0).texts, DIFFERENT, exchange)


@pytest.mark.clause("TXT-05")
def test_different_captions_differ(encoded: Vectors, corpus: AlignedCorpus) -> None:
    expect.distinct(encoded.texts, corpus.captions["en"])


@pytest.mark.clause("TXT-06")
def test_a_text_is_read_up_to_the_limit(endpoint: Endpoint, model: Model) -> None:
    if model.text_tokens is None:
        not_applicable("the model's token limit is unknown")
    count = int(SHARE_OF_LIMIT * min(model.text_tokens, 512))
    words = [ONE_TOKEN[i % 2] for i in range(count)]
    ends = [" ".join([*words, last]) for last in ONE_TOKEN]
    other_start = " ".join([ONE_TOKEN[1], *words[1:], ONE_TOKEN[0]])
    exchange = endpoint.vectorize([*ends, other_start])
    rows = expect.vectors(exchange, 3, 0).texts
    names = [f"{words[0]} … {last} as word {count + 1}" for last in ONE_TOKEN]
    expect.distinct(rows, [*names, f"{ONE_TOKEN[1]} … {ONE_TOKEN[0]}"], exchange)


@pytest.mark.clause("TXT-07")
def test_a_text_keeps_its_vector(endpoint: Endpoint, alone: Alone) -> None:
    wanted = alone.text(CAPTION)[None]
    for other in DIFFERENT:
        endpoint.vectorize([other])
        again = endpoint.vectorize([CAPTION])
        got = expect.vectors(again, 1, 0).texts
        expect.same(got, wanted, "the same text again", again, within=tolerances.REPEATED)


@pytest.mark.clause("TXT-08")
def test_case_is_folded(endpoint: Endpoint, alone: Alone, model: Model) -> None:
    if not model.lower_case:
        not_applicable("the model tells upper from lower case, or is not known to fold it")
    exchange = endpoint.vectorize([CAPTION.upper()])
    got = expect.vectors(exchange, 1, 0)
    expect.same(got.texts, alone.text(CAPTION)[None], "capitals and small letters", exchange)


@pytest.mark.clause("TXT-09")
def test_every_advertised_script_is_read(
    endpoint: Endpoint, corpus: AlignedCorpus, model: Model
) -> None:
    languages = advertised(model, corpus)
    if not languages:
        not_applicable("the model's languages are unknown")
    for language in languages:
        captions = corpus.captions[language][:6]
        exchange = endpoint.vectorize([*captions, ""])
        rows = expect.vectors(exchange, len(captions) + 1, 0).texts
        expect.distinct(rows, [*captions, "an empty text"], exchange)
