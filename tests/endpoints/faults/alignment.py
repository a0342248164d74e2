"""Towers whose vectors have the right shape and mean nothing, or not the same."""

import re

import numpy as np

from tests.endpoints import text_encoder
from tests.endpoints.encoder import Matrix, single
from tests.endpoints.endpoint import Endpoint
from tests.endpoints.registry import fault

RETRIEVAL = ("ALN-01", "ALN-02")
ENGLISH = re.compile(r"\b(circle|square|triangle|star)\b", re.IGNORECASE)


class Texts(Endpoint):
    """Each text vector goes through `turn`."""

    def text_vector(self, text: str) -> Matrix:
        """The turned vector."""
        return self.turn(super().text_vector(text))

    def turn(self, vector: Matrix) -> Matrix:
        """To be replaced."""
        return vector


class Images(Endpoint):
    """Each image vector goes through `turn`."""

    def image_vector(self, image: bytes) -> Matrix:
        """The turned vector."""
        return self.turn(super().image_vector(image))

    def turn(self, vector: Matrix) -> Matrix:
        """To be replaced."""
        return vector


@fault("texts-constant", "all texts have one vector", "TXT-05", *RETRIEVAL)
class TextsConstant(Texts):
    def turn(self, vector: Matrix) -> Matrix:
        return np.full_like(vector, len(vector) ** -0.5)


@fault("images-constant", "all images have one vector", "IMG-07", *RETRIEVAL)
class ImagesConstant(Images):
    def turn(self, vector: Matrix) -> Matrix:
        return np.full_like(vector, len(vector) ** -0.5)


@fault("texts-zero", "all text vectors are zero", "TXT-05", *RETRIEVAL, "ALN-07")
class TextsZero(Texts):
    def turn(self, vector: Matrix) -> Matrix:
        return np.zeros_like(vector)


@fault("images-zero", "all image vectors are zero", "IMG-07", *RETRIEVAL, "ALN-07")
class ImagesZero(Images):
    def turn(self, vector: Matrix) -> Matrix:
        return np.zeros_like(vector)


@fault("images-negated", "image vectors have the wrong sign", *RETRIEVAL)
class ImagesNegated(Images):
    def turn(self, vector: Matrix) -> Matrix:
        return -vector


@fault("images-rotated", "the image projection is another checkpoint's", *RETRIEVAL)
class ImagesRotated(Images):
    def turn(self, vector: Matrix) -> Matrix:
        return vector[np.random.default_rng(3).permutation(len(vector))]


@fault("images-shifted", "components of image vectors are off by one", *RETRIEVAL)
class ImagesShifted(Images):
    def turn(self, vector: Matrix) -> Matrix:
        return np.roll(vector, 1)


@fault("texts-rotated", "the text projection is missing", *RETRIEVAL)
class TextsRotated(Texts):
    def turn(self, vector: Matrix) -> Matrix:
        return vector[np.random.default_rng(4).permutation(len(vector))]


@fault(
    "texts-backwards", "components of text vectors come backwards: a wrong byte order", *RETRIEVAL
)
class TextsBackwards(Texts):
    def turn(self, vector: Matrix) -> Matrix:
        return vector[::-1].copy()


@fault("images-absolute", "image vectors lose their signs", *RETRIEVAL, "ALN-03")
class ImagesAbsolute(Images):
    def turn(self, vector: Matrix) -> Matrix:
        return np.abs(vector)


@fault("images-mostly-noise", "image vectors drown in noise: weights half loaded", *RETRIEVAL)
class ImagesNoise(Images):
    def turn(self, vector: Matrix) -> Matrix:
        seed = int(abs(float(vector[0])) * 1e6)
        noise = np.random.default_rng(seed).normal(0, 0.5, len(vector))
        return single(vector + np.linalg.norm(vector) * noise)


@fault(
    "common-part-only", "nearly all of a vector is the same for all", *RETRIEVAL, "TXT-05", "IMG-07"
)
class CommonOnly(Images):
    def turn(self, vector: Matrix) -> Matrix:
        common = np.full_like(vector, len(vector) ** -0.5)
        return common + np.float32(1e-5) * vector

    def text_vector(self, text: str) -> Matrix:
        return self.turn(super().text_vector(text))


class Without(Endpoint):
    """Texts lose some of their words."""

    lost: frozenset[str] = frozenset()

    def text_vector(self, text: str) -> Matrix:
        """The vector of the words that are left."""
        known = text_encoder.concepts()
        kept = [word for word in text.split() if known.get(bare(word)) not in self.lost]
        return super().text_vector(" ".join(kept))


def bare(word: str) -> str:
    """A word without punctuation."""
    return word.strip(".,").casefold()


@fault("colours-unread", "the text tower does not tell colours", "TXT-05", *RETRIEVAL)
class ColoursUnread(Without):
    lost = frozenset({"red", "green", "blue", "yellow", "purple", "black"})


@fault("shapes-unread", "the text tower does not tell shapes", "TXT-05", *RETRIEVAL)
class ShapesUnread(Without):
    lost = frozenset({"circle", "square", "triangle", "star"})


class Unread(Endpoint):
    """Texts with letters that match `letters` have them dropped."""

    letters = ""

    def text_vector(self, text: str) -> Matrix:
        """The vector of the letters that are left."""
        return super().text_vector(re.sub(self.letters, "", text))


@fault(
    "japanese-unread", "Japanese and Chinese characters are dropped", "REL-01", "ALN-04", "TXT-09"
)
class JapaneseUnread(Unread):
    letters = "[぀-鿿]"


@fault("cyrillic-unread", "Cyrillic letters are dropped", "REL-01", "ALN-04", "TXT-09")
class CyrillicUnread(Unread):
    letters = "[Ѐ-ӿ]"


@fault("arabic-unread", "Arabic letters are dropped", "REL-01", "ALN-04", "TXT-09")
class ArabicUnread(Unread):
    letters = "[؀-ۿ]"


@fault("english-only", "an English text tower serves a multilingual tag", "REL-01", "ALN-04")
class EnglishOnly(Endpoint):
    def text_vector(self, text: str) -> Matrix:
        foreign = text_encoder.named(
            text_encoder.tokens(text, self.encoder.limit)
        ) and not ENGLISH.search(text)
        return super().text_vector(" ".join(scrambled(text)) if foreign else text)


def scrambled(text: str) -> list[str]:
    """The letters of a text as tokens that mean nothing, all distinct texts distinct."""
    return [f"u{ord(letter):x}" for letter in text if not letter.isspace()]


@fault(
    "accents-dropped",
    "accents are dropped: kept apart from nothing in this corpus",
    "ALN-04",
    "ALN-05",
)
class AccentsDropped(Unread):
    letters = "[À-ɏ]"


@fault(
    "norms-differ",
    "text vectors are ten times as long as image vectors",
    undecidable="vectors need not be normalised; the norms are measured and reported",
)
class NormsDiffer(Texts):
    def turn(self, vector: Matrix) -> Matrix:
        return vector * np.float32(10)
