"""A shared cache of vectors, which encodes short texts in batches."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from conformance.corpus.alignment import AlignedCorpus
from conformance.expect import comparisons, given, responses
from conformance.expect.nonconformity import Nonconformity, PrerequisiteFailed
from conformance.expect.responses import Observation, Observations, Vectors
from conformance.transport.endpoint import Endpoint
from conformance.transport.exchange import Exchange

IMAGES_A_REQUEST = 8
FEWEST, MOST = 9, 40
"""Texts per list: few enough for a slow encoder, and to find a rejected text quickly."""
Key = tuple[tuple[str, ...], tuple[bytes, ...]]


class VectorCache:
    """Responses by request, since encoding images takes most of the time of a run.

    A check takes only its prerequisites from here.
    """

    def __init__(self, endpoint: Endpoint) -> None:
        self._endpoint = endpoint
        self._pace = endpoint.client.pace
        self._known: dict[Key, Exchange] = {}
        self._read: dict[Key, Vectors] = {}

    def exchange(self, texts: Sequence[str] = (), images: Sequence[bytes] = ()) -> Exchange:
        """The response to one request of exactly these texts and images."""
        key = tuple(texts), tuple(images)
        if key not in self._known:
            self._known[key] = self._endpoint.vectorize(texts, images)
        return self._known[key]

    def vectors(self, texts: Sequence[str] = (), images: Sequence[bytes] = ()) -> Vectors:
        """The vectors of one request with exactly these texts and images.

        If the endpoint is too slow for that, several requests are sent.
        """
        key = tuple(texts), tuple(images)
        if key not in self._read:
            if len(texts) + len(images) == 1 or self._pace.fits(texts, images):
                exchange = self.exchange(texts, images)
                self._read[key] = given.vectors(exchange, len(texts), len(images))
            else:
                self._read[key] = self._in_parts(texts, images)
        return self._read[key]

    def _in_parts(self, texts: Sequence[str], images: Sequence[bytes]) -> Vectors:
        if texts and images:
            return Vectors(self.vectors(texts=texts).texts, self.vectors(images=images).images)
        if images:
            several = self._pace.images(len(images) - 1)
            parts = [images[at : at + several] for at in range(0, len(images), several)]
            rows = given.joined([self.vectors(images=part).images for part in parts])
            return replace(self.vectors(images=parts[0]), images=rows)
        several = self._pace.texts(len(texts) - 1)
        lists = [texts[at : at + several] for at in range(0, len(texts), several)]
        rows = given.joined([self.vectors(texts=part).texts for part in lists])
        return replace(self.vectors(texts=lists[0]), texts=rows)

    def text(self, text: str) -> Observation:
        """The vector of a text, sent alone."""
        return self.vectors(texts=[text]).texts[0]

    def first_texts(self, most: int) -> list[str]:
        """The first texts that were sent alone."""
        return [texts[0] for texts, images in self._read if len(texts) == 1 and not images][:most]

    def image(self, image: bytes) -> Observation:
        """The vector of an image, sent alone."""
        return self.vectors(images=[image]).images[0]

    def texts(self, texts: Iterable[str]) -> Observations:
        """The vectors (n, d) of several texts, each sent alone."""
        return given.joined([self.text(text) for text in texts])

    def images(self, images: Iterable[bytes]) -> Observations:
        """The vectors (n, d) of several images, each sent alone."""
        return given.joined([self.image(image) for image in images])

    def in_lists(self, texts: Sequence[str], first: int = FEWEST) -> Observations:
        """The vectors (n, d) of the texts, sent in lists of `first`, `first` + 1, ... texts.

        As a result, a run sends lists of many sizes. Raises Nonconformity for a text that is also
        rejected alone, or PrerequisiteFailed if only the list is rejected, which is not the check's
        subject.
        """
        most = self._pace.texts(MOST)
        return comparisons.joined([self._list(part) for part in growing_lists(texts, first, most)])

    def given_in_lists(self, texts: Sequence[str]) -> Observations:
        """Like `in_lists`, for a check that is not about whether the texts are served."""
        try:
            return self.in_lists(texts)
        except Nonconformity as problem:
            raise PrerequisiteFailed.of(problem) from None

    def _list(self, texts: Sequence[str]) -> Observations:
        try:
            return self.vectors(texts=texts).texts
        except PrerequisiteFailed:
            if self.exchange(texts).failure is None:
                for text in texts:
                    responses.vectors(self.exchange([text]), 1, 0)
            raise


def growing_lists(texts: Sequence[str], first: int, most: int = MOST) -> Iterator[Sequence[str]]:
    """The texts in lists of `first`, `first` + 1, ... up to `most`, and from FEWEST again."""
    start, size = 0, min(first, most)
    while start < len(texts):
        yield texts[start : start + size]
        start, size = start + size, size + 1 if size < most else min(FEWEST, most)


class EncodedCorpus:
    """The vectors of a corpus: English captions in one request, images eight at a time.

    The two kinds are requested separately, so that a defect in one does not affect the other.
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
