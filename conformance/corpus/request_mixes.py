"""Random mixes of texts and images, generated from a seed or by a Hypothesis strategy."""

from dataclasses import dataclass, replace
from functools import cache
from itertools import chain
from random import Random
from typing import Final

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from conformance.corpus import image_files, photographs, texts
from conformance.transport.endpoint import Items

SIDES: Final = (24, 32, 48, 64)
"""Side in pixels of the pool's images: small, so that they fit in a failure's curl command."""
MOST_TEXTS: Final = 4
MOST_REORDERED: Final = 10
"""More texts than a mix has, since some services mix up the order only above eight texts."""
MOST_LETTERS: Final = 12
LONGEST: Final = 72
"""Bytes in UTF-8: at most 77 tokens even to a byte-level tokenizer, since a separate clause covers
longer texts."""
WORDS: Final = (
    "a", "red", "blue", "dog", "two", "7", "not", "under", "photo", "Zürich", "赤い", "🚲",
)  # fmt: skip
# First and last code points: every kind of letter, mark, and control character, but no surrogates,
# which JSON in UTF-8 cannot represent.
BLOCKS: Final = (
    (0x20, 0x7E), (0x00, 0x1F), (0x7F, 0x24F), (0x300, 0x36F), (0x370, 0x52F), (0x590, 0x6FF),
    (0x900, 0xDFF), (0x2000, 0x206F), (0x3040, 0x30FF), (0x4E00, 0x9FFF), (0xAC00, 0xD7A3),
    (0xE000, 0xFFFD), (0x1F300, 0x1FAFF), (0x10000, 0x10FFFD),
)  # fmt: skip


@dataclass(frozen=True)
class Mix:
    """The items of one request; images are indices into the pool."""

    texts: tuple[str, ...]
    images: tuple[int, ...] = ()

    def items(self) -> Items:
        """The items to send."""
        return Items(self.texts, [image(place) for place in self.images])

    def without_images(self) -> "Mix":
        """Only the texts; a single text if there were none, since a request must not be empty."""
        return replace(self, texts=self.texts or WORDS[:1], images=())

    def __add__(self, other: "Mix") -> "Mix":
        return Mix(self.texts + other.texts, self.images + other.images)

    def __str__(self) -> str:
        sizes = ", ".join(f"{SIDES[place]} x {SIDES[place]}" for place in self.images)
        shown = [f"texts {list(self.texts)!r}"] if self.texts else []
        return " and ".join([*shown, f"images of {sizes} pixels"] if sizes else shown)


def image(place: int) -> bytes:
    """A PNG file from the pool."""
    # Adjacent drawings share a color; drawings five places apart differ in color and shape.
    return image_files.good_image(5 * place, SIDES[place])


@cache
def written() -> tuple[str, ...]:
    """Realistic texts of limited length: captions in every language, titles, addresses, code."""
    captions = chain.from_iterable(map(photographs.captions, photographs.languages()))
    real = (each.text for each in chain(texts.real(), texts.edge()))
    return tuple(text for text in chain(captions, real) if len(text.encode()) <= LONGEST)


@cache
def characters() -> tuple[str, ...]:
    """Letters, marks, and control characters of every kind: the first of each block, and others."""
    chance = Random(0)
    some = ((block[0], block[1], *(chance.randint(*block) for _ in range(8))) for block in BLOCKS)
    return tuple(map(chr, dict.fromkeys(chain.from_iterable(some))))


def text(chance: Random) -> str:
    """A few words, a realistic text, or arbitrary characters; may be empty."""
    kind = chance.choice(("words", "characters", "written"))
    if kind == "words":
        return " ".join(chance.choices(WORDS, k=chance.randint(0, 6)))
    if kind == "characters":
        blocks = chance.choices(BLOCKS, k=chance.randint(0, MOST_LETTERS))
        return "".join(chr(chance.randint(*block)) for block in blocks)
    return chance.choice(written())


def mix(seed: int, most_images: int = 2) -> Mix:
    """Up to four texts and `most_images` images, at least one item; determined by the seed."""
    chance = Random(seed)
    some = tuple(text(chance) for _ in range(chance.randint(0, MOST_TEXTS)))
    shown = tuple(chance.choices(range(len(SIDES)), k=chance.randint(0, most_images)))
    # An empty request may be rejected.
    return Mix(some if some or shown else WORDS[:1], shown)


def reordered(seed: int) -> tuple[Mix, Mix]:
    """Two to ten texts and up to two images, and the same items in a different order."""
    chance = Random(seed)
    some = tuple(text(chance) for _ in range(chance.randint(2, MOST_REORDERED)))
    one = Mix(some, mix(seed).images)
    order = chance.sample(one.texts, len(one.texts))
    return one, Mix(tuple(order), one.images[::-1])


def mixes() -> SearchStrategy[Mix]:
    """Any mix of up to four texts and an image; failures shrink toward one short text.

    Everything is sampled from fixed lists, since Hypothesis fills numbers and strings with
    constants from the loaded modules, and every run must be the same.
    """
    words = st.lists(st.sampled_from(WORDS), max_size=6).map(" ".join)
    anything = st.lists(st.sampled_from(characters()), max_size=MOST_LETTERS).map("".join)
    texts = st.lists(words | anything | st.sampled_from(written()), max_size=MOST_TEXTS)
    images = st.lists(st.sampled_from(range(len(SIDES))), max_size=1)
    drawn = st.tuples(texts.map(tuple), images.map(tuple))
    return drawn.map(lambda items: Mix(items[0] if any(items) else WORDS[:1], items[1]))
