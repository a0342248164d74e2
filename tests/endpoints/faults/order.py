"""Rows that are right but stand in the wrong places."""

import random

from tests.endpoints.encoder import Matrix
from tests.endpoints.endpoint import Endpoint
from tests.endpoints.registry import fault

TEXTS = ("VEC-05", "PRO-02", "VEC-10", "ALN-01", "ALN-02")
IMAGES = ("VEC-06", "PRO-02", "VEC-11", "ALN-01", "ALN-02")


@fault("texts-reversed", "texts are answered last first", *TEXTS)
class TextsReversed(Endpoint):
    def text_vectors(self, texts: list[str]) -> Matrix:
        return super().text_vectors(texts)[::-1]


@fault("images-reversed", "images are answered last first", *IMAGES)
class ImagesReversed(Endpoint):
    def image_vectors(self, images: list[bytes]) -> Matrix:
        return super().image_vectors(images)[::-1]


@fault("first-two-swapped", "the first two texts change places", *TEXTS)
class FirstTwoSwapped(Endpoint):
    def text_vectors(self, texts: list[str]) -> Matrix:
        order = [1, 0, *range(2, len(texts))] if len(texts) > 1 else range(len(texts))
        return super().text_vectors([texts[place] for place in order])


@fault("texts-sorted-by-length", "texts are batched by length and never put back", *TEXTS)
class TextsByLength(Endpoint):
    def text_vectors(self, texts: list[str]) -> Matrix:
        return super().text_vectors(sorted(texts, key=len))


@fault("texts-sorted-by-alphabet", "texts are sorted before they are encoded", *TEXTS)
class TextsByAlphabet(Endpoint):
    def text_vectors(self, texts: list[str]) -> Matrix:
        return super().text_vectors(sorted(texts))


@fault("images-sorted-by-size", "images are batched by size and never put back", *IMAGES)
class ImagesBySize(Endpoint):
    def image_vectors(self, images: list[bytes]) -> Matrix:
        return super().image_vectors(sorted(images, key=len))


class Shuffled(Endpoint):
    """Texts above `above` items come in a random order."""

    above = 8

    def text_vectors(self, texts: list[str]) -> Matrix:
        """The rows, shuffled where there are many."""
        order = list(range(len(texts)))
        if len(texts) > self.above:
            random.Random(len(texts)).shuffle(order)
        return super().text_vectors([texts[place] for place in order])


@fault("shuffled-above-8", "more than 8 texts are encoded by a pool that loses the order", *TEXTS)
class ShuffledAbove8(Shuffled):
    pass


@fault("shuffled-above-64", "the same above 64 texts", "VEC-10")
class ShuffledAbove64(Shuffled):
    above = 64


@fault("images-shuffled-above-4", "more than 4 images come back by completion", *IMAGES)
class ImagesShuffled(Endpoint):
    def image_vectors(self, images: list[bytes]) -> Matrix:
        turned = images[1:] + images[:1] if len(images) > 4 else images
        return super().image_vectors(turned)


@fault("chunks-interleaved", "chunks of 32 texts are put together in the wrong order", "VEC-10")
class ChunksInterleaved(Endpoint):
    def text_vectors(self, texts: list[str]) -> Matrix:
        chunks = [texts[start : start + 32] for start in range(0, len(texts), 32)]
        return super().text_vectors([text for chunk in chunks[::-1] for text in chunk])


@fault("duplicates-collapsed", "equal texts get one row", "VEC-09")
class DuplicatesCollapsed(Endpoint):
    def text_vectors(self, texts: list[str]) -> Matrix:
        return super().text_vectors(list(dict.fromkeys(texts)))


@fault("duplicate-images-collapsed", "equal images get one row", "VEC-09")
class DuplicateImagesCollapsed(Endpoint):
    def image_vectors(self, images: list[bytes]) -> Matrix:
        return super().image_vectors(list(dict.fromkeys(images)))


@fault("duplicates-moved", "equal texts get their rows at the end", "VEC-09", "VEC-05")
class DuplicatesMoved(Endpoint):
    def text_vectors(self, texts: list[str]) -> Matrix:
        once = list(dict.fromkeys(texts))
        again = [text for place, text in enumerate(texts) if text in texts[:place]]
        return super().text_vectors(once + again)
