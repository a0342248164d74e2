"""Many images in one request: the suite finds the one that caused a rejection or a wrong vector."""

import base64
import io
import json
from collections.abc import Callable, Sequence
from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image

from conformance.corpus.image_files import png, save
from conformance.corpus.image_scenes import flat
from conformance.data.models import Model
from conformance.expect import Nonconformity, PrerequisiteFailed, image_comparisons
from conformance.expect.image_comparisons import ImageBatches
from conformance.transport.endpoint import Items
from conformance.transport.exchange import Exchange
from conformance.transport.pace import Pace

IMAGES = [png(flat(2, 2, (number, 0, 0))) for number in range(20)]
BAD = IMAGES[4]


class Stub:
    """Replaces an Endpoint: returns vectors that are a function of the images, or rejects the
    request."""

    def __init__(self, row: Callable[[bytes, int], list[float] | None]) -> None:
        self.row = row
        self.client = SimpleNamespace(pace=Pace(50))
        self.counts: list[int] = []

    def vectorize(self, texts: Sequence[str] = (), images: Sequence[bytes] = ()) -> Exchange:
        self.counts.append(len(images))
        rows = [self.row(image, len(images)) for image in images]
        served = None not in rows
        body = {"imageVectors": rows} if served else {"error": "unreadable"}
        request, response = Items(texts, images).body(), json.dumps(body).encode()
        headers = {"content-type": "application/json"}
        status = 200 if served else 500
        return Exchange("POST", "http://stub", (), request, status, "HTTP/1.1", headers, response)


def digest(image: bytes, _: int) -> list[float]:
    return [float(value) for value in base64.b64encode(image)[-24:-16]]


def batches(row: Callable[[bytes, int], list[float] | None]) -> tuple[ImageBatches, Stub]:
    stub = Stub(row)
    return ImageBatches(stub), stub  # type: ignore[arg-type]


def test_each_image_is_sent_once() -> None:
    several, stub = batches(digest)
    several.gather(IMAGES)
    several.gather(IMAGES)
    assert sum(stub.counts) == len(IMAGES)
    assert len(set(stub.counts)) > 1


def test_the_image_that_is_refused_is_found() -> None:
    several, _ = batches(lambda image, n: None if image == BAD else digest(image, n))
    several.gather(IMAGES)
    assert [image for image in IMAGES if not several.is_served(image)] == [BAD]


def test_a_refusal_of_good_images_together_is_told() -> None:
    several, _ = batches(lambda image, n: None if n == 3 else digest(image, n))
    with pytest.raises(PrerequisiteFailed) as told:
        several.gather(IMAGES)
    assert told.value.cause.items == "images"


def test_failures_are_told_together() -> None:
    def fails() -> None:
        raise Nonconformity("wrong", "right")

    with pytest.raises(Nonconformity, match=r"one: wrong; also three"):
        image_comparisons.each_of({"one": fails, "two": lambda: None, "three": fails})


def test_what_a_library_makes_of_an_image_is_no_fault() -> None:
    def seen(image: bytes, _: int) -> list[float]:
        """The center square, resized before it is converted to RGB, as in open_clip."""
        opened = Image.open(io.BytesIO(image))
        scaled = opened.resize((16 * opened.width // opened.height, 16), Image.Resampling.BICUBIC)
        left = (scaled.width - 16) // 2
        pixels = scaled.crop((left, 0, left + 16, 16)).convert("RGB")
        return [float(value) for value in np.asarray(pixels, dtype=float).reshape(-1)]

    noise = Image.fromarray(np.random.default_rng(0).integers(0, 255, (40, 90), dtype=np.uint8))
    file, shown = (save(each, "PNG") for each in (noise.convert("1"), noise))
    stub = Stub(seen)
    model = Model("tag", image_size=16, image_resize="crop")
    several = ImageBatches(stub, model)  # type: ignore[arg-type]
    image_comparisons.nearly_same_image(several, file, shown, "1-bit")
    with pytest.raises(Nonconformity):
        image_comparisons.nearly_same_image(ImageBatches(stub), file, shown, "1-bit")  # type: ignore[arg-type]
