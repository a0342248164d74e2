"""The endpoint's own vectors, asked for directly: what Weaviate's are held against."""

from collections.abc import Sequence

import numpy as np

from conformance.data.tolerances import Array
from conformance.expect import Vectors
from conformance.transport.endpoint import Endpoint
from conformance.weaviate.content.arithmetic import combined
from conformance.weaviate.content.import_items import Item


class ObjectVectors:
    """Asks for the same thing once only."""

    def __init__(self, endpoint: Endpoint) -> None:
        self.endpoint = endpoint
        self.known: dict[tuple[tuple[str, ...], tuple[bytes, ...]], Vectors] = {}

    def of(self, texts: Sequence[str] = (), images: Sequence[bytes] = ()) -> Vectors:
        """The vectors of one request with exactly these texts and images."""
        key = tuple(texts), tuple(images)
        if key not in self.known:
            self.known[key] = self.endpoint.vectors(texts, images)
        return self.known[key]

    def text(self, text: str) -> Array:
        """A text alone, as a query: (d,)."""
        return np.asarray(self.of(texts=[text]).texts[0])

    def image(self, image: bytes) -> Array:
        """An image alone, as a query: (d,)."""
        return np.asarray(self.of(images=[image]).images[0])

    def stored(self, item: Item, weights: tuple[float, float] | None) -> Array:
        """What Weaviate is to store for an item: title and poster in one request, combined."""
        rows = self.of([item.title], [item.image])
        return combined([rows.texts[0], rows.images[0]], weights)
