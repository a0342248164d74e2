"""Text vectors that depend on other texts, or on what was asked before."""

import numpy as np

from tests.endpoints import text_encoder
from tests.endpoints.encoder import Encoder, Matrix, single
from tests.endpoints.endpoint import Asked, Endpoint
from tests.endpoints.registry import fault

STAYS = ("TXT-07", "PRO-05", "TXT-04")


@fault(
    "batch-mean-leaks", "a tenth of the batch's mean is in every text vector", "PRO-03", "TXT-04"
)
class BatchMeanLeaks(Endpoint):
    def text_vectors(self, texts: list[str]) -> Matrix:
        vectors = super().text_vectors(texts)
        mean = vectors.mean(axis=0, keepdims=True) if len(texts) else vectors
        return single(0.9 * vectors + 0.1 * mean)


@fault("batch-centred", "text vectors are centred on the mean of their request", "PRO-03", "TXT-04")
class BatchCentred(Endpoint):
    def text_vectors(self, texts: list[str]) -> Matrix:
        vectors = super().text_vectors(texts)
        return vectors - vectors.mean(axis=0, keepdims=True) if len(texts) > 1 else vectors


@fault(
    "padding-counts",
    "texts are padded to the longest of the request, and padding counts",
    "PRO-03",
    "TXT-04",
)
class PaddingCounts(Endpoint):
    def text_vectors(self, texts: list[str]) -> Matrix:
        longest = max((len(text.split()) for text in texts), default=0)
        padded = [text + " <pad>" * (longest - len(text.split())) for text in texts]
        return super().text_vectors(padded)


@fault(
    "place-in-batch-counts",
    "the vector depends on the place in the request",
    "PRO-03",
    "TXT-04",
    "VEC-05",
)
class PlaceCounts(Endpoint):
    def text_vectors(self, texts: list[str]) -> Matrix:
        vectors = super().text_vectors(texts)
        for place in range(1, len(vectors)):
            vectors[place] += 0.1 * np.roll(vectors[place], place)
        return vectors


@fault(
    "cut-to-shortest", "the texts of a request are cut to the shortest of them", "PRO-03", "TXT-04"
)
class CutToShortest(Endpoint):
    def text_vectors(self, texts: list[str]) -> Matrix:
        short = min((len(text_encoder.tokens(text, 1000)) for text in texts if text), default=0)
        return super().text_vectors([" ".join(text.split()[: max(short, 1)]) for text in texts])


@fault(
    "images-change-texts", "a text beside an image is fused with it", "PRO-03", "TXT-04", "VEC-03"
)
class ImagesChangeTexts(Endpoint):
    def body(self, asked: Asked) -> dict[str, object]:
        body = super().body(asked)
        if asked.texts and asked.images:
            texts, images = np.array(body["textVectors"]), np.array(body["imageVectors"])
            body["textVectors"] = (0.8 * texts + 0.2 * images.mean(axis=0)).tolist()
        return body


@fault(
    "texts-drift",
    "text vectors turn a little further with each request",
    *STAYS,
    "TXT-03",
    "ERR-04",
)
class TextsDrift(Endpoint):
    def text_vectors(self, texts: list[str]) -> Matrix:
        vectors, turn = super().text_vectors(texts), 0.002 * next(self.calls)
        other = np.roll(vectors, 1, axis=1)
        return single(np.cos(turn) * vectors + np.sin(turn) * other)


@fault("texts-with-dropout", "dropout is on: text vectors differ each time", *STAYS)
class TextsDropout(Endpoint):
    def text_vectors(self, texts: list[str]) -> Matrix:
        vectors = super().text_vectors(texts)
        kept = np.random.default_rng().random(vectors.shape) > 0.1
        return single(vectors * kept / 0.9)


@fault(
    "cache-by-first-letters",
    "the cache's key is the first 20 letters",
    "REL-03",
    "TXT-05",
    "TXT-06",
    "TXT-07",
)
class CacheByFirstLetters(Endpoint):
    def __init__(self, encoder: Encoder) -> None:
        super().__init__(encoder)
        self.known: dict[str, Matrix] = {}

    def text_vector(self, text: str) -> Matrix:
        return self.known.setdefault(text[:20], super().text_vector(text))


@fault("cache-by-length", "the cache's key is the length of the text", "REL-03", "TXT-05", "ALN-01")
class CacheByLength(Endpoint):
    def __init__(self, encoder: Encoder) -> None:
        super().__init__(encoder)
        self.known: dict[int, Matrix] = {}

    def text_vector(self, text: str) -> Matrix:
        return self.known.setdefault(len(text), super().text_vector(text))


@fault("cache-by-bag-of-letters", "the cache's key is a sum of the letters", "REL-03", "TXT-05")
class CacheBySum(Endpoint):
    def __init__(self, encoder: Encoder) -> None:
        super().__init__(encoder)
        self.known: dict[int, Matrix] = {}

    def text_vector(self, text: str) -> Matrix:
        return self.known.setdefault(sum(map(ord, text)), super().text_vector(text))


@fault("previous-answer", "every eighth request gets the vectors of the one before", *STAYS)
class PreviousAnswer(Endpoint):
    last: Matrix | None = None

    def text_vectors(self, texts: list[str]) -> Matrix:
        vectors, last = super().text_vectors(texts), self.last
        self.last = vectors
        stale = next(self.calls) % 8 == 0 and last is not None and last.shape == vectors.shape
        return last if stale and last is not None else vectors
