"""Vectors of many small images, asked for in a few requests.

How many go together changes from request to request. Where such a request is refused, its images
are sent singly, so that a finding names the one that is not read.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import cycle
from typing import Final

from conformance.expect import given
from conformance.expect.nonconformity import PrerequisiteFailed
from conformance.expect.observations import Observation
from conformance.transport.endpoint import Endpoint
from conformance.transport.exchange import Exchange

COUNTS: Final = (8, 3, 7, 2, 8, 5, 6, 4)
MOST_BYTES: Final = 4 * 2**20
"""Of the files of one request."""


class ImageBatches:
    """Each image is encoded once, and once more where it is asked for alone."""

    def __init__(self, endpoint: Endpoint) -> None:
        self._endpoint = endpoint
        self._counts = cycle(COUNTS)
        self._together: dict[bytes, Observation] = {}
        self._alone: dict[bytes, Exchange] = {}

    def gather(self, images: Iterable[bytes]) -> None:
        """Ask for those that are not known yet.

        Raises PrerequisiteFailed for a request that was refused though each of its images is
        served alone.
        """
        new = dict.fromkeys(image for image in images if not self._knows(image))
        for batch in self._split(list(new)):
            self._ask(batch)

    def exchange(self, image: bytes) -> Exchange:
        """The exchange that has the vector of the image, or its refusal when it was sent alone."""
        known = self._together.get(image)
        return known.exchange if known else self.alone(image)

    def image(self, image: bytes) -> Observation:
        """The vector of an image, as a prerequisite."""
        known = self._together.get(image)
        return known or given.vectors(self.alone(image), 0, 1).images[0]

    def alone(self, image: bytes) -> Exchange:
        """The response to a request of this image alone."""
        if image not in self._alone:
            self._alone[image] = self._endpoint.vectorize(images=[image])
        return self._alone[image]

    def is_served(self, image: bytes) -> bool:
        """Whether the image has a vector."""
        return image in self._together or _is_good(self.alone(image))

    def _knows(self, image: bytes) -> bool:
        return image in self._together or image in self._alone

    def _split(self, images: Sequence[bytes]) -> Iterator[list[bytes]]:
        batch: list[bytes] = []
        most = next(self._counts)
        for image in images:
            if batch and (len(batch) == most or sum(map(len, [*batch, image])) > MOST_BYTES):
                yield batch
                batch, most = [], next(self._counts)
            batch.append(image)
        if batch:
            yield batch

    def _ask(self, batch: list[bytes]) -> None:
        exchange = self._endpoint.vectorize(images=batch)
        try:
            rows = given.vectors(exchange, 0, len(batch)).images
        except PrerequisiteFailed:
            if len(batch) == 1:
                self._alone[batch[0]] = exchange
                return
            # Each is sent alone, also behind one that is refused.
            served = [_is_good(self.alone(image)) for image in batch]
            if all(served):
                raise
            return
        self._together.update(zip(batch, rows, strict=True))


def _is_good(exchange: Exchange) -> bool:
    try:
        given.vectors(exchange, 0, 1)
    except PrerequisiteFailed:
        return False
    return True
