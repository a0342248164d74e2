"""A tokenizer of transformers that several threads may use."""

import threading
from typing import Any

from reference.encoders.inputs import Inputs, padded
from reference.encoders.truncation import shorten


class Tokens:
    """From a text to token ids and attention mask, each of shape (1, tokens)."""

    def __init__(self, tokenizer: Any, limit: int, **padding: Any) -> None:
        """At most `limit` tokens; `padding` replaces the padding to the next multiple of 8."""
        self._tokenizer = tokenizer
        self._limit = limit
        self._padding = padding
        # Its truncation is a state of its own: another thread would find it "already borrowed".
        self._lock = threading.Lock()

    def __call__(self, text: str) -> Inputs:
        """The inputs of `text`, as long as `text` alone decides."""
        with self._lock:
            short = shorten(text, self._limit, self._count)
            inputs = self._tokenizer(
                [short],
                truncation=True,
                max_length=self._limit,
                return_tensors="pt",
                **self._padding,
            )
        if self._padding:
            return dict(inputs)
        return padded(dict(inputs), self._tokenizer.pad_token_id, self._limit)

    def _count(self, text: str) -> int:
        return len(self._tokenizer(text, verbose=False)["input_ids"])
