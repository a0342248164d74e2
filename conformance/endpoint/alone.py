"""Vectors that several checks need, asked for once."""

import numpy as np

from conformance import expect
from conformance.corpus.aligned import AlignedCorpus
from conformance.endpoint.api import Endpoint
from conformance.endpoint.exchange import Exchange
from conformance.expect import Vectors
from conformance.tolerance import Array

PICTURES_A_REQUEST = 8


class Alone:
    """Exchanges of single items, kept by item: encoding a picture is what a run's time goes to."""

    def __init__(self, endpoint: Endpoint) -> None:
        self._endpoint = endpoint
        self._texts: dict[str, Exchange] = {}
        self._images: dict[bytes, Exchange] = {}

    def text_exchange(self, text: str) -> Exchange:
        """The answer to a request of this one text."""
        if text not in self._texts:
            self._texts[text] = self._endpoint.vectorize([text])
        return self._texts[text]

    def image_exchange(self, image: bytes) -> Exchange:
        """The answer to a request of this one picture."""
        if image not in self._images:
            self._images[image] = self._endpoint.vectorize(images=[image])
        return self._images[image]

    def text(self, text: str) -> Array:
        """The text's vector (d,)."""
        row: Array = expect.vectors(self.text_exchange(text), 1, 0).texts[0]
        return row

    def image(self, image: bytes) -> Array:
        """The picture's vector (d,)."""
        row: Array = expect.vectors(self.image_exchange(image), 0, 1).images[0]
        return row


def encode(endpoint: Endpoint, corpus: AlignedCorpus) -> Vectors:
    """The English captions in one request, the pictures eight at a time."""
    texts = endpoint.vectors(texts=corpus.captions["en"]).texts
    starts = range(0, len(corpus.pictures), PICTURES_A_REQUEST)
    batches = [corpus.pictures[start : start + PICTURES_A_REQUEST] for start in starts]
    images = np.concatenate([endpoint.vectors(images=batch).images for batch in batches])
    return Vectors(texts, images)
