"""VEC: rows, order and width of what /vectorize answers."""

import json

import pytest

from conformance import expect
from conformance.command.target import Target
from conformance.corpus.alignment import AlignedCorpus
from conformance.expect import Vectors
from conformance.expect.vector_cache import Alone
from conformance.options.settings import Settings
from conformance.report.phase_result import Measure
from conformance.transport.endpoint import Endpoint

TEXTS = ("a red circle", "a blue square on paper", "green")
MANY_TEXTS = 256
MANY_IMAGES = 16


@pytest.mark.clause("VEC-01")
@pytest.mark.parametrize("count", [1, 2, 3])
def test_one_vector_for_each_text(endpoint: Endpoint, count: int) -> None:
    endpoint.vectors(texts=TEXTS[:count])


@pytest.mark.clause("VEC-02")
@pytest.mark.parametrize("count", [1, 2])
def test_one_vector_for_each_image(endpoint: Endpoint, corpus: AlignedCorpus, count: int) -> None:
    endpoint.vectors(images=corpus.images[:count])


@pytest.mark.clause("VEC-03")
@pytest.mark.parametrize(("texts", "images"), [(3, 2), (1, 1)])
def test_both_kinds_in_one_request(
    endpoint: Endpoint,
    corpus: AlignedCorpus,
    encoded: Vectors,
    alone: Alone,
    texts: int,
    images: int,
) -> None:
    exchange = endpoint.vectorize(TEXTS[:texts], corpus.images[:images])
    got = expect.vectors(exchange, texts, images)
    apart = alone.texts(TEXTS[:texts])
    expect.same(got.texts, apart, "texts sent apart", exchange)
    expect.same(got.images, encoded.images[:images], "images sent apart", exchange)


@pytest.mark.clause("VEC-04")
def test_every_answer_can_be_read(endpoint: Endpoint, corpus: AlignedCorpus) -> None:
    expect.vectors(endpoint.vectorize(TEXTS[:1], corpus.images[:1]), 1, 1)


@pytest.mark.clause("VEC-05")
def test_texts_come_in_order(endpoint: Endpoint, corpus: AlignedCorpus, encoded: Vectors) -> None:
    backwards = corpus.captions["en"][::-1]
    exchange = endpoint.vectorize(backwards)
    got = expect.vectors(exchange, len(backwards), 0)
    expect.same(got.texts, encoded.texts[::-1], "texts sent in reverse order", exchange)


@pytest.mark.clause("VEC-05")
def test_a_text_is_where_it_was_sent(endpoint: Endpoint, alone: Alone) -> None:
    exchange = endpoint.vectorize(TEXTS)
    got = expect.vectors(exchange, len(TEXTS), 0)
    expect.same(got.texts, alone.texts(TEXTS), "texts in order", exchange)


@pytest.mark.clause("VEC-06")
def test_images_come_in_order(endpoint: Endpoint, corpus: AlignedCorpus, encoded: Vectors) -> None:
    sent = corpus.images[3::-1]
    exchange = endpoint.vectorize(images=sent)
    got = expect.vectors(exchange, 0, len(sent))
    expect.same(got.images, encoded.images[3::-1], "images in reverse order", exchange)


@pytest.mark.clause("VEC-07")
def test_one_width_for_all(
    endpoint: Endpoint, corpus: AlignedCorpus, encoded: Vectors, alone: Alone
) -> None:
    both = endpoint.vectors(TEXTS[:1], corpus.images[:1])
    seen = [both.texts[0], both.images[0], alone.text(TEXTS[1]), alone.image(corpus.images[0])]
    # Many texts in one request, and images without texts.
    seen += [encoded.texts[0], encoded.images[0]]
    widths = {len(vector) for vector in seen}
    expect.require(len(widths) == 1, f"widths {sorted(widths)}", "one width in all answers")


@pytest.mark.clause("VEC-08")
def test_the_width_is_the_models(alone: Alone, settings: Settings, measure: Measure) -> None:
    wanted = settings.widths()
    exchange = alone.text_exchange(TEXTS[0])
    width = expect.vectors(exchange, 1, 0).texts.shape[1]
    measure("width", width)
    if not wanted:
        pytest.skip("n/a: the model's width is unknown; --dimensions N states it")
    figures = " or ".join(f"{n} ({whose})" for n, whose in wanted.items())
    expect.require(width in wanted, f"{width} numbers a vector", figures, exchange)
    erratum = "; the documented figure is an erratum" if settings.model.erratum else ""
    measure("width is the figure of", wanted[width] + erratum)


@pytest.mark.clause("VEC-09")
def test_equal_texts_keep_their_rows(endpoint: Endpoint, alone: Alone) -> None:
    sent = [TEXTS[0], TEXTS[0], TEXTS[1], TEXTS[0]]
    exchange = endpoint.vectorize(sent)
    got = expect.vectors(exchange, len(sent), 0)
    expect.same(got.texts, alone.texts(sent), "repeated texts", exchange)


@pytest.mark.clause("VEC-09")
def test_equal_images_keep_their_rows(
    endpoint: Endpoint, corpus: AlignedCorpus, encoded: Vectors
) -> None:
    order = [0, 0, 1]
    exchange = endpoint.vectorize(images=[corpus.images[i] for i in order])
    got = expect.vectors(exchange, 0, len(order))
    expect.same(got.images, encoded.images[order], "a repeated image", exchange)


@pytest.mark.clause("VEC-10")
def test_256_texts_in_order(endpoint: Endpoint, corpus: AlignedCorpus, encoded: Vectors) -> None:
    captions = corpus.captions["en"]
    order = [(7 * i + i // len(captions)) % len(captions) for i in range(MANY_TEXTS)]
    exchange = endpoint.vectorize([captions[i] for i in order])
    got = expect.vectors(exchange, MANY_TEXTS, 0)
    expect.same(got.texts, encoded.texts[order], f"{MANY_TEXTS} texts", exchange)


@pytest.mark.clause("VEC-11")
def test_16_images_in_order(endpoint: Endpoint, corpus: AlignedCorpus, encoded: Vectors) -> None:
    order = [(5 * i + 3) % len(corpus.images) for i in range(MANY_IMAGES)]
    exchange = endpoint.vectorize(images=[corpus.images[i] for i in order])
    got = expect.vectors(exchange, 0, MANY_IMAGES)
    expect.same(got.images, encoded.images[order], f"{MANY_IMAGES} images", exchange)


@pytest.mark.clause("VEC-12")
def test_escapes_are_read(endpoint: Endpoint, alone: Alone) -> None:
    text = 'a <red> circle & a "blue" square, grün, 赤い丸, 🔴'
    escaped = json.dumps({"texts": [text]}).replace("<", "\\u003c").replace(">", "\\u003e")
    exchange = endpoint.post(escaped.replace("&", "\\u0026").encode())
    got = expect.vectors(exchange, 1, 0)
    expect.same(got.texts, alone.text(text)[None], "the text with escapes", exchange)


@pytest.mark.clause("VEC-13")
def test_no_redirect(endpoint: Endpoint) -> None:
    exchange = expect.answered(endpoint.vectorize(TEXTS[:1]))
    redirected = 300 <= exchange.status <= 399
    expect.require(not redirected, exchange.summary(), "the answer itself, no redirect", exchange)


@pytest.mark.clause("VEC-14")
def test_only_gzip_or_nothing(endpoint: Endpoint) -> None:
    exchange = expect.answered(endpoint.vectorize(TEXTS * 20))
    encoding = exchange.headers.get("content-encoding", "identity").strip().lower() or "identity"
    good = encoding in ("identity", "gzip")
    expect.require(good, f"Content-Encoding: {encoding}", "identity or gzip", exchange)


@pytest.mark.clause("VEC-15")
def test_the_first_request_is_served(target: Target) -> None:
    expect.vectors(target.preflight.first, 1, 0)
