"""Requests of any mix of texts and images, as Hypothesis strategies.

Each is made from one number, and the number of coin tosses: into any other draw Hypothesis puts
constants that it finds in whatever modules are loaded, and a run has to be the same in any order
of its tests and in any process.
"""

from collections.abc import Callable
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
"""Pixels a side of the pool of images: small, so that a failure's curl line holds them."""
MOST_TEXTS: Final = 4
MOST_REORDERED: Final = 10
"""More texts than a mix has: some services lose the order only above eight."""
MOST_LETTERS: Final = 12
LONGEST: Final = 72
"""Bytes in UTF-8: no more than 77 tokens even to a byte-level tokenizer, for what an endpoint does
with longer texts is the subject of a clause of its own."""
TOSSES: Final = 24
WORDS: Final = (
    "a",
    "red",
    "blue",
    "dog",
    "two",
    "7",
    "not",
    "under",
    "photo",
    "Zürich",
    "赤い",
    "🚲",
)
# First and last code points: every kind of letter, mark and control character; no surrogates,
# which JSON in UTF-8 cannot hold.
BLOCKS: Final = (
    (0x20, 0x7E),
    (0x00, 0x1F),
    (0x7F, 0x24F),
    (0x300, 0x36F),
    (0x370, 0x52F),
    (0x590, 0x6FF),
    (0x900, 0xDFF),
    (0x2000, 0x206F),
    (0x3040, 0x30FF),
    (0x4E00, 0x9FFF),
    (0xAC00, 0xD7A3),
    (0xE000, 0xFFFD),
    (0x1F300, 0x1FAFF),
    (0x10000, 0x10FFFD),
)


@dataclass(frozen=True)
class Mix:
    """The items of one request; images are places in the pool."""

    texts: tuple[str, ...]
    images: tuple[int, ...] = ()

    def items(self) -> Items:
        """What to send."""
        return Items(self.texts, [image(place) for place in self.images])

    def without_images(self) -> "Mix":
        """The texts alone; one text where there were none, for a request asks for something."""
        return replace(self, texts=self.texts or WORDS[:1], images=())

    def __add__(self, other: "Mix") -> "Mix":
        return Mix(self.texts + other.texts, self.images + other.images)

    def __str__(self) -> str:
        sizes = ", ".join(f"{SIDES[place]} x {SIDES[place]}" for place in self.images)
        shown = [f"texts {list(self.texts)!r}"] if self.texts else []
        return " and ".join([*shown, f"images of {sizes} pixels"] if sizes else shown)


Case = tuple[Mix, ...]
"""The requests that one example of a property is about."""


@cache
def image(place: int) -> bytes:
    """A PNG file of the pool."""
    # Neighbours in the list of drawings share a colour; five further on both differ.
    return image_files.save(image_files.image(5 * place, SIDES[place]), "PNG")


@cache
def written() -> tuple[str, ...]:
    """What people write, of bounded length: captions in every language, titles, addresses, code."""
    captions = chain.from_iterable(map(photographs.captions, photographs.languages()))
    real = (each.text for each in chain(texts.real(), texts.edge()))
    return tuple(text for text in chain(captions, real) if len(text.encode()) <= LONGEST)


def text(chance: Random) -> str:
    """A few words, something that people write, or any characters; also nothing at all."""
    kind = chance.choice(("words", "characters", "written"))
    if kind == "words":
        return " ".join(chance.choices(WORDS, k=chance.randint(0, 6)))
    if kind == "characters":
        blocks = chance.choices(BLOCKS, k=chance.randint(0, MOST_LETTERS))
        return "".join(chr(chance.randint(*block)) for block in blocks)
    return chance.choice(written())


def mix(chance: Random) -> Mix:
    """Up to four texts and up to two images, at least one item."""
    some = tuple(text(chance) for _ in range(chance.randint(0, MOST_TEXTS)))
    shown = tuple(chance.choices(range(len(SIDES)), k=chance.randint(0, 2)))
    # A request of nothing may be refused.
    return Mix(some if some or shown else WORDS[:1], shown)


def cases(least: int, most: int) -> SearchStrategy[Case]:
    """Mixes without regard to each other."""
    return _made(lambda chance: tuple(mix(chance) for _ in range(chance.randint(least, most))))


def reordered() -> SearchStrategy[Case]:
    """Two to ten texts and up to two images, and the same items in another order."""
    return _made(_reordered)


def _reordered(chance: Random) -> Case:
    some = tuple(text(chance) for _ in range(chance.randint(2, MOST_REORDERED)))
    one = Mix(some, mix(chance).images)
    order = chance.sample(one.texts, len(one.texts))
    return one, Mix(tuple(order), one.images[::-1])


def _made(make: Callable[[Random], Case]) -> SearchStrategy[Case]:
    tosses = st.tuples(*[st.booleans()] * TOSSES)
    return tosses.map(lambda drawn: make(Random(repr(drawn))))
