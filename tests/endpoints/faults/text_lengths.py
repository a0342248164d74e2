"""Text towers that fail, or read too little, at one length."""

import time

from tests.endpoints import text_encoder
from tests.endpoints.encoder import Matrix, single
from tests.endpoints.endpoint import Endpoint, Refused
from tests.endpoints.faults.texts import Changed
from tests.endpoints.registry import fault
from tests.endpoints.wire import Answer, Request


@fault("long-word-fails", "a word of more than 250 letters is a 500", "TXT-02")
class LongWordFails(Changed):
    def change(self, text: str) -> str:
        if any(len(word) > 250 for word in text.split()):
            raise Refused(500, "word too long")
        return text


@fault(
    "long-word-hangs",
    "a pattern takes exponential time over a word of 400 letters",
    "TXT-02",
    options=("--endpoint-timeout", "3"),
)
class LongWordHangs(Changed):
    def change(self, text: str) -> str:
        time.sleep(8 if any(len(word) > 400 for word in text.split()) else 0)
        return text


@fault("128-letters-fail", "a text of exactly 128 letters is a 500", "TXT-02")
class Letters128(Changed):
    def change(self, text: str) -> str:
        if len(text) == 128:
            raise Refused(500, "off by one")
        return text


@fault("at-the-limit-fails", "a text of just as many tokens as the limit is a 500", "TXT-02")
class AtTheLimit(Changed):
    def change(self, text: str) -> str:
        if len(text_encoder.tokens(text, 10_000)) == self.encoder.limit - 2:
            raise Refused(500, "index out of range in self")
        return text


class Window(Changed):
    """Reads some of the tokens alone."""

    def change(self, text: str) -> str:
        """The text of the tokens that are read."""
        return " ".join(self.read(text_encoder.tokens(text, 10_000)))

    def read(self, tokens: list[str]) -> list[str]:
        """To be replaced."""
        return tokens


@fault("cut-ten-short", "the limit is taken ten tokens too low", "TXT-06")
class TenShort(Window):
    def read(self, tokens: list[str]) -> list[str]:
        return tokens[: self.encoder.limit - 12]


@fault("middle-cut-out", "of long texts the middle is cut out", "TXT-06")
class MiddleOut(Window):
    def read(self, tokens: list[str]) -> list[str]:
        return tokens if len(tokens) < 60 else tokens[:25] + tokens[-25:]


@fault("seam-of-chunks", "the 33rd token falls between two chunks", "TXT-06")
class Seam(Window):
    def read(self, tokens: list[str]) -> list[str]:
        return tokens[:32] + tokens[33:]


@fault(
    "last-token-overwritten", "the mark of the end overwrites a long text's last token", "TXT-06"
)
class LastOverwritten(Window):
    def read(self, tokens: list[str]) -> list[str]:
        return tokens if len(tokens) < 64 else tokens[:63] + tokens[68:]


@fault("long-text-from-its-end", "of a text above the limit the end is read", "TXT-11")
class FromTheEnd(Window):
    def read(self, tokens: list[str]) -> list[str]:
        return tokens[-(self.encoder.limit - 2) :]


@fault("long-text-averaged", "a text above the limit is the mean of its chunks", "TXT-11")
class Averaged(Endpoint):
    def text_vector(self, text: str) -> Matrix:
        size = self.encoder.limit - 2
        read = text_encoder.tokens(text, 4 * size)
        starts = range(0, max(len(read), 1), size)
        parts = [super(Averaged, self).text_vector(" ".join(read[at : at + size])) for at in starts]
        mean = single(sum(parts[1:], parts[0]) / len(parts))
        return parts[0] if len(parts) == 1 else mean


@fault("texts-above-64-kib-413", "a body of texts above 64 KiB is refused", "TXT-02")
class TextsAbove64Kib(Endpoint):
    most = 64 * 2**10

    def vectorize(self, request: Request) -> Answer:
        if len(request.body) > self.most and b'"images"' not in request.body:
            raise Refused(413, "too much text")
        return super().vectorize(request)


@fault("texts-above-256-kib-413", "a body of texts above 256 KiB is refused", "TXT-02")
class TextsAbove256Kib(TextsAbove64Kib):
    most = 256 * 2**10
