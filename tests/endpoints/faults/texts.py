"""Text towers that fail on what people write."""

import re
import time
import unicodedata
from dataclasses import replace

import numpy as np

from tests.endpoints.encoder import Matrix
from tests.endpoints.endpoint import Endpoint, Refused
from tests.endpoints.registry import fault
from tests.endpoints.wire import Answer, Request


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


@fault("empty-text-dropped", "empty and blank texts get no row", "TXT-01", "PRO-01")
class EmptyDropped(Endpoint):
    def text_vectors(self, texts: list[str]) -> Matrix:
        return super().text_vectors([text for text in texts if text.strip()])


@fault("blank-text-nan", "a text without words gets NaN: the mean of nothing", "TXT-01")
class BlankNan(Endpoint):
    def text_vector(self, text: str) -> Matrix:
        vector = super().text_vector(text)
        return vector if text.strip() else np.full_like(vector, np.nan)


@fault("blank-text-zero", "a text without words gets zeros", "TXT-10")
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


@fault("escapes-not-read", "the reader takes \\u003c for six letters", "VEC-12")
class EscapesNotRead(Endpoint):
    def vectorize(self, request: Request) -> Answer:
        body = re.sub(rb"\\u(00(?:3c|3e|26|27))", rb"\\\\u\1", request.body)
        return super().vectorize(replace(request, body=body))


@fault(
    "firewall-refuses-markup",
    "a firewall refuses bodies with < or quotes and semicolons",
    "REL-05",
    "VEC-12",
    "TXT-03",
)
class Firewall(Endpoint):
    def vectorize(self, request: Request) -> Answer:
        if re.search(rb"<|\\u003c|' OR |\.\./", request.body):
            raise Refused(403, "blocked")
        return super().vectorize(request)


@fault("links-fetched", "a text that is a link is fetched", "REL-05")
class LinksFetched(Changed):
    def change(self, text: str) -> str:
        if re.match(r"https?://", text):
            raise Refused(502, "cannot fetch")
        return text


@fault("image-token-fails", "the model's mark of an image in a text is a 500", "REL-05")
class ImageTokenFails(Changed):
    def change(self, text: str) -> str:
        if "<image>" in text:
            raise Refused(500, "number of image tokens does not match")
        return text


@fault("marks-of-tokenizer-empty", "a tokenizer's own mark gives NaN", "REL-05")
class MarkNan(Endpoint):
    def text_vector(self, text: str) -> Matrix:
        vector = super().text_vector(text)
        return np.full_like(vector, np.nan) if text in ("<pad>", "</s>", "[MASK]") else vector


@fault("braces-expanded", "texts go through a template: braces are a 500", "REL-05")
class BracesExpanded(Changed):
    def change(self, text: str) -> str:
        return text.format() if re.search(r"{\w*}", text) else text
