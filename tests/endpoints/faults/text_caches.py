"""Caches that take one text for another."""

import zlib
from collections.abc import Hashable

from tests.endpoints.encoder import Encoder, Matrix
from tests.endpoints.endpoint import Endpoint
from tests.endpoints.registry import fault

APART = ("REL-03", "TXT-05", "TXT-06", "TXT-07")


class Cached(Endpoint):
    """What has the same key has the same vector."""

    def __init__(self, encoder: Encoder) -> None:
        super().__init__(encoder)
        self.known: dict[Hashable, Matrix] = {}

    def text_vector(self, text: str) -> Matrix:
        """The vector, perhaps another text's."""
        key = self.key(text)
        if key not in self.known:
            self.known[key] = super().text_vector(text)
        return self.known[key]

    def key(self, text: str) -> Hashable:
        """To be replaced."""
        return text


@fault("cache-by-last-letters", "the cache's key is the last 20 letters", *APART)
class ByLast(Cached):
    def key(self, text: str) -> Hashable:
        return text[-20:]


@fault("cache-by-both-ends", "the cache's key is the length and 10 letters at each end", *APART)
class ByEnds(Cached):
    def key(self, text: str) -> Hashable:
        return len(text), text[:10], text[-10:]


@fault("cache-by-words", "the cache's key is the sorted words", *APART)
class ByWords(Cached):
    def key(self, text: str) -> Hashable:
        return tuple(sorted(text.split())) or text


@fault("cache-by-letters-alone", "the cache's key has letters alone, no digits", *APART)
class ByLetters(Cached):
    def key(self, text: str) -> Hashable:
        return "".join(filter(str.isalpha, text)) or text


@fault("cache-by-16-bits", "the cache's key is a hash of 16 bits", *APART)
class By16Bits(Cached):
    def key(self, text: str) -> Hashable:
        return zlib.crc32(text.encode("utf-8", "surrogatepass")) & 0xFFFF


@fault("cache-by-words-count", "the cache's key is the first word and the number of words", *APART)
class ByCount(Cached):
    def key(self, text: str) -> Hashable:
        return (text.split()[:1] or [text])[0], len(text.split())


@fault("cache-reuses-slots", "a cache of 100 texts hands out slots that were filled anew", *APART)
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
