"""Other legal ways to tokenize a text."""

import re

from tests.endpoints.encoder import Matrix
from tests.endpoints.endpoint import Endpoint
from tests.endpoints.registry import legal


@legal(
    "punctuation-dropped",
    "ASCII punctuation is dropped and whitespace collapsed, as in SigLIP's code",
)
class PunctuationDropped(Endpoint):
    def text_vector(self, text: str) -> Matrix:
        if self.encoder.knows(text):
            return super().text_vector(text)
        kept = re.sub(r"[!-/:-@\[-`{-~]", "", text)
        return super().text_vector(text if not kept.strip() else " ".join(kept.split()))


@legal(
    "long-words-unknown", "a word of more than 100 letters becomes one unknown token (WordPiece)"
)
class LongWordsUnknown(Endpoint):
    def text_vector(self, text: str) -> Matrix:
        return super().text_vector(re.sub(r"\S{101,}", "[UNK]", text))
