"""Vectors that depend on an item's position, on the rest of its request, or on earlier requests."""

import random
import re
import time
import unicodedata
import zlib
from collections.abc import Callable
from functools import reduce

import numpy as np

from tests.endpoints import text_encoder
from tests.endpoints.encoder import Encoder, Matrix, single
from tests.endpoints.endpoint import Asked, Endpoint
from tests.endpoints.registry import (
    caches,
    fault,
    inputs,
    numbered,
    outputs,
    refusals,
    variants,
)

given_texts = inputs("text_vectors")
given_images = inputs("image_vectors")
returned_texts = outputs("text_vectors")
returned_images = outputs("image_vectors")

# Text vectors that depend on other texts or on earlier requests.


def mean(vectors: Matrix) -> Matrix:
    """The mean of the rows, (1, width), or no row if there are none."""
    return vectors.mean(axis=0, keepdims=True) if len(vectors) else vectors


returned_texts("batch-mean-leaks", lambda vectors: single(0.9 * vectors + 0.1 * mean(vectors)))
returned_texts(
    "batch-centred", lambda vectors: vectors - mean(vectors) if len(vectors) > 1 else vectors
)
returned_texts(
    "scaled-above-40",
    lambda vectors: single(vectors - 0.3 * mean(vectors)) if len(vectors) > 40 else vectors,
)
returned_texts(
    "texts-with-dropout",
    lambda vectors: single(vectors * (np.random.default_rng().random(vectors.shape) > 0.1) / 0.9),
)


@given_texts("padding-counts")
def padded(texts: list[str]) -> list[str]:
    longest = max((len(text.split()) for text in texts), default=0)
    return [text + " <pad>" * (longest - len(text.split())) for text in texts]


@fault("long-text-blurs-short-ones")
class LongTextBlursShortOnes(Endpoint):
    def text_vectors(self, texts: list[str]) -> Matrix:
        vectors = super().text_vectors(texts)
        words = np.array([len(text.split()) for text in texts])
        short = words < words.max(initial=0) - 60
        return single(vectors + 0.1 * np.roll(vectors, 1, axis=1) * short[:, None])


@returned_texts("place-in-batch-counts")
def moved_by_place(vectors: Matrix) -> Matrix:
    for place in range(1, len(vectors)):
        vectors[place] += 0.1 * np.roll(vectors[place], place)
    return vectors


@given_texts("cut-to-shortest")
def cut_to_shortest(texts: list[str]) -> list[str]:
    short = min((len(text_encoder.tokens(text, 1000)) for text in texts if text), default=0)
    return [" ".join(text.split()[: max(short, 1)]) for text in texts]


@fault("images-change-texts")
class ImagesChangeTexts(Endpoint):
    def body(self, asked: Asked) -> dict[str, object]:
        body = super().body(asked)
        if asked.texts and asked.images:
            texts, images = np.array(body["textVectors"]), np.array(body["imageVectors"])
            body["textVectors"] = (0.8 * texts + 0.2 * images.mean(axis=0)).tolist()
        return body


def drifted(vectors: Matrix, turn: float) -> Matrix:
    """The vectors rotated by an angle."""
    return single(np.cos(turn) * vectors + np.sin(turn) * np.roll(vectors, 1, axis=1))


numbered("text_vectors")("texts-drift", lambda vectors, number: drifted(vectors, 0.002 * number))


@fault("previous-answer")
class PreviousAnswer(Endpoint):
    last: Matrix | None = None

    def text_vectors(self, texts: list[str]) -> Matrix:
        vectors, last = super().text_vectors(texts), self.last
        self.last = vectors
        stale = next(self.calls) % 8 == 0 and last is not None and last.shape == vectors.shape
        return last if stale and last is not None else vectors


# Correct rows in the wrong places.

returned_texts("texts-reversed", lambda vectors: vectors[::-1])
returned_images("images-reversed", lambda vectors: vectors[::-1])
given_texts("first-two-swapped", lambda texts: texts[:2][::-1] + texts[2:])
given_texts("texts-sorted-by-length", lambda texts: sorted(texts, key=len))
given_texts("texts-sorted-by-alphabet", lambda texts: sorted(texts))
given_images("images-sorted-by-size", lambda images: sorted(images, key=len))
given_texts("shuffled-above-8", lambda texts: shuffled(texts) if len(texts) > 8 else texts)
given_texts("shuffled-above-64", lambda texts: shuffled(texts) if len(texts) > 64 else texts)
given_texts(
    "sixteen-texts-moved-by-one", lambda texts: texts[1:] + texts[:1] if len(texts) == 16 else texts
)
given_images(
    "images-shuffled-above-4", lambda images: images[1:] + images[:1] if len(images) > 4 else images
)
given_texts(
    "chunks-interleaved",
    lambda texts: [
        text for at in reversed(range(0, len(texts), 32)) for text in texts[at : at + 32]
    ],
)


def shuffled(texts: list[str]) -> list[str]:
    """The texts in a random order that depends on their number."""
    return random.Random(len(texts)).sample(texts, len(texts))


given_texts("duplicates-collapsed", lambda texts: list(dict.fromkeys(texts)))
given_texts(
    "far-duplicates-collapsed",
    lambda texts: list(dict.fromkeys(texts)) if len(texts) > 12 else texts,
)
given_images("duplicate-images-collapsed", lambda images: list(dict.fromkeys(images)))


@given_texts("duplicates-moved")
def duplicates_last(texts: list[str]) -> list[str]:
    again = [text for place, text in enumerate(texts) if text in texts[:place]]
    return [*dict.fromkeys(texts), *again]


# Lists of texts that fail at a certain length, or are too large in total.

texts_refused = refusals("text_vectors")
texts_refused("refuses-17-texts", 500, lambda texts: len(texts) == 17)
texts_refused("refuses-above-256", 500, lambda texts: len(texts) > 256)
texts_refused("duplicate-texts-refused", 409, lambda texts: len(set(texts)) < len(texts))
refusals("image_vectors")(
    "duplicate-images-refused", 409, lambda images: len(set(images)) < len(images)
)
texts_refused("many-texts-429", 429, lambda texts: len(texts) > 100)
texts_refused("refuses-a-rest-of-one", 500, lambda texts: len(texts) > 32 and len(texts) % 32 == 1)
texts_refused(
    "refuses-77-tokens-together",
    422,
    lambda texts: len(texts) > 1 and sum(len(text.split()) for text in texts) > 77,
)


class Batched(Endpoint):
    """Encodes texts in batches of `size`; the last of several batches goes through `rest`."""

    size = 32

    def text_vectors(self, texts: list[str]) -> Matrix:
        whole = len(texts) // self.size * self.size
        if not whole or whole == len(texts):
            return super().text_vectors(texts)
        return super().text_vectors(texts[:whole] + self.rest(texts[whole:]))

    def rest(self, texts: list[str]) -> list[str]:
        return texts


batched = variants(Batched, "rest")
batched("rest-missing", lambda _texts: [])
batched("rest-reversed", lambda texts: texts[::-1])
variants(Batched, "size", "rest")(
    "rest-repeats-its-first", 48, lambda texts: texts[:1] * len(texts)
)

given_texts("only-256-rows", lambda texts: texts[:256])


@given_texts("odd-lists-swapped")
def swapped_in_the_middle(texts: list[str]) -> list[str]:
    if len(texts) <= 10 or len(texts) % 2 == 0:
        return texts
    middle = len(texts) // 2
    return [*texts[:middle], *texts[middle : middle + 2][::-1], *texts[middle + 2 :]]


# Caches that confuse two texts.


@fault("old-cache-entries-exchanged")
class Exchanged(Endpoint):
    def __init__(self, encoder: Encoder) -> None:
        super().__init__(encoder)
        self.ages: dict[str, tuple[float, Matrix]] = {}
        self.last = encoder.text("")

    def text_vector(self, text: str) -> Matrix:
        now, vector = time.monotonic(), super().text_vector(text)
        then, other = self.ages.setdefault(text, (now, self.last))
        self.last = vector
        return other if now - then > 0.2 else vector


cached = caches("text_vector")
cached("cache-by-first-letters", lambda text: text[:20])
cached("cache-by-length", len)
cached("cache-by-bag-of-letters", lambda text: sum(map(ord, text)))
cached("cache-by-last-letters", lambda text: text[-20:])
cached("cache-by-both-ends", lambda text: (len(text), text[:10], text[-10:]))
cached("cache-by-words", lambda text: tuple(sorted(text.split())) or text)


@cached("cache-by-java-hash")
def java_hash(text: str) -> int:
    """The value of Java's String.hashCode, in which Aa and BB are equal."""
    units = np.frombuffer(text.encode("utf-16-le", "surrogatepass"), dtype="<u2")
    return reduce(lambda value, unit: (31 * value + int(unit)) % 2**32, units, 0)


cached("cache-by-letters-alone", lambda text: "".join(filter(str.isalpha, text)) or text)
cached("cache-by-16-bits", lambda text: zlib.crc32(text.encode("utf-8", "surrogatepass")) & 0xFFFF)
cached("cache-ignores-case", str.casefold)
cached("cache-ignores-outer-marks", lambda text: text.strip("\"'.!?, "))
cached(
    "cache-ignores-accents",
    lambda text: re.sub("[\u0300-\u036f]", "", unicodedata.normalize("NFD", text)),
)
cached("cache-by-words-count", lambda text: ((text.split()[:1] or [text])[0], len(text.split())))


@fault("cache-reuses-slots")
class ReusesSlots(Endpoint):
    def __init__(self, encoder: Encoder) -> None:
        super().__init__(encoder)
        self.places: dict[str, int] = {}
        self.slots: dict[int, Matrix] = {}

    def text_vector(self, text: str) -> Matrix:
        if text not in self.places:
            self.places[text] = len(self.places)
            self.slots[self.places[text] % 100] = super().text_vector(text)
        return self.slots[self.places[text] % 100]


# Texts that are confused within a request.

given_texts(
    "texts-cut-above-100",
    lambda texts: [" ".join(text.split()[:3]) for text in texts] if len(texts) > 100 else texts,
)


def deduplicated(key: Callable[[str], str]) -> Callable[[list[str]], list[str]]:
    """Replaces each text of a request with the first one of the same key."""

    def change(texts: list[str]) -> list[str]:
        first: dict[str, str] = {}
        return [first.setdefault(key(text), text) for text in texts]

    return change


given_texts("deduplicated-by-case", deduplicated(str.casefold))
given_texts(
    "deduplicated-by-letters",
    deduplicated(lambda text: "".join(filter(str.isalpha, text)) or text),
)


@inputs("body")("text-cut-beside-images")
def cut_beside_images(asked: Asked) -> Asked:
    cut = [" ".join(text.split(" ")[:60]) for text in asked.texts]
    return Asked(cut, asked.images) if asked.images else asked
