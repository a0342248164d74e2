"""Text towers that fail on real texts or read only part of them."""

import re
import time
import unicodedata

import numpy as np

from tests.endpoints import text_encoder
from tests.endpoints.encoder import Matrix, single
from tests.endpoints.endpoint import Endpoint, Refused
from tests.endpoints.registry import delays, fault, inputs, refusals, variants
from tests.endpoints.text_changes import CHANGES, TABLE
from tests.endpoints.wire import Request

# Text towers that fail on real texts.

changing = inputs("text_vector")
given_texts = inputs("text_vectors")
given_texts("empty-text-dropped", lambda texts: [text for text in texts if text.strip()])


class Filled(Endpoint):
    """Fills the vectors of the texts that `applies` selects with `number`."""

    number = 0.0

    def text_vector(self, text: str) -> Matrix:
        vector = super().text_vector(text)
        return np.full_like(vector, self.number) if self.applies(text) else vector

    def applies(self, text: str) -> bool:
        raise NotImplementedError


filled = variants(Filled, "applies", "number")
filled("blank-text-nan", lambda text: not text.strip(), np.nan)
filled("blank-text-zero", lambda text: not text.strip(), 0.0)
filled("marks-of-tokenizer-empty", lambda text: text in ("<pad>", "</s>", "[MASK]"), np.nan)

text_refused = refusals("text_vector")
text_refused("above-77-tokens-fails", 500, lambda text: len(text.split()) > 75)
text_refused("above-400-words-fails", 500, lambda text: len(text.split()) > 400)
text_refused("above-4000-words-fails", 500, lambda text: len(text.split()) > 4000)
text_refused("long-text-429", 429, lambda text: len(text.split()) > 2000)
hanging = delays("text_vector")
hanging(
    "long-text-hangs", lambda text: min(8.0, (len(text.split()) / 2000) ** 2), endpoint_timeout=3
)
hanging(
    "long-word-hangs",
    lambda text: 8 if any(len(word) > 400 for word in text.split()) else 0,
    endpoint_timeout=3,
)


def size_of_texts(request: Request) -> int:
    """The size in bytes of a request without images; 0 for others."""
    return 0 if b'"images"' in request.body else len(request.body)


body_refused = refusals("vectorize")
body_refused("texts-above-64-kib-413", 413, lambda request: size_of_texts(request) > 64 * 2**10)
body_refused("texts-above-256-kib-413", 413, lambda request: size_of_texts(request) > 256 * 2**10)
body_refused(
    "firewall-refuses-markup",
    403,
    lambda request: re.search(rb"<|\\u003c|' OR |\.\./", request.body),
)


# Text cleaning that was meant for keyword search.

for name, summary in TABLE["faults"].items():
    changing(name, CHANGES[summary])
changing("non-ascii-fails", lambda text: text.encode("ascii").decode())
changing("latin-1-only", lambda text: text.encode("latin-1").decode("latin-1"))
text_refused(
    "property-names-fail", 500, lambda text: text in ("constructor", "toString", "__proto__")
)
changing("braces-expanded", lambda text: text.format() if re.search(r"{\w*}", text) else text)


# Text towers that fail, or read too little, at a certain length.

text_refused("empty-text-fails", 500, lambda text: not text)
text_refused("blank-text-fails", 400, lambda text: text and not text.strip())
text_refused("above-8-kib-413", 413, lambda text: len(text.encode("utf-8", "surrogatepass")) > 8192)
text_refused("emoji-fails", 500, lambda text: any(letter > "\uffff" for letter in text))
text_refused("nul-fails", 500, lambda text: "\0" in text)
text_refused(
    "control-characters-refused",
    400,
    lambda text: any(unicodedata.category(letter) == "Cc" for letter in text),
)
text_refused(
    "bidirectional-marks-fail",
    500,
    lambda text: any(unicodedata.category(letter) == "Cf" for letter in text),
)
text_refused(
    "combining-marks-fail", 500, lambda text: any(unicodedata.combining(letter) for letter in text)
)
text_refused("links-fetched", 502, lambda text: re.match(r"https?://", text))
text_refused("image-token-fails", 500, lambda text: "<image>" in text)
text_refused("template-substituted", 500, lambda text: re.search(r"\$\w", text))
text_refused("percent-signs-fail", 500, lambda text: "%" in text)
text_refused("backslash-escapes-decoded", 500, lambda text: re.search(r"\\[a-z]", text))
text_refused("long-word-fails", 500, lambda text: any(len(word) > 250 for word in text.split()))
text_refused("128-letters-fail", 500, lambda text: len(text) == 128)


@fault("at-the-limit-fails")
class AtTheLimit(Endpoint):
    def text_vector(self, text: str) -> Matrix:
        if len(text_encoder.tokens(text, 10_000)) == self.encoder.limit - 2:
            raise Refused(500, "index out of range in self")
        return super().text_vector(text)


class Window(Endpoint):
    """Reads only some of the tokens."""

    def text_vector(self, text: str) -> Matrix:
        tokens = text_encoder.tokens(text, 10_000)
        read = self.read(tokens)
        return super().text_vector(text if read == tokens else " ".join(read))

    def read(self, tokens: list[str]) -> list[str]:
        return tokens


@fault("cut-ten-short")
class TenShort(Window):
    def read(self, tokens: list[str]) -> list[str]:
        return tokens[: self.encoder.limit - 12]


window = variants(Window, "read")
window("middle-cut-out", lambda tokens: tokens if len(tokens) < 60 else tokens[:25] + tokens[-25:])
window("seam-of-chunks", lambda tokens: tokens[:32] + tokens[33:])
window(
    "last-token-overwritten",
    lambda tokens: tokens if len(tokens) < 64 else tokens[:63] + tokens[68:],
)
window(
    "order-ignored-after-30-words",
    lambda tokens: tokens[:30] + sorted(tokens[30:120]) + tokens[120:],
)
window("last-word-lost-at-32", lambda tokens: tokens[:-1] if len(tokens) in (31, 32) else tokens)


@fault("long-text-from-its-end")
class FromTheEnd(Window):
    def read(self, tokens: list[str]) -> list[str]:
        return tokens[-(self.encoder.limit - 2) :]


@fault("long-text-averaged")
class Averaged(Endpoint):
    def text_vector(self, text: str) -> Matrix:
        size = self.encoder.limit - 2
        read = text_encoder.tokens(text, 4 * size)
        if len(read) <= size:
            return super().text_vector(text)
        starts = range(0, len(read), size)
        parts = [super(Averaged, self).text_vector(" ".join(read[at : at + size])) for at in starts]
        return single(sum(parts[1:], parts[0]) / len(parts))


changing("line-breaks-deleted", lambda text: text.replace("\r", "").replace("\n", ""))
changing("tabs-deleted", lambda text: text.replace("\t", ""))
changing("long-text-cut-to-a-sentence", lambda text: re.sub(r"(.{25}[.!?]\s).*", r"\1", text))


@fault("first-large-image-hangs", endpoint_timeout=3)
class FirstLargeHangs(Endpoint):
    def opened_vector(self, image: bytes) -> Matrix:
        if len(image) > 4096 and next(self.calls) == 1:
            time.sleep(30)
        return super().opened_vector(image)
