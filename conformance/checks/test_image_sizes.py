"""IMG: image sizes from one pixel to 50 megapixels, and file sizes from bytes to megabytes."""

from collections.abc import Iterable
from functools import partial

import pytest

from conformance import expect
from conformance.corpus import image_files, image_sizes, png_files
from conformance.corpus.image_sizes import Sized
from conformance.data import tolerances
from conformance.data.models import Model
from conformance.data.statuses import not_applicable
from conformance.expect import given
from conformance.expect.image_comparisons import (
    ImageBatches,
    each_image,
    each_of,
    each_read,
    is_read,
    nearly_same_image,
    same_image,
)
from conformance.expect.item_limits import MOST_BYTES
from conformance.expect.nonconformity import CauseKind
from conformance.transport.endpoint import Endpoint, Items

USUAL_SIZE = 224
SCALING = ("crop", "squash")


@pytest.fixture
def own(model: Model) -> int:
    """The side of the model's input images."""
    return model.image_size or USUAL_SIZE


@pytest.fixture
def of_one_color(own: int, seeds: range, batches: ImageBatches) -> list[Sized]:
    """Single-color images of every side length."""
    return gathered(batches, (each for s in seeds for each in image_sizes.of_one_color(own, s)))


@pytest.fixture
def banded(own: int, model: Model, seeds: range, batches: ImageBatches) -> list[Sized]:
    """Banded images of every side length and shape."""
    crops = model.image_resize != "squash"
    return gathered(batches, (each for s in seeds for each in image_sizes.banded(own, s, crops)))


def gathered(batches: ImageBatches, sized: Iterable[Sized]) -> list[Sized]:
    """The images, after they have all been requested."""
    found = list(sized)
    batches.gather(file for each in found for file in (each.file, each.shown))
    return found


def shown(sized: Iterable[Sized]) -> list[tuple[str, bytes, bytes]]:
    """The name of each image, its file, and what it shows."""
    return [(each.name, each.file, each.shown) for each in sized]


def named(sized: Iterable[Sized]) -> dict[str, bytes]:
    """The files by name."""
    return {each.name: each.file for each in sized}


def scales(model: Model) -> None:
    """Skip the test unless the model sees the whole image or its middle, without tiling it."""
    if model.image_resize not in SCALING:
        not_applicable(f"preprocessing {model.image_resize or 'unknown'}")


@pytest.mark.clause("IMG-05")
def test_images_of_every_side_are_read(batches: ImageBatches, of_one_color: list[Sized]) -> None:
    each_read(batches, named(of_one_color))


@pytest.mark.clause("IMG-05")
def test_images_of_every_shape_are_read(batches: ImageBatches, banded: list[Sized]) -> None:
    each_read(batches, named(banded))


@pytest.mark.clause("IMG-05")
def test_images_of_extreme_shapes_are_read(batches: ImageBatches) -> None:
    files = image_files.extreme_sizes() | image_files.tiny()
    batches.gather(files.values())
    each_read(batches, files)


@pytest.mark.clause("IMG-15")
def test_one_color_is_the_same_at_every_size(
    batches: ImageBatches, model: Model, of_one_color: list[Sized]
) -> None:
    scales(model)
    each_image(same_image, batches, shown(of_one_color))


@pytest.mark.clause("IMG-15")
def test_bands_look_the_same_at_every_size(
    batches: ImageBatches, model: Model, banded: list[Sized]
) -> None:
    scales(model)
    each_image(nearly_same_image, batches, shown(banded))


@pytest.mark.clause("IMG-15")
def test_a_scene_looks_the_same_in_every_shape(
    batches: ImageBatches, model: Model, own: int
) -> None:
    scales(model)
    cropped, squashed = (image_sizes.drawn(own, crops) for crops in (True, False))
    gathered(batches, [*cropped, *squashed])

    def judge(ways: tuple[Sized, Sized]) -> None:
        # IMG-09 tests which part of the image the model sees.
        files = (ways[0].file, *(each.shown for each in ways))
        got, *others = given.joined([batches.image(file) for file in files]).vectors
        apart = [tolerances.distance(got, each) for each in others]
        nearer = ways[apart.index(min(apart))]
        nearly_same_image(batches, nearer.file, nearer.shown, nearer.name)

    both = zip(cropped, squashed, strict=True)
    each_of({ways[0].name: partial(judge, ways) for ways in both})


@pytest.mark.clause("IMG-06")
@pytest.mark.parametrize("name", [*image_sizes.PHOTOGRAPHS, *image_sizes.IN_MODES])
def test_12_megapixels_are_read_and_seen(
    batches: ImageBatches, model: Model, own: int, name: str
) -> None:
    seen(batches, model, image_sizes.photograph(name, own, model.image_resize != "squash"))


@pytest.mark.clause("IMG-06")
def test_one_color_is_the_same_at_every_large_size(
    batches: ImageBatches, model: Model, own: int, seeds: range
) -> None:
    sides = image_sizes.LARGE_SIDES
    sized = (each for s in seeds for each in image_sizes.of_one_color(own, s, sides))
    large = gathered(batches, sized)
    each_read(batches, named(large))
    if model.image_resize in SCALING:
        each_image(same_image, batches, shown(large))


@pytest.mark.clause("IMG-06")
@pytest.mark.parametrize("name", image_sizes.HEAVY)
def test_heavy_files_are_read_and_seen(
    batches: ImageBatches, model: Model, own: int, name: str
) -> None:
    seen(batches, model, image_sizes.heavy(name, own))


@pytest.mark.clause("IMG-06")
def test_every_pixel_of_a_large_image_counts(batches: ImageBatches, model: Model, own: int) -> None:
    seen(batches, model, image_sizes.canceled(own))


@pytest.mark.clause("IMG-06")
@pytest.mark.parametrize("at_once", [False, True], ids=["in one request", "in parallel"])
def test_large_images_together(
    endpoint: Endpoint, batches: ImageBatches, own: int, model: Model, at_once: bool
) -> None:
    crops = model.image_resize != "squash"
    several = [image_sizes.photograph(name, own, crops) for name in image_sizes.PHOTOGRAPHS]
    files = [each.file for each in several]
    if at_once:
        exchanges = endpoint.vectorize_at_once([Items((), [file]) for file in files])
        rows = [expect.vectors(each, 0, 1).images[0] for each in exchanges]
    else:
        rows = list(expect.vectors(endpoint.vectorize(images=files), 0, len(files)).images)
    for row, each in zip(rows, several, strict=True):
        cause = CauseKind.CROSSED if at_once else None
        expect.same(row, batches.image(each.file), f"{each.name} alongside others", cause=cause)


@pytest.mark.clause("IMG-06")
def test_a_body_of_16_mib_is_served(endpoint: Endpoint) -> None:
    # Base64 turns three bytes into four; 40 kB are left for the JSON around it.
    image = png_files.heavy(MOST_BYTES * 3 // 4 - 40_000)
    expect.vectors(endpoint.vectorize(images=[image]), 0, 1)


@pytest.mark.clause("IMG-16")
@pytest.mark.parametrize("name", image_sizes.SENSORS)
def test_a_whole_sensor_is_read(batches: ImageBatches, model: Model, own: int, name: str) -> None:
    seen(batches, model, image_sizes.photograph(name, own, model.image_resize != "squash"))


def seen(batches: ImageBatches, model: Model, large: Sized) -> None:
    """Require a vector, close to a small copy's if the model sees the same part of both."""
    batches.gather([large.file])
    is_read(batches, large.file)
    if model.image_resize in SCALING:
        nearly_same_image(batches, large.file, large.shown, large.name)
