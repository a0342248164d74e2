"""The endpoint's own vectors, asked for directly: what Weaviate's are held against."""

from collections.abc import Sequence

from conformance.data.tolerances import Array
from conformance.expect import Vectors
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

    def stored(self, item: Item, weights: tuple[float, float] | None) -> Array:
        """What Weaviate is to store for an item: title and poster in one request, combined."""
        rows = self.of([item.title], [item.image])
        return combined([rows.texts[0].vector, rows.images[0].vector], weights)
