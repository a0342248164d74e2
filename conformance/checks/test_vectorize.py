"""VEC: the requests that /vectorize accepts, and the number, order, and dimension of its vectors.

The SHOULD clauses at the end cover requests from clients other than today's Weaviate.
"""

import json

import pytest

from conformance import expect
from conformance.corpus import texts
from conformance.corpus.alignment import AlignedCorpus
from conformance.corpus.image_files import encoded
from conformance.data import tolerances
from conformance.data.statuses import not_applicable
from conformance.expect import given
from conformance.expect.aftermath import Aftermath
from conformance.expect.comparisons import Precision
from conformance.expect.good_requests import IMAGES
from conformance.expect.responses import Measure
from conformance.expect.vector_cache import EncodedCorpus, VectorCache
from conformance.options.settings import Settings
from conformance.transport.endpoint import Endpoint, Items, Target

TEXTS = ("a red circle", "a blue square on paper", "green")
MANY_TEXTS = 256
MANY_IMAGES = 16


@pytest.mark.clause("VEC-01")
@pytest.mark.parametrize("count", range(1, 9))
def test_one_vector_for_each_text(endpoint: Endpoint, corpus: AlignedCorpus, count: int) -> None:
    expect.vectors(endpoint.vectorize(texts=corpus.captions["en"][:count]), count, 0)


@pytest.mark.clause("VEC-02")
@pytest.mark.parametrize("count", [1, 2])
def test_one_vector_for_each_image(endpoint: Endpoint, corpus: AlignedCorpus, count: int) -> None:
    expect.vectors(endpoint.vectorize(images=corpus.images[:count]), 0, count)


@pytest.mark.clause("VEC-03")
@pytest.mark.parametrize(("captions", "images"), [(3, 2), (1, 1)])
def test_both_kinds_in_one_request(
    cache: VectorCache, corpus: AlignedCorpus, captions: int, images: int
) -> None:
    some, shown = TEXTS[:captions], corpus.images[:images]
    got = expect.vectors(cache.exchange(some, shown), captions, images)
    expect.same(got.texts, cache.vectors(texts=some).texts, "texts sent without images")
    expect.same(got.images, cache.vectors(images=shown).images, "images sent without texts")


@pytest.mark.clause("VEC-04")
def test_every_response_can_be_read(endpoint: Endpoint, corpus: AlignedCorpus) -> None:
    for exchange in (
        endpoint.vectorize(TEXTS[:1], corpus.images[:1]),
        endpoint.vectorize(TEXTS * 8),
        endpoint.vectorize(images=corpus.images[:1]),
    ):
        expect.readable(exchange)
        expect.numbers_only(exchange)


@pytest.mark.clause("VEC-05")
def test_texts_come_in_order(
    endpoint: Endpoint, corpus: AlignedCorpus, encoded: EncodedCorpus
) -> None:
    backwards = corpus.captions["en"][::-1]
    got = given.vectors(endpoint.vectorize(backwards), len(backwards), 0)
    expect.corresponding(got.texts, encoded.texts[::-1], "texts in reverse order")


@pytest.mark.clause("VEC-05")
def test_a_text_is_where_it_was_sent(endpoint: Endpoint, cache: VectorCache) -> None:
    got = given.vectors(endpoint.vectorize(TEXTS), len(TEXTS), 0)
    expect.corresponding(got.texts, cache.texts(TEXTS), "texts in order")


@pytest.mark.clause("VEC-06")
@pytest.mark.parametrize("count", [4, 7, 12])
def test_images_come_in_order(
    endpoint: Endpoint, corpus: AlignedCorpus, cache: VectorCache, count: int
) -> None:
    sent = corpus.images[count - 1 :: -1]
    got = given.vectors(endpoint.vectorize(images=sent), 0, len(sent))
    expect.corresponding(got.images, cache.images(sent), "images in order")


@pytest.mark.clause("VEC-07")
def test_one_dimension_for_all(
    cache: VectorCache, corpus: AlignedCorpus, encoded: EncodedCorpus
) -> None:
    both = cache.vectors(TEXTS[:1], corpus.images[:1])
    alone = [cache.vectors(texts=TEXTS[:1]).texts, cache.vectors(images=corpus.images[:1]).images]
    # Many texts in one request, then many images.
    expect.one_dimension(both.texts, both.images, *alone, encoded.texts, encoded.images)


@pytest.mark.clause("VEC-08")
def test_the_dimension_is_the_models(
    cache: VectorCache, settings: Settings, measure: Measure
) -> None:
    figures = settings.expected_dimensions()
    seen = cache.text(TEXTS[0])
    dimension = len(seen.vector)
    measure("dimension", dimension)
    if not figures:
        not_applicable("the model's dimension is unknown; specify it with --dimensions N")
    expected = " or ".join(f"{n} ({whose})" for n, whose in figures.items())
    known = dimension in figures
    expect.require(known, f"{dimension} numbers per vector", expected, seen.exchange)
    erratum = "; the documented value is wrong" if settings.model.erratum else ""
    measure("source of this dimension", figures[dimension] + erratum)


@pytest.mark.clause("VEC-09")
def test_equal_texts_keep_their_rows(endpoint: Endpoint) -> None:
    sent = [TEXTS[0], TEXTS[0], TEXTS[1], TEXTS[0]]
    got = expect.vectors(endpoint.vectorize(sent), len(sent), 0).texts
    expect.same(got[[1, 3]], got[[0, 0]], "rows of a repeated text")


@pytest.mark.clause("VEC-09")
def test_equal_images_keep_their_rows(endpoint: Endpoint, corpus: AlignedCorpus) -> None:
    sent = [corpus.images[i] for i in (0, 0, 1)]
    got = expect.vectors(endpoint.vectorize(images=sent), 0, len(sent)).images
    expect.same(got[1], got[0], "rows of a repeated image")


@pytest.mark.clause("VEC-10")
def test_256_texts_in_order(
    endpoint: Endpoint, corpus: AlignedCorpus, encoded: EncodedCorpus
) -> None:
    captions, many = corpus.captions["en"], endpoint.client.pace.texts(MANY_TEXTS)
    order = [(7 * i + i // len(captions)) % len(captions) for i in range(many)]
    got = expect.vectors(endpoint.vectorize([captions[i] for i in order]), many, 0)
    expect.corresponding(got.texts, encoded.texts[order], f"{many} texts")


@pytest.mark.clause("VEC-11")
def test_16_images_in_order(
    endpoint: Endpoint, corpus: AlignedCorpus, encoded: EncodedCorpus
) -> None:
    many = endpoint.client.pace.images(MANY_IMAGES)
    order = [(5 * i + 3) % len(corpus.images) for i in range(many)]
    exchange = endpoint.vectorize(images=[corpus.images[i] for i in order])
    got = expect.vectors(exchange, 0, many)
    expect.corresponding(got.images, encoded.images[order], f"{many} images")


@pytest.mark.clause("VEC-12")
def test_escapes_are_read(endpoint: Endpoint, cache: VectorCache) -> None:
    text = 'a <red> circle & a "blue" square, grün, 赤い丸, 🔴'
    escaped = json.dumps({"texts": [text]}).replace("<", "\\u003c").replace(">", "\\u003e")
    plain = cache.text(text)
    exchange = endpoint.post(escaped.replace("&", "\\u0026").encode())
    got = expect.vectors(exchange, 1, 0).texts[0]
    expect.same(got, plain, "the text with escapes")


@pytest.mark.clause("VEC-12")
@pytest.mark.parametrize("form", texts.ESCAPES)
def test_every_kind_of_escape_is_read(endpoint: Endpoint, cache: VectorCache, form: str) -> None:
    sent = list(texts.ESCAPED)
    plain = cache.vectors(texts=sent).texts
    exchange = endpoint.post(texts.escaped_body(sent, texts.ESCAPES[form]))
    got = expect.vectors(exchange, len(sent), 0).texts
    expect.same(got, plain, f"a text {form}")


@pytest.mark.clause("VEC-13")
def test_no_redirect(endpoint: Endpoint) -> None:
    exchange = given.answered(endpoint.vectorize(TEXTS[:1]))
    redirected = 300 <= exchange.status <= 399
    expect.require(not redirected, exchange.summary(), "a response without a redirect", exchange)


@pytest.mark.clause("VEC-14")
def test_only_gzip_or_nothing(endpoint: Endpoint) -> None:
    several = max(1, endpoint.client.pace.texts(MANY_TEXTS) // len(TEXTS))
    expect.content_encoding(endpoint.vectorize(TEXTS * min(several, 20)))


@pytest.mark.clause("VEC-15")
def test_the_first_request_is_served(target: Target) -> None:
    expect.vectors(given.answered(target.preflight.first), 1, 0)


@pytest.mark.clause("VEC-15")
def test_the_first_image_is_served(aftermath: Aftermath) -> None:
    expect.vectors(given.answered(aftermath.first[IMAGES]), 0, 1)


@pytest.mark.clause("VEC-16")
def test_an_empty_list_is_an_absent_kind(endpoint: Endpoint, corpus: AlignedCorpus) -> None:
    expect.vectors(endpoint.post({"texts": [TEXTS[0]], "images": []}), 1, 0)
    expect.vectors(endpoint.post({"texts": [], "images": [encoded(corpus.images[0])]}), 0, 1)


@pytest.mark.clause("VEC-17")
def test_null_is_an_absent_kind(endpoint: Endpoint, corpus: AlignedCorpus) -> None:
    expect.vectors(endpoint.post({"texts": [TEXTS[0]], "images": None}), 1, 0)
    image = Items((), corpus.images[:1]).body().rstrip(b"}")
    expect.vectors(endpoint.post(image + b', "texts": null}'), 0, 1)


@pytest.mark.clause("VEC-18")
@pytest.mark.parametrize("body", [{}, {"texts": [], "images": []}])
def test_nothing_is_answered_with_nothing(endpoint: Endpoint, body: object) -> None:
    expect.vectors(endpoint.post(body), 0, 0)


@pytest.mark.clause("VEC-19")
def test_unknown_fields_are_ignored(endpoint: Endpoint, cache: VectorCache) -> None:
    unknown = {"audio": ["…"], "task": "query", "version": 2, "options": {"unit": [1.5, None]}}
    got = expect.vectors(endpoint.post({"texts": [TEXTS[0]], **unknown}), 1, 0)
    expect.same(got.texts, cache.vectors(texts=TEXTS[:1]).texts, "a text alongside unknown fields")


@pytest.mark.clause("VEC-20")
def test_a_doubled_slash_is_served(endpoint: Endpoint) -> None:
    expect.vectors(endpoint.post({"texts": [TEXTS[0]]}, path="//vectorize"), 1, 0)


@pytest.mark.clause("VEC-21")
def test_answers_say_that_they_are_json(endpoint: Endpoint) -> None:
    exchange = given.answered(endpoint.vectorize([TEXTS[0]]))
    said = exchange.headers.get("content-type", "")
    good = said.split(";")[0].strip().lower() == "application/json"
    expect.require(good, f"Content-Type: {said or 'none'}", "application/json", exchange)


@pytest.mark.clause("VEC-24")
def test_vectors_are_precise(precision: Precision, measure: Measure) -> None:
    noise = precision.noise
    measure("noise across requests", float(f"{noise.across:.2g}"))
    if noise.across > tolerances.ACROSS_REQUESTS:
        raise precision.problem(noise.across)
