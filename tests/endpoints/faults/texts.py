"""Text towers that fail on what people write, or do not read all of it."""

import re
import time
import unicodedata
from dataclasses import replace
from typing import Any, ClassVar

import numpy as np

from tests.endpoints import words
from tests.endpoints.encoder import Encoder, Matrix, single
from tests.endpoints.endpoint import Asked, Endpoint, Refused
from tests.endpoints.registry import fault
from tests.endpoints.wire import Answer, Request

STAYS = ("TXT-07", "TXT-04")


class Changed(Endpoint):
    """Every text goes through `change` before it is encoded."""

    def text_vector(self, text: str) -> Matrix:
        """The vector of the changed text."""
        return super().text_vector(self.change(text))

    def change(self, text: str) -> str:
        """To be replaced; may raise."""
        return text


@fault("empty-text-fails", "an empty text is a 500", "TXT-01")
class EmptyFails(Changed):
    def change(self, text: str) -> str:
        if not text:
            raise IndexError
        return text


@fault("blank-text-fails", "a text of blanks is refused", "TXT-01")
class BlankFails(Changed):
    def change(self, text: str) -> str:
        if text and not text.strip():
            raise Refused(400, "texts must not be blank")
        return text


@fault("empty-text-dropped", "empty and blank texts get no row", "TXT-01")
class EmptyDropped(Endpoint):
    def text_vectors(self, texts: list[str]) -> Matrix:
        return super().text_vectors([text for text in texts if text.strip()])


@fault("blank-text-nan", "a text without words gets NaN: the mean of nothing", "TXT-01")
class BlankNan(Endpoint):
    def text_vector(self, text: str) -> Matrix:
        vector = super().text_vector(text)
        return vector if text.strip() else np.full_like(vector, np.nan)


@fault("blank-text-zero", "a text without words gets zeros", "ALN-07", "TXT-01")
class BlankZero(Endpoint):
    def text_vector(self, text: str) -> Matrix:
        vector = super().text_vector(text)
        return vector if text.strip() else np.zeros_like(vector)


class TooLong(Changed):
    """Texts above `limit` words are a 500."""

    limit = 75

    def change(self, text: str) -> str:
        """The text, or an error of the model."""
        if len(text.split()) > self.limit:
            raise Refused(500, "index out of range in self")
        return text


@fault("above-77-tokens-fails", "a text above the model's limit is a 500", "TXT-02")
class Above77Fails(TooLong):
    pass


@fault("above-400-words-fails", "a text of 500 words is a 500", "TXT-02")
class Above400Fails(TooLong):
    limit = 400


@fault("above-4000-words-fails", "a text of 5,000 words is a 500", "TXT-02")
class Above4000Fails(TooLong):
    limit = 4000


@fault("above-8-kib-413", "a body of texts above 8 KiB is refused", "TXT-02")
class Above8Kib(Changed):
    def change(self, text: str) -> str:
        if len(text.encode("utf-8", "surrogatepass")) > 8192:
            raise Refused(413, "text too long")
        return text


@fault(
    "long-text-hangs",
    "the tokenizer takes quadratic time: 5,000 words are not answered in time",
    "TXT-02",
    options=("--endpoint-timeout", "3"),
)
class LongTextHangs(Changed):
    def change(self, text: str) -> str:
        time.sleep(min(8.0, (len(text.split()) / 2000) ** 2))
        return text


@fault("non-ascii-fails", "letters outside ASCII are a 500", "TXT-03")
class NonAsciiFails(Changed):
    def change(self, text: str) -> str:
        return text.encode("ascii").decode()


@fault("latin-1-only", "letters outside Latin-1 are a 500", "TXT-03")
class Latin1Only(Changed):
    def change(self, text: str) -> str:
        return text.encode("latin-1").decode("latin-1")


@fault("emoji-fails", "characters beyond 16 bits are a 500", "TXT-03")
class EmojiFails(Changed):
    def change(self, text: str) -> str:
        if any(letter > "\uffff" for letter in text):
            raise Refused(500, "incorrect string value")
        return text


@fault("nul-fails", "NUL is a 500", "TXT-03")
class NulFails(Changed):
    def change(self, text: str) -> str:
        if "\0" in text:
            raise Refused(500, "embedded null character")
        return text


@fault("control-characters-refused", "control characters are refused", "TXT-03")
class ControlRefused(Changed):
    def change(self, text: str) -> str:
        if any(unicodedata.category(letter) == "Cc" for letter in text):
            raise Refused(400, "control character")
        return text


@fault("bidirectional-marks-fail", "bidirectional marks are a 500", "TXT-03")
class BidiFails(Changed):
    def change(self, text: str) -> str:
        if any(unicodedata.category(letter) == "Cf" for letter in text):
            raise Refused(500, "unexpected format character")
        return text


@fault("combining-marks-fail", "combining marks are a 500", "TXT-03")
class CombiningFails(Changed):
    def change(self, text: str) -> str:
        if any(unicodedata.combining(letter) for letter in text):
            raise Refused(500, "unknown character")
        return text


@fault("non-ascii-stripped", "letters outside ASCII are dropped", "TXT-09", "ALN-04")
class NonAsciiStripped(Changed):
    def change(self, text: str) -> str:
        return text.encode("ascii", "ignore").decode()


@fault("non-ascii-unknown", "letters outside Latin-1 become question marks", "TXT-09", "ALN-04")
class NonAsciiUnknown(Changed):
    def change(self, text: str) -> str:
        return re.sub("[^\x00-\xff]+", "?", text)


@fault("cjk-unknown", "Chinese and Japanese characters are one unknown token", "TXT-09", "ALN-04")
class CjkUnknown(Changed):
    def change(self, text: str) -> str:
        return re.sub("[぀-鿿]+", "[UNK]", text)


@fault("utf-8-read-as-latin-1", "the body is decoded as Latin-1", "ALN-04", "VEC-12")
class ReadAsLatin1(Changed):
    def change(self, text: str) -> str:
        return text.encode("utf-8", "replace").decode("latin-1")


@fault("escapes-not-read", "the reader takes \\u003c for six letters", "VEC-12")
class EscapesNotRead(Endpoint):
    def vectorize(self, request: Request) -> Answer:
        body = re.sub(rb"\\u(00(?:3c|3e|26|27))", rb"\\\\u\1", request.body)
        return super().vectorize(replace(request, body=body))


@fault(
    "html-unescaped",
    "&lt; in a text is read as <",
    undecidable="no clause says that markup is text",
)
class HtmlUnescaped(Changed):
    def change(self, text: str) -> str:
        return text.replace("&lt;", "<").replace("&amp;", "&")


@fault(
    "firewall-refuses-markup",
    "a firewall refuses bodies with < or quotes and semicolons",
    "VEC-12",
    "TXT-03",
)
class Firewall(Endpoint):
    def vectorize(self, request: Request) -> Answer:
        if re.search(rb"<|\\u003c|' OR |\.\./", request.body):
            raise Refused(403, "blocked")
        return super().vectorize(request)


class OtherEncoder(Endpoint):
    """The fake encoder with other settings."""

    settings: ClassVar[dict[str, Any]] = {}

    def __init__(self, encoder: Encoder) -> None:
        super().__init__(replace(encoder, **self.settings))


@fault("word-order-ignored", "the text tower is a bag of words", "TXT-05")
class OrderIgnored(OtherEncoder):
    settings: ClassVar = {"ordered": False}


@fault("cut-at-16-tokens", "texts are cut at 16 tokens", "TXT-06")
class CutAt16(OtherEncoder):
    settings: ClassVar = {"limit": 18}


@fault("cut-at-32-tokens", "texts are cut at 32 tokens", "TXT-06")
class CutAt32(OtherEncoder):
    settings: ClassVar = {"limit": 34}


@fault("cut-at-100-letters", "texts are cut at 100 letters", "TXT-06")
class CutAt100Letters(Changed):
    def change(self, text: str) -> str:
        return text[:100]


@fault("last-words-only", "long texts are cut at their beginning", "TXT-06")
class LastWordsOnly(Changed):
    def change(self, text: str) -> str:
        return " ".join(text.split()[-8:])


@fault("first-line-only", "a text ends at its first line break", "TXT-05", "TXT-06")
class FirstLineOnly(Changed):
    def change(self, text: str) -> str:
        return text.splitlines()[0] if text else text


@fault("nul-ends-text", "a text ends at NUL", "TXT-05", "TXT-03")
class NulEnds(Changed):
    def change(self, text: str) -> str:
        return text.partition("\0")[0]


@fault("digits-dropped", "digits are dropped as noise", "TXT-05")
class DigitsDropped(Changed):
    def change(self, text: str) -> str:
        return re.sub(r"\d", "", text)


@fault("stop-words-dropped", "'not', 'with' and the like are dropped as noise", "TXT-05")
class StopWordsDropped(Changed):
    def change(self, text: str) -> str:
        return re.sub(r"(?i)\b(not|no|without|with|a|the|on|in|of)\b", "", text)


@fault(
    "case-not-folded", "capitals reach a model that never saw any", "TXT-08", needs=("lower-case",)
)
class CaseNotFolded(OtherEncoder):
    settings: ClassVar = {"lower_case": False}


@fault(
    "case-folded-anyway",
    "capitals are folded for a model that has them",
    undecidable="most tokenizers of the listed models fold case themselves",
)
class CaseFolded(Changed):
    def change(self, text: str) -> str:
        return text.lower()


@fault(
    "texts-composed",
    "texts are normalised to NFKC first",
    undecidable="most tokenizers of the listed models normalise Unicode themselves",
)
class Composed(Changed):
    def change(self, text: str) -> str:
        return unicodedata.normalize("NFKC", text)


@fault("batch-mean-leaks", "a tenth of the batch's mean is in every text vector", "TXT-04")
class BatchMeanLeaks(Endpoint):
    def text_vectors(self, texts: list[str]) -> Matrix:
        vectors = super().text_vectors(texts)
        mean = vectors.mean(axis=0, keepdims=True) if len(texts) else vectors
        return single(0.9 * vectors + 0.1 * mean)


@fault("batch-centred", "text vectors are centred on the mean of their request", "TXT-04")
class BatchCentred(Endpoint):
    def text_vectors(self, texts: list[str]) -> Matrix:
        vectors = super().text_vectors(texts)
        return vectors - vectors.mean(axis=0, keepdims=True) if len(texts) > 1 else vectors


@fault(
    "padding-counts", "texts are padded to the longest of the request, and padding counts", "TXT-04"
)
class PaddingCounts(Endpoint):
    def text_vectors(self, texts: list[str]) -> Matrix:
        longest = max((len(text.split()) for text in texts), default=0)
        padded = [text + " <pad>" * (longest - len(text.split())) for text in texts]
        return super().text_vectors(padded)


@fault(
    "place-in-batch-counts", "the vector depends on the place in the request", "TXT-04", "VEC-05"
)
class PlaceCounts(Endpoint):
    def text_vectors(self, texts: list[str]) -> Matrix:
        vectors = super().text_vectors(texts)
        for place in range(1, len(vectors)):
            vectors[place] += 0.1 * np.roll(vectors[place], place)
        return vectors


@fault("cut-to-shortest", "the texts of a request are cut to the shortest of them", "TXT-04")
class CutToShortest(Endpoint):
    def text_vectors(self, texts: list[str]) -> Matrix:
        short = min((len(words.tokens(text, 1000)) for text in texts if text), default=0)
        return super().text_vectors([" ".join(text.split()[: max(short, 1)]) for text in texts])


@fault("images-change-texts", "a text beside an image is fused with it", "TXT-04", "VEC-03")
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


@fault("cache-by-length", "the cache's key is the length of the text", "TXT-05", "ALN-01")
class CacheByLength(Endpoint):
    def __init__(self, encoder: Encoder) -> None:
        super().__init__(encoder)
        self.known: dict[int, Matrix] = {}

    def text_vector(self, text: str) -> Matrix:
        return self.known.setdefault(len(text), super().text_vector(text))


@fault("cache-by-bag-of-letters", "the cache's key is a sum of the letters", "TXT-05")
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
