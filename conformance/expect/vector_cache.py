"""Vectors that several checks need, asked for once."""

from collections.abc import Iterable

from conformance import expect
from conformance.corpus.alignment import AlignedCorpus
from conformance.data.tolerances import Array
from conformance.expect import Vectors
from conformance.transport.endpoint import Endpoint
from conformance.transport.exchange import Exchange

IMAGES_A_REQUEST = 8


class Alone:
    """Exchanges of single items, kept by item: encoding an image is what a run's time goes to."""

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
        """The answer to a request of this one image."""
        if image not in self._images:
            self._images[image] = self._endpoint.vectorize(images=[image])
        return self._images[image]

    def text(self, text: str) -> Array:
        """The text's vector (d,)."""
        row: Array = expect.vectors(self.text_exchange(text), 1, 0).texts[0]
        return row

    def image(self, image: bytes) -> Array:
        """The image's vector (d,)."""
        row: Array = expect.vectors(self.image_exchange(image), 0, 1).images[0]
        return row

    def texts(self, texts: Iterable[str]) -> Array:
        """The vectors of several texts (n, d), each sent alone."""
        return expect.stacked([self.text(text) for text in texts])

    def images(self, images: Iterable[bytes]) -> Array:
        """The vectors of several images (n, d), each sent alone."""
        return expect.stacked([self.image(image) for image in images])


def encode(endpoint: Endpoint, corpus: AlignedCorpus) -> Vectors:
    """The English captions in one request, the images eight at a time."""
    texts = endpoint.vectors(texts=corpus.captions["en"]).texts
    starts = range(0, len(corpus.images), IMAGES_A_REQUEST)
    batches = [corpus.images[start : start + IMAGES_A_REQUEST] for start in starts]
    images = [row for batch in batches for row in endpoint.vectors(images=batch).images]
    return Vectors(texts, expect.stacked(images))
