"""Unusual but conformant ways to tokenize a text."""

import re

from tests.endpoints.encoder import Matrix
from tests.endpoints.endpoint import Endpoint
from tests.endpoints.registry import inputs, legal


@legal("punctuation-dropped")
class PunctuationDropped(Endpoint):
    def text_vector(self, text: str) -> Matrix:
        if self.encoder.knows(text):
            return super().text_vector(text)
        kept = re.sub(r"[!-/:-@\[-`{-~]", "", text)
        return super().text_vector(text if not kept.strip() else " ".join(kept.split()))


inputs("text_vector")("long-words-unknown", lambda text: re.sub(r"\S{101,}", "[UNK]", text))
