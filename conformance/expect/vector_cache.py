"""Vectors that several checks need, asked for once."""

from collections.abc import Iterable, Sequence

from conformance.corpus.alignment import AlignedCorpus
from conformance.expect import given
from conformance.expect.observations import Observation, Observations, Vectors
from conformance.transport.endpoint import Endpoint
from conformance.transport.exchange import Exchange

IMAGES_A_REQUEST = 8
Key = tuple[tuple[str, ...], tuple[bytes, ...]]


class VectorCache:
    """Exchanges by what was asked: encoding an image is what the time of a run goes to.

    Whatever is read from here is a prerequisite of the check that reads it.
    """

    def __init__(self, endpoint: Endpoint) -> None:
        self._endpoint = endpoint
        self._known: dict[Key, Exchange] = {}
        self._read: dict[Key, Vectors] = {}

    def exchange(self, texts: Sequence[str] = (), images: Sequence[bytes] = ()) -> Exchange:
        """The response to one request of exactly these texts and images."""
        key = tuple(texts), tuple(images)
        if key not in self._known:
            self._known[key] = self._endpoint.vectorize(texts, images)
        return self._known[key]

    def vectors(self, texts: Sequence[str] = (), images: Sequence[bytes] = ()) -> Vectors:
        """The vectors of one request with exactly these texts and images."""
        key = tuple(texts), tuple(images)
        if key not in self._read:
            exchange = self.exchange(texts, images)
            self._read[key] = given.vectors(exchange, len(texts), len(images))
        return self._read[key]

    def text(self, text: str) -> Observation:
        """A text sent alone."""
        return self.vectors(texts=[text]).texts[0]

    def image(self, image: bytes) -> Observation:
        """An image sent alone."""
        return self.vectors(images=[image]).images[0]

    def texts(self, texts: Iterable[str]) -> Observations:
        """Several texts (n, d), each sent alone."""
        return given.joined([self.text(text) for text in texts])

    def images(self, images: Iterable[bytes]) -> Observations:
        """Several images (n, d), each sent alone."""
        return given.joined([self.image(image) for image in images])


class EncodedCorpus:
    """The vectors of a corpus: English captions in one request, images eight at a time.

    The two kinds are asked for apart, so that what is wrong with one leaves the other.
    """

    def __init__(self, cache: VectorCache, corpus: AlignedCorpus) -> None:
        self._cache = cache
        self._corpus = corpus

    @property
    def texts(self) -> Observations:
        """Captions (n, d), in the order of the corpus."""
        return self._cache.vectors(texts=self._corpus.captions["en"]).texts

    @property
    def images(self) -> Observations:
        """Images (n, d), in the order of the corpus."""
        images = self._corpus.images
        starts = range(0, len(images), IMAGES_A_REQUEST)
        batches = [images[start : start + IMAGES_A_REQUEST] for start in starts]
        return given.joined([self._cache.vectors(images=batch).images for batch in batches])
