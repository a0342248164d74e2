"""Text towers that do not read all that people write."""

import re
import unicodedata
from dataclasses import replace
from typing import Any, ClassVar

from tests.endpoints.encoder import Encoder
from tests.endpoints.endpoint import Endpoint
from tests.endpoints.faults.texts import Changed
from tests.endpoints.registry import fault


@fault("non-ascii-stripped", "letters outside ASCII are dropped", "REL-01", "TXT-09", "ALN-04")
class NonAsciiStripped(Changed):
    def change(self, text: str) -> str:
        return text.encode("ascii", "ignore").decode()


@fault(
    "non-ascii-unknown",
    "letters outside Latin-1 become question marks",
    "REL-01",
    "TXT-09",
    "ALN-04",
)
class NonAsciiUnknown(Changed):
    def change(self, text: str) -> str:
        return re.sub("[^\x00-\xff]+", "?", text)


@fault(
    "cjk-unknown",
    "Chinese and Japanese characters are one unknown token",
    "REL-01",
    "TXT-09",
    "ALN-04",
)
class CjkUnknown(Changed):
    def change(self, text: str) -> str:
        return re.sub("[぀-鿿]+", "[UNK]", text)


@fault("utf-8-read-as-latin-1", "the body is decoded as Latin-1", "ALN-04", "VEC-12")
class ReadAsLatin1(Changed):
    def change(self, text: str) -> str:
        return text.encode("utf-8", "replace").decode("latin-1")


@fault(
    "html-unescaped",
    "&lt; in a text is read as <",
    undecidable="no clause says that markup is text",
)
class HtmlUnescaped(Changed):
    def change(self, text: str) -> str:
        return text.replace("&lt;", "<").replace("&amp;", "&")


class OtherEncoder(Endpoint):
    """The fake encoder with other settings."""

    settings: ClassVar[dict[str, Any]] = {}

    def __init__(self, encoder: Encoder) -> None:
        super().__init__(replace(encoder, **self.settings))


@fault("word-order-ignored", "the text tower is a bag of words", "REL-03", "TXT-05")
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


@fault("first-line-only", "a text ends at its first line break", "REL-03", "TXT-05", "TXT-06")
class FirstLineOnly(Changed):
    def change(self, text: str) -> str:
        return text.splitlines()[0] if text else text


@fault("nul-ends-text", "a text ends at NUL", "REL-04", "TXT-05", "TXT-03")
class NulEnds(Changed):
    def change(self, text: str) -> str:
        return text.partition("\0")[0]


class CutAfter(Changed):
    """A text ends at the first of `marks`, which the reader takes for its end."""

    marks = ""

    def change(self, text: str) -> str:
        """What comes before the mark."""
        return re.split(f"[{self.marks}]", text)[0]


@fault("quote-ends-text", "a text ends at a quotation mark: it goes through a shell", "REL-03")
class QuoteEnds(CutAfter):
    marks = "\"'"


@fault("tab-ends-text", "a text ends at a tab: it goes through a table", "REL-03")
class TabEnds(CutAfter):
    marks = "\t"


@fault("emoji-ends-text", "a text ends at an emoji: a database of three-byte letters", "REL-03")
class EmojiEnds(CutAfter):
    marks = "\U00010000-\U0010ffff"


@fault("cut-at-64-letters", "texts are cut at 64 letters", "TXT-06", "REL-03")
class CutAt64Letters(Changed):
    def change(self, text: str) -> str:
        return text[:64]


@fault("numbers-alike", "numbers are one token", "REL-03", "REL-05")
class NumbersAlike(Changed):
    def change(self, text: str) -> str:
        return re.sub(r"\d+", "<num>", text)


@fault("digits-dropped", "digits are dropped as noise", "REL-03", "TXT-05")
class DigitsDropped(Changed):
    def change(self, text: str) -> str:
        return re.sub(r"\d", "", text)


@fault("stop-words-dropped", "'not', 'with' and the like are dropped as noise", "REL-03", "TXT-05")
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
