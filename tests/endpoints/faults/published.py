"""Faults of an endpoint that is said to serve published weights."""

import numpy as np

from tests.endpoints.encoder import Matrix, single
from tests.endpoints.endpoint import Endpoint
from tests.endpoints.registry import Need, fault

PUBLISHED: tuple[Need, ...] = ("published",)


class Mixed(Endpoint):
    """Text vectors are mixed with what is not the model's."""

    share = 0.4

    def text_vector(self, text: str) -> Matrix:
        """The mixed vector."""
        vector = super().text_vector(text)
        return single(vector + self.share * np.roll(vector, 1))


@fault(
    "another-checkpoint",
    "images are found, the cosines are not the published ones",
    "ALN-06",
    needs=PUBLISHED,
)
class AnotherCheckpoint(Mixed):
    pass


@fault(
    "photographs-unknown",
    "weights of another training serve a published tag",
    "ALN-01",
    "ALN-02",
    needs=PUBLISHED,
)
class PhotographsUnknown(Endpoint):
    def image_vector(self, image: bytes) -> Matrix:
        return np.roll(super().image_vector(image), 1)


@fault(
    "photographs-half-seen",
    "image vectors carry a part that is not the model's",
    "ALN-06",
    "ALN-01",
    needs=PUBLISHED,
)
class PhotographsHalfSeen(Endpoint):
    def image_vector(self, image: bytes) -> Matrix:
        vector = super().image_vector(image)
        return single(vector + 0.8 * np.roll(vector, 2))
