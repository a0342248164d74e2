"""The endpoint's own vectors, asked for directly: what Weaviate's are held against."""

from collections.abc import Sequence

from conformance.data.tolerances import Array
from conformance.expect import Observation, Vectors
from conformance.expect.vector_cache import VectorCache
from conformance.weaviate.content.arithmetic import combined
from conformance.weaviate.content.import_items import Item


class ObjectVectors:
    """The vectors of objects, by way of the cache that all checks share."""

    def __init__(self, cache: VectorCache) -> None:
        self._cache = cache

    def of(self, texts: Sequence[str] = (), images: Sequence[bytes] = ()) -> Vectors:
        """The vectors of one request with exactly these texts and images."""
        return self._cache.vectors(texts, images)

    def text(self, text: str) -> Array:
        """A text alone, as a query: (d,)."""
        return self._cache.text(text).vector

    def image(self, image: bytes) -> Array:
        """An image alone, as a query: (d,)."""
        return self._cache.image(image).vector

    def stored(self, item: Item, weights: tuple[float, float] | None) -> Observation:
        """What Weaviate is to store for an item: title and poster in one request, combined."""
        vectors = self.of([item.title], [item.image])
        rows = [vectors.texts[0], vectors.images[0]]
        return Observation(combined([row.vector for row in rows], weights), rows[0].exchange)
