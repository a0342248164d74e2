"""TXT and REL: which texts are accepted, and what affects their vectors. VEC: long text lists.

Most texts are sent in lists of varying lengths. If a list is rejected, its texts are sent one by
one, so that the finding names the text at fault.
"""

from string import ascii_lowercase, ascii_uppercase, digits

import numpy as np
import pytest

from conformance import expect
from conformance.corpus import image_files, texts
from conformance.corpus.alignment import AlignedCorpus, advertised
from conformance.corpus.texts import Apart
from conformance.data import tolerances
from conformance.data.models import Model
from conformance.data.statuses import not_applicable
from conformance.expect import Observations, given
from conformance.expect.nonconformity import Cause, CauseKind
from conformance.expect.vector_cache import EncodedCorpus, VectorCache
from conformance.options.settings import Settings
from conformance.transport.endpoint import Endpoint

MARK_GROUPS = {group: 9 + 4 * place for place, group in enumerate(texts.mark_groups())}
"""The groups, each with the length of its first list; they differ, so many lengths are sent."""
MOST_TOKENS = 512
MOST_WORDS = 77
"""Maximum number of tokens for which texts fill a bucket exactly."""
SIZES = (31, 33, 50, 65)
"""Lengths just above and below common batch sizes, and one unrelated to them."""
MANY = (129, 300)
SLOW = (*range(9, 65), 77, 96, 97, 127, 128, 150, 191, 193, 200, 201, 255, 256, 257, 299)
"""With --slow: every length up to 64, and the values around common batch sizes and limits."""
STEP = 101
"""Coprime to the size of the pool, so that neighbors in a list are not neighbors in the pool."""
DUPLICATES = (0, 7, 3, 24)
"""Positions in the pool of the texts that are repeated at the end of a list and in the middle."""
CAPTION = "a red circle on paper"
COMPANIONS = ("green", "a red circle and a blue square and " * 2, "", "東京の赤い丸")
"""Longer and shorter than the caption, but within every model's limit; TXT-02 tests longer ones."""
SHORT = 20
"""Characters of a real text that stay within 77 tokens, even if each byte is a token."""
A_REQUEST = 8
"""Texts per request in checks for which their number does not matter."""
DIFFERENT = (
    "a red circle above a blue square",
    "a blue square above a red circle",
    "a blue circle above a red square",
    "a red circle above a blue triangle",
    "a dog",
    "two dogs and a cat",
)


def distinct(rows: Observations, pairs: tuple[Apart, ...], sent: list[str]) -> None:
    """Require different vectors for the two texts of each pair."""
    for pair in pairs:
        both = rows[[sent.index(pair.one), sent.index(pair.other)]]
        expect.distinct(both, [f"{pair.one!r} ({pair.name})", repr(pair.other)])


def read_apart(cache: VectorCache, pairs: tuple[Apart, ...], first: int) -> None:
    """Require a vector for each text, and different vectors for the two texts of a pair."""
    sent = list(dict.fromkeys(text for pair in pairs for text in (pair.one, pair.other)))
    distinct(cache.in_lists(sent, first), pairs, sent)


@pytest.mark.clause("REL-03")
@pytest.mark.parametrize("group", MARK_GROUPS)
def test_a_text_is_read_around_a_mark(cache: VectorCache, group: str) -> None:
    read_apart(cache, texts.marks(group), MARK_GROUPS[group])


@pytest.mark.clause("REL-03")
def test_a_text_is_read_in_brackets_and_around(cache: VectorCache) -> None:
    read_apart(cache, texts.enclosures(), 30)


@pytest.mark.clause("REL-03")
@pytest.mark.parametrize("group", texts.apart_groups())
def test_texts_that_are_alike_differ(cache: VectorCache, group: str) -> None:
    read_apart(cache, texts.apart(group), 17)


@pytest.mark.clause("REL-03")
@pytest.mark.parametrize("letters", [ascii_lowercase + digits, ascii_uppercase + digits])
def test_every_letter_and_digit_is_read(cache: VectorCache, letters: str) -> None:
    sent = [f"on {letter} is" for letter in letters]
    expect.distinct(cache.in_lists(sent, 18), sent)


@pytest.mark.clause("REL-04")
def test_a_text_is_read_around_a_control_character(cache: VectorCache) -> None:
    read_apart(cache, texts.marks("controls"), 12)


@pytest.mark.clause("REL-05")
def test_what_looks_like_an_attack_is_a_text(cache: VectorCache) -> None:
    read_apart(cache, texts.attacks(), 22)


@pytest.mark.clause("REL-05")
def test_what_looks_like_something_else_is_a_text(cache: VectorCache) -> None:
    sent = texts.lookalikes()
    rows, unlike = cache.in_lists(sent, 16), texts.unlike(sent)
    expect.distinct(rows[[sent.index(text) for text in unlike]], unlike)


@pytest.mark.clause("REL-05")
def test_marks_of_tokenizers_are_texts(cache: VectorCache) -> None:
    for mark in texts.tokenizer_marks():
        expect.vectors(cache.exchange([mark]), 1, 0)


@pytest.mark.clause("TXT-02")
def test_texts_of_every_length_get_vectors(cache: VectorCache) -> None:
    cache.in_lists(texts.pool())
    cache.in_lists(texts.longer())


@pytest.mark.clause("TXT-02")
def test_texts_around_the_limit_get_vectors(cache: VectorCache, model: Model) -> None:
    if model.text_tokens is None:
        not_applicable("the model's token limit is unknown")
    cache.in_lists(texts.around(min(model.text_tokens, MOST_TOKENS)))


@pytest.mark.clause("TXT-02")
@pytest.mark.parametrize("letters", texts.WORD_LENGTHS)
def test_a_word_of_any_length_gets_a_vector(cache: VectorCache, letters: int) -> None:
    word = "lorem" * (letters // 5) + "x" * (letters % 5)
    expect.vectors(cache.exchange([f"a {word} and more"]), 1, 0)


@pytest.mark.clause("TXT-02")
@pytest.mark.parametrize("name", texts.bodies())
def test_a_body_of_hundreds_of_kilobytes_is_served(
    cache: VectorCache, model: Model, name: str
) -> None:
    sent = texts.bodies()[name]
    if len(sent) > 1 and (model.text_tokens is None or model.text_tokens > MOST_TOKENS):
        # Nothing is truncated, and 40 texts of 6,672 tokens take the two-layer stand-in of
        # ModernVBERT over two minutes on two cores.
        not_applicable(f"the model reads more than {MOST_TOKENS} tokens, or its limit is unknown")
    expect.vectors(cache.exchange(sent), len(sent), 0)


@pytest.mark.clause("TXT-06")
def test_every_word_up_to_the_limit_is_read(cache: VectorCache, model: Model) -> None:
    if model.text_tokens is None:
        not_applicable("the model's token limit is unknown")
    whole, *changed = texts.one_word_apart(min(model.text_tokens, MOST_TOKENS))
    rows = cache.given_in_lists([whole, *changed])
    equal = {place for place, other in expect.equal_pairs(rows) if other == 0}
    if equal:
        first = min(equal)
        names = [shown(whole), f"{shown(changed[first - 1])}, one word changed"]
        expect.distinct(rows[[0, first]], names, unread(equal, len(changed)))


@pytest.mark.clause("TXT-06")
def test_the_last_word_before_a_bucket_ends_is_read(cache: VectorCache, model: Model) -> None:
    if model.text_tokens is None:
        not_applicable("the model's token limit is unknown")
    sent = texts.growing(min(model.text_tokens, MOST_WORDS))
    names = [f"{shown(text)}, {len(text.split())} words" for text in sent]
    rows = cache.given_in_lists(sent)
    equal = [row for row, other in expect.equal_pairs(rows) if other == row - 1]
    # If a word makes no difference even in a short text, the number of words is not the cause.
    is_short = min(equal, default=len(sent)) < texts.SHORTEST
    ignored = Cause(CauseKind.UNREAD, "texts") if is_short else None
    expect.distinct(rows, names, ignored)


@pytest.mark.clause("TXT-05")
def test_the_order_of_words_is_read_in_a_long_text(cache: VectorCache, model: Model) -> None:
    if model.text_tokens is None:
        not_applicable("the model's token limit is unknown")
    sent = texts.reordered(min(model.text_tokens, MOST_WORDS))
    rows = cache.given_in_lists(sent)
    # TXT-06 covers words that are not read at all.
    equal = {place for place, other in expect.equal_pairs(rows) if other == 0}
    read = [place for place in range(1, len(sent)) if place not in equal]
    expect.distinct(rows[read], [f"… {sent[place][-60:]}" for place in read])


def unread(places: set[int], count: int) -> Cause | None:
    """The cause if a changed word makes no difference at these positions from 1 to `count`."""
    if len(places) == count:
        # The position of the word does not matter.
        return Cause(CauseKind.UNREAD, "texts")
    at_end = places == set(range(min(places), count + 1))
    return Cause(CauseKind.UNREAD_END, "texts") if at_end and min(places) > count / 2 else None


@pytest.mark.clause("TXT-11")
def test_what_exceeds_the_limit_makes_no_difference(cache: VectorCache, model: Model) -> None:
    if model.text_tokens is None:
        not_applicable("the model's token limit is unknown")
    one, other = texts.beyond(model.text_tokens)
    expect.same(cache.text(other), cache.text(one), "a text that differs only beyond the limit")


@pytest.mark.clause("TXT-12")
def test_marks_on_letters_are_read(cache: VectorCache, model: Model) -> None:
    pairs = texts.diacritics(model.languages or ())
    if not pairs:
        not_applicable("the model is not known to support a language with diacritics")
    sent = list(dict.fromkeys(text for pair in pairs for text in (pair.one, pair.other)))
    distinct(cache.given_in_lists(sent), pairs, sent)


@pytest.mark.clause("TXT-05")
def test_hundreds_of_texts_all_differ(cache: VectorCache) -> None:
    expect.distinct(cache.given_in_lists(texts.pool()), texts.pool())


def shown(text: str) -> str:
    """A long text, abbreviated."""
    return text if len(text) < 60 else f"{text[:20]} … {text[-20:]} ({len(text.split())} words)"


@pytest.fixture
def sizes(settings: Settings) -> tuple[int, ...]:
    """The list lengths to send."""
    return (*SIZES, *SLOW) if settings.slow else SIZES


def order(size: int) -> list[int]:
    """Positions in the pool, different for each list length."""
    return [(size + STEP * place) % texts.LONGEST for place in range(size)]


def some(size: int) -> list[str]:
    """`size` texts from the pool."""
    return [texts.pool()[place] for place in order(size)]


def pool(cache: VectorCache) -> Observations:
    """The vectors of the whole pool, from lists of other lengths and in a different order."""
    return cache.given_in_lists(texts.pool())


@pytest.mark.clause("VEC-05")
def test_lists_of_many_sizes_come_in_order(cache: VectorCache, sizes: tuple[int, ...]) -> None:
    for size in sizes:
        got = cache.vectors(some(size))
        expect.corresponding(got.texts, pool(cache)[order(size)], f"{size} texts")


@pytest.mark.clause("TXT-04")
def test_lists_of_many_sizes_make_no_difference(
    endpoint: Endpoint, cache: VectorCache, sizes: tuple[int, ...]
) -> None:
    # Send the whole pool first, since it shows whether vectors are in the wrong order.
    for size in (*map(endpoint.client.pace.texts, reversed(MANY)), *sizes):
        got = cache.vectors(some(size))
        names = list(map(repr, some(size)))
        expect.same(got.texts, pool(cache)[order(size)], f"one of {size} texts", names=names)


@pytest.mark.clause("VEC-10")
@pytest.mark.parametrize("size", MANY)
def test_hundreds_of_texts_come_in_order(endpoint: Endpoint, cache: VectorCache, size: int) -> None:
    size = endpoint.client.pace.texts(size)
    got = expect.vectors(cache.exchange(some(size)), size, 0)
    expect.corresponding(got.texts, pool(cache)[order(size)], f"{size} texts")


@pytest.mark.clause("VEC-09")
def test_equal_texts_far_apart_keep_their_rows(cache: VectorCache) -> None:
    places = [*range(10), DUPLICATES[0], *range(10, 25), *DUPLICATES]
    sent = [texts.pool()[20 + place] for place in places]
    got = expect.vectors(cache.exchange(sent), len(sent), 0).texts
    again = [at for at, place in enumerate(places) if place in places[:at]]
    firsts = [places.index(places[at]) for at in again]
    expect.same(got[again], got[firsts], "rows of repeated texts")


@pytest.mark.clause("VEC-05")
def test_a_short_list_after_a_long_one_has_its_own_rows(cache: VectorCache) -> None:
    known = pool(cache)
    for size in (60, 12, 3):
        places = list(range(size, 0, -1))
        sent = [texts.pool()[place] for place in places]
        got = given.vectors(cache.exchange(sent), size, 0)
        expect.corresponding(got.texts, known[places], f"{size} texts after a longer list")


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
    expect.require(norm > 0, "a zero vector", "a nonzero vector", seen.exchange)


@pytest.mark.clause("TXT-02")
@pytest.mark.parametrize("words", [78, 500, 5000])
def test_long_texts_get_vectors(endpoint: Endpoint, words: int) -> None:
    expect.vectors(endpoint.vectorize([texts.long(words)]), 1, 0)


@pytest.mark.clause("TXT-02")
@pytest.mark.parametrize("start", range(0, len(texts.real()), A_REQUEST))
def test_long_texts_of_many_scripts_get_vectors(cache: VectorCache, start: int) -> None:
    cache.in_lists([each.text for each in texts.real()[start : start + A_REQUEST]], A_REQUEST)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(t, id=t.id, marks=pytest.mark.clause("TXT-03" if t.text.strip() else "TXT-01"))
        for t in texts.edge()
    ],
)
def test_edge_texts_get_vectors(cache: VectorCache, text: texts.Text) -> None:
    expect.vectors(cache.exchange([text.text]), 1, 0)


@pytest.mark.clause("TXT-03")
@pytest.mark.parametrize("start", range(0, len(texts.real()), A_REQUEST))
def test_real_texts_of_many_scripts_get_vectors(cache: VectorCache, start: int) -> None:
    sent = [each.text[:SHORT] for each in texts.real()[start : start + A_REQUEST]]
    cache.in_lists(sent, A_REQUEST)


@pytest.mark.clause("TXT-04")
def test_companions_make_no_difference(endpoint: Endpoint, cache: VectorCache) -> None:
    sent = [CAPTION, *COMPANIONS]
    exchange = endpoint.vectorize(sent, [image_files.good_image()])
    got = given.vectors(exchange, len(sent), 1)
    names = [repr(text) for text in sent]
    expect.same(got.texts, cache.texts(sent), "a text alongside others", names=names)


@pytest.mark.clause("TXT-04")
@pytest.mark.parametrize("backwards", [False, True], ids=["in order", "in reverse order"])
def test_nearly_equal_texts_make_no_difference(cache: VectorCache, backwards: bool) -> None:
    sent = texts.nearly_equal()[:: -1 if backwards else 1]
    got, names = cache.vectors(texts=sent).texts, list(map(repr, sent))
    expect.same(got, cache.texts(sent), "a text alongside nearly equal ones", names=names)


@pytest.mark.clause("TXT-04")
def test_long_texts_beside_others_make_no_difference(cache: VectorCache, model: Model) -> None:
    long = texts.one_word_apart(min(model.text_tokens or 77, MOST_TOKENS))[-2:]
    names = ["a long text", "a long text after another", repr(CAPTION)]
    beside = cache.vectors([*long, CAPTION], [image_files.small_png()]).texts
    apart = cache.texts([*long, CAPTION])
    expect.same(beside, apart, "alongside an image and another text", names=names)


@pytest.mark.clause("TXT-05")
def test_different_texts_differ(endpoint: Endpoint) -> None:
    got = given.vectors(endpoint.vectorize(DIFFERENT), len(DIFFERENT), 0)
    expect.distinct(got.texts, DIFFERENT)


@pytest.mark.clause("TXT-05")
def test_different_captions_differ(encoded: EncodedCorpus, corpus: AlignedCorpus) -> None:
    expect.distinct(encoded.texts, corpus.captions["en"])


@pytest.mark.clause("TXT-07")
def test_a_text_keeps_its_vector(endpoint: Endpoint, cache: VectorCache) -> None:
    sent = (CAPTION, *DIFFERENT)
    before = [cache.text(text) for text in sent]
    for text, first in reversed(list(zip(sent, before, strict=True))):
        again = given.vectors(endpoint.vectorize([text]), 1, 0).texts[0]
        expect.same(again, first, f"{text!r} again", within=tolerances.REPEATED)


@pytest.mark.clause("TXT-07")
@pytest.mark.parametrize("name", texts.ALIKE)
def test_a_text_keeps_its_vector_after_one_that_is_alike(
    endpoint: Endpoint, cache: VectorCache, model: Model, name: str
) -> None:
    if model.text_tokens is None or model.text_tokens > MOST_TOKENS:
        not_applicable(f"the model reads more than {MOST_TOKENS} tokens, or its limit is unknown")
    one, other, third, alike = texts.alike_beyond(model.text_tokens, name)
    first, second = cache.text(one), cache.text(other)
    if tolerances.distance(first.vector, second.vector) > tolerances.ACROSS_REQUESTS:
        not_applicable("text beyond the model's limit makes a difference, which TXT-11 covers")
    given.vectors(endpoint.vectorize([alike]), 1, 0)
    got = given.vectors(endpoint.vectorize([third]), 1, 0).texts[0]
    expect.same(got, first, f"a long text, sent after the same text {name}")


@pytest.mark.clause("TXT-08")
def test_case_is_folded(cache: VectorCache, model: Model) -> None:
    if not model.lower_case:
        not_applicable("the model distinguishes case, or is not known to ignore it")
    expect.same(cache.text(CAPTION.upper()), cache.text(CAPTION), "the text in uppercase")


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
