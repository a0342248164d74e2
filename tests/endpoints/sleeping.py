"""Endpoints that take seconds for each item, one request at a time, like large models on a CPU."""

import io
import time
import warnings

from PIL import Image

from tests.endpoints import registry
from tests.endpoints.endpoint import Asked, Body, Endpoint


class Sleeping(Endpoint):
    """Takes a number of seconds per item and per megapixel, under one lock."""

    def __init__(self, an_item: float, a_megapixel: float = 0.0) -> None:
        super().__init__(registry.encoder(registry.MULTILINGUAL))
        self.an_item = an_item
        self.a_megapixel = a_megapixel

    def body(self, asked: Asked) -> Body:
        items = len(asked.texts) + len(asked.images)
        with self.lock:
            pixels = sum(map(megapixels, asked.images)) if self.a_megapixel else 0.0
            time.sleep(self.an_item * items + self.a_megapixel * pixels)
        return super().body(asked)


def megapixels(image: bytes) -> float:
    """The size of an image; 0 for one that cannot be read."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            with Image.open(io.BytesIO(image)) as opened:
                return opened.width * opened.height / 1e6
        except (OSError, ValueError):
            return 0.0
