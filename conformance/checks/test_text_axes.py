"""TXT and REL, over axes: every mark, every length and every kind of thing that a text may hold.

Texts are sent in lists, and each list holds another number of them; where a list is refused, the
text that is refused alone is named.
"""

import pytest

from conformance import expect
from conformance.corpus import text_axes, text_lengths
from conformance.corpus.text_axes import Apart
from conformance.data.models import Model
from conformance.expect import Observations
from conformance.expect.statuses import not_applicable
from conformance.expect.vector_cache import VectorCache

MARK_GROUPS = {group: 9 + 4 * place for place, group in enumerate(text_axes.mark_groups())}
"""With the number of texts of the first list: a run sends lists of many numbers of texts."""
MOST_TOKENS = 512


def distinct(rows: Observations, pairs: tuple[Apart, ...], texts: list[str]) -> None:
    """The two texts of each pair have different vectors."""
    for pair in pairs:
        both = rows[[texts.index(pair.one), texts.index(pair.other)]]
        expect.distinct(both, [f"{pair.one!r} ({pair.name})", repr(pair.other)])


def read_apart(cache: VectorCache, pairs: tuple[Apart, ...], first: int) -> None:
    """Each text gets a vector, and those of a pair different ones."""
    texts = list(dict.fromkeys(text for pair in pairs for text in (pair.one, pair.other)))
    distinct(cache.in_lists(texts, first), pairs, texts)


@pytest.mark.clause("REL-03")
@pytest.mark.parametrize("group", MARK_GROUPS)
def test_a_text_is_read_around_a_mark(cache: VectorCache, group: str) -> None:
    read_apart(cache, text_axes.marks(group), MARK_GROUPS[group])


@pytest.mark.clause("REL-03")
def test_a_text_is_read_in_brackets_and_around(cache: VectorCache) -> None:
    read_apart(cache, text_axes.enclosures(), 30)


@pytest.mark.clause("REL-03")
@pytest.mark.parametrize("group", text_axes.apart_groups())
def test_texts_that_are_alike_differ(cache: VectorCache, group: str) -> None:
    read_apart(cache, text_axes.apart(group), 17)


@pytest.mark.clause("REL-04")
def test_a_text_is_read_around_a_control_character(cache: VectorCache) -> None:
    read_apart(cache, text_axes.marks("controls"), 12)


@pytest.mark.clause("REL-05")
def test_what_looks_like_an_attack_is_a_text(cache: VectorCache) -> None:
    read_apart(cache, text_axes.attacks(), 22)


@pytest.mark.clause("REL-05")
def test_what_looks_like_something_else_is_a_text(cache: VectorCache) -> None:
    texts = text_axes.lookalikes()
    rows, unlike = cache.in_lists(texts, 16), text_axes.unlike(texts)
    expect.distinct(rows[[texts.index(text) for text in unlike]], unlike)


@pytest.mark.clause("TXT-02")
def test_texts_of_every_length_get_vectors(cache: VectorCache) -> None:
    cache.in_lists(text_lengths.pool())


@pytest.mark.clause("TXT-02")
def test_texts_around_the_limit_get_vectors(cache: VectorCache, model: Model) -> None:
    if model.text_tokens is None:
        not_applicable("the model's token limit is unknown")
    cache.in_lists(text_lengths.around(min(model.text_tokens, MOST_TOKENS)))


@pytest.mark.clause("TXT-02")
@pytest.mark.parametrize("letters", text_lengths.WORD_LENGTHS)
def test_a_word_of_any_length_gets_a_vector(cache: VectorCache, letters: int) -> None:
    word = "lorem" * (letters // 5) + "x" * (letters % 5)
    expect.vectors(cache.exchange([f"a {word} and more"]), 1, 0)


@pytest.mark.clause("TXT-02")
@pytest.mark.parametrize("name", text_lengths.bodies())
def test_a_body_of_hundreds_of_kilobytes_is_served(
    cache: VectorCache, model: Model, name: str
) -> None:
    texts = text_lengths.bodies()[name]
    if len(texts) > 1 and (model.text_tokens is None or model.text_tokens > MOST_TOKENS):
        # Nothing is cut: 40 texts of 6,672 tokens take the stand-in of ModernVBERT, of two layers,
        # over two minutes on two cores.
        not_applicable(f"the model reads more than {MOST_TOKENS} tokens of a text, or unknown many")
    expect.vectors(cache.exchange(texts), len(texts), 0)


@pytest.mark.clause("TXT-06")
def test_every_word_up_to_the_limit_is_read(cache: VectorCache, model: Model) -> None:
    if model.text_tokens is None:
        not_applicable("the model's token limit is unknown")
    whole, *changed = text_lengths.one_word_apart(min(model.text_tokens, MOST_TOKENS))
    rows = cache.given_in_lists([whole, *changed])
    for place, text in enumerate(changed, 1):
        expect.distinct(rows[[0, place]], [shown(whole), f"{shown(text)}, one word changed"])


@pytest.mark.clause("TXT-11")
def test_what_exceeds_the_limit_makes_no_difference(cache: VectorCache, model: Model) -> None:
    if model.text_tokens is None:
        not_applicable("the model's token limit is unknown")
    one, other = text_lengths.beyond(model.text_tokens)
    expect.same(cache.text(other), cache.text(one), "a text of another end beyond the limit")


@pytest.mark.clause("TXT-12")
def test_marks_on_letters_are_read(cache: VectorCache, model: Model) -> None:
    pairs = text_axes.diacritics(model.languages or ())
    if not pairs:
        not_applicable("no language whose letters have marks is known to be the model's")
    texts = list(dict.fromkeys(text for pair in pairs for text in (pair.one, pair.other)))
    distinct(cache.given_in_lists(texts), pairs, texts)


@pytest.mark.clause("TXT-05")
def test_hundreds_of_texts_all_differ(cache: VectorCache) -> None:
    texts = text_lengths.pool()
    expect.distinct(cache.given_in_lists(texts), texts)


def shown(text: str) -> str:
    """A long text in short."""
    return text if len(text) < 60 else f"{text[:20]} … {text[-20:]} ({len(text.split())} words)"
