"""IMG: what an image's vector depends on. VEC-02: any number of images in one request.

Different images have different vectors, even if they differ in only one respect. The same image has
the same vector alongside others, when repeated, in parallel, and later. Formats and sizes are
checked in separate files.
"""

from functools import cache as made_once

import pytest
from PIL import Image

from conformance import expect
from conformance.corpus import (
    image_files,
    image_formats,
    image_pairs,
    image_scenes,
    image_sizes,
    photographs,
)
from conformance.corpus.alignment import AlignedCorpus
from conformance.data import tolerances
from conformance.data.models import Model
from conformance.data.statuses import not_applicable
from conformance.exact import items
from conformance.expect import given
from conformance.expect.image_comparisons import ImageBatches, all_different
from conformance.expect.vector_cache import EncodedCorpus, VectorCache
from conformance.options.settings import Settings
from conformance.transport.endpoint import Endpoint, Items

USUAL_SIZE = 224
LARGE = 1220
"""Side in pixels of a BMP of 4.4 MB."""
COUNTS = (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 15)
SHAPES = ((2, 1, 192), (3, 1, 768), (1, 3, 768), (5, 1, 192), (1, 9, 192))
"""Aspect ratios and shorter sides of images whose sides are cut off by a center crop."""
BUSY = 3
"""Requests with texts sent alongside each image."""


@pytest.mark.clause("IMG-07")
@pytest.mark.parametrize("name", image_pairs.names())
def test_a_difference_is_seen(batches: ImageBatches, model: Model, name: str) -> None:
    own = model.image_size if model.image_resize in ("crop", "squash") else None
    group = image_pairs.group(name, model.image_size or USUAL_SIZE)
    all_different(batches, group.images, own)


@pytest.mark.clause("IMG-06")
def test_a_difference_is_seen_in_large_files(batches: ImageBatches) -> None:
    all_different(batches, image_pairs.large(LARGE).images, None)


@made_once
def kinds() -> tuple[bytes, ...]:
    """Small images with various formats, modes, sizes, and shapes."""
    chosen = [
        variant.file
        for family in image_formats.FAMILIES
        for variant in image_formats.other_size(family)[1::2][:2]
    ]
    shapes = [each.file for each in image_sizes.banded(64, 1, crops=True)]
    return (*chosen, shapes[0], shapes[3], *shapes[-4:-2])


def counted(batches: ImageBatches, count: int) -> list[bytes]:
    """`count` images of all kinds, without those that the endpoint does not read."""
    return batches.served([*kinds()[count:], *kinds()[:count]][: batches.most(count)])


# An endpoint that limits requests to eight images violates only VEC-11.
@pytest.mark.parametrize(
    "count",
    [pytest.param(n, marks=pytest.mark.clause("VEC-02" if n <= 8 else "VEC-11")) for n in COUNTS],
)
def test_any_number_of_images(cache: VectorCache, batches: ImageBatches, count: int) -> None:
    images = counted(batches, count)
    expect.vectors(cache.exchange(images=images), 0, len(images))


@pytest.mark.clause("IMG-08")
@pytest.mark.parametrize("count", COUNTS[1:])
def test_the_number_of_images_makes_no_difference(
    cache: VectorCache, batches: ImageBatches, count: int
) -> None:
    images = counted(batches, count)
    got = cache.vectors(images=images).images
    apart = given.joined([batches.image(each) for each in images])
    what = f"{len(images)} images and the same images in other requests"
    expect.same(got, apart, what, names=list(map(image_files.described, images)))


@pytest.mark.clause("IMG-08")
@pytest.mark.parametrize("backwards", [False, True], ids=["in order", "in reverse order"])
def test_kinds_in_one_request_make_no_difference(
    endpoint: Endpoint, batches: ImageBatches, backwards: bool
) -> None:
    images = batches.served(kinds()[:16])
    sent = images[::-1] if backwards else images
    got = given.vectors(endpoint.vectorize(["a red circle"], sent), 1, len(sent)).images
    alone = [given.vectors(batches.alone(image), 0, 1).images[0] for image in sent]
    names = list(map(image_files.described, sent))
    expect.same(got, given.joined(alone), "alongside images of other kinds", names=names)


@pytest.mark.clause("IMG-04")
def test_an_image_of_any_kind_is_bit_equal_over_another_connection(
    endpoint: Endpoint, batches: ImageBatches
) -> None:
    images = batches.served(kinds())
    before = [given.vectors(batches.alone(image), 0, 1).images[0] for image in images]
    endpoint.client.drop_connections()
    for image, first in zip(images, before, strict=True):
        again = given.vectors(endpoint.vectorize(images=[image]), 0, 1).images[0]
        expect.equal(again, first, "the same image over another connection")


@pytest.mark.clause("IMG-04")
def test_an_image_is_bit_equal_under_load(endpoint: Endpoint, batches: ImageBatches) -> None:
    images = batches.served(kinds())[:8]
    before = [given.vectors(batches.alone(image), 0, 1).images[0] for image in images]
    load = [Items([f"busy {number}", "a red circle"]) for number in range(BUSY)]
    work = [each for image in images for each in (Items((), [image]), load[0])] + load
    exchanges = endpoint.vectorize_at_once(work)[: 2 * len(images) : 2]
    for exchange, first in zip(exchanges, before, strict=True):
        again = given.vectors(exchange, 0, 1).images[0]
        expect.equal_at_once(again, first, f"the same image alongside {len(work) - 1} requests")


@pytest.mark.clause("IMG-07")
def test_different_images_differ(encoded: EncodedCorpus, corpus: AlignedCorpus) -> None:
    expect.distinct(encoded.images, corpus.names)


@pytest.mark.clause("IMG-09")
@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_an_image_is_brought_to_size_as_the_model_does(
    cache: VectorCache, model: Model, shape: tuple[int, int, int]
) -> None:
    if model.image_resize not in ("crop", "squash"):
        not_applicable(f"preprocessing {model.image_resize or 'unknown'}")
    light, dark = (cache.image(long(shade, *shape)) for shade in (250, 20))
    apart = tolerances.distance(light.vector, dark.vector)
    got = f"a relative distance of {apart:.2g} between images that differ only at their sides"
    crops = model.image_resize == "crop"
    differ = expect.beyond(apart, tolerances.ACROSS_REQUESTS)
    expected = "no difference: the model crops" if crops else "a difference: the model squashes"
    expect.require(differ != crops, got, expected, light.exchange, dark.exchange)


@pytest.mark.clause("IMG-09")
@pytest.mark.parametrize("name", ["astronaut", "coffee", "chelsea", "larger, wide", "smaller"])
def test_an_image_has_the_vector_of_a_documented_rendering(
    batches: ImageBatches, model: Model, settings: Settings, name: str
) -> None:
    if settings.weights != "published":
        not_applicable("stand-ins are tested by their exact vectors (EXA)")
    if model.image_resize not in ("crop", "squash") or not model.image_size:
        not_applicable(f"preprocessing {model.image_resize or 'unknown'}")
    drawings, crops = items.sized(model.image_size), model.image_resize == "crop"
    file = drawings.get(name) or image_files.save(photographs.load(name), "PNG")
    got = alone(batches, file)
    known = image_sizes.FILTERS
    filters = [known[model.image_filter]] if model.image_filter else known.values()
    shown = image_sizes.renderings(file, model.image_size, crops, filters)

    def apart(image: bytes) -> float:
        return tolerances.distance(got.vector, alone(batches, image).vector)

    nearest = min(map(apart, shown))
    if nearest <= tolerances.RENDERED:
        return
    bar = rounding(batches, file, shown[0], model.image_size, crops)
    if not expect.beyond(nearest, bar):
        return
    mistakes = list(image_sizes.mistaken(file, model.image_size, crops).items())
    causes = {apart(copy): cause for cause, copy in mistakes[: batches.most(len(mistakes))]}
    left = min(causes)
    explained = left <= min(bar, tolerances.EXPLAINED * nearest)
    likely = f", as if {causes[left]}" if explained else ""
    size = f"{model.image_size} x {model.image_size} pixels"
    found = f"{name}: the vector is at a relative distance of {nearest:.2g} from that of the image"
    found += f" resized to {size}{likely}"
    expected = f"at most {bar:.2g} from that of a PNG of {size} made by the model's preprocessing"
    expect.require(False, found, expected, got.exchange)


def rounding(batches: ImageBatches, file: bytes, rendering: bytes, own: int, crops: bool) -> float:
    """How far rounding may move this image's vector, with this model and its precision."""

    def moved(copy: bytes) -> float:
        return tolerances.distance(*(alone(batches, each).vector for each in (rendering, copy)))

    bar = max(tolerances.RENDERED, tolerances.TIMES_ROUNDING * moved(noisy(rendering)))
    if min(image_files.opened(file).size) < own:
        # Enlarging a small image spreads one rounded value over several pixels.
        enlarged = image_sizes.renderings(noisy(file), own, crops)[0]
        bar = max(bar, tolerances.TIMES_ENLARGED * moved(enlarged))
    return min(bar, tolerances.LOW_PRECISION)


def noisy(file: bytes) -> bytes:
    """A slightly perturbed copy of the image."""
    return image_files.save(image_sizes.noisy(image_files.opened(file)), "PNG")


@pytest.mark.clause("IMG-09")
def test_an_image_of_the_models_own_size_is_seen_to_its_edge(
    batches: ImageBatches, model: Model
) -> None:
    if not model.image_resize or not model.image_size:
        not_applicable("preprocessing unknown")
    one, other = (alone(batches, each) for each in image_sizes.framed(model.image_size))
    size = f"{model.image_size} x {model.image_size} pixels"
    got = f"the same vector for two images of {size} that differ only at their edges"
    expected = "different vectors, since images of the model's input size are not cropped"
    differ = tolerances.distance(one.vector, other.vector) > tolerances.DIFFERENT
    expect.require(differ, got, expected, one.exchange, other.exchange)


def alone(batches: ImageBatches, image: bytes) -> expect.Observation:
    """The vector of an image that is sent alone, so that no other item can affect it."""
    return given.vectors(batches.alone(image), 0, 1).images[0]


@pytest.mark.clause("IMG-11")
@pytest.mark.parametrize(("name", "kind"), [("astronaut", "JPEG"), ("coffee", "PNG")])
def test_photographs_are_read(endpoint: Endpoint, cache: VectorCache, name: str, kind: str) -> None:
    shown = photographs.load(name) if photographs.available() else image_scenes.detailed(600, 400)
    photograph = image_files.save(shown, kind)
    first = expect.vectors(cache.exchange(images=[photograph]), 0, 1).images[0]
    again = expect.vectors(endpoint.vectorize(images=[photograph]), 0, 1).images[0]
    expect.equal(again, first, f"{name} again")


def long(shade: int, width: int, height: int, size: int) -> bytes:
    """A drawing between sides of this shade, with margins so that resizing does not blend them.

    The shorter side has `size` pixels.
    """
    canvas = Image.new("RGB", (width * size, height * size), (shade, shade, shade))
    left, top = (width - 1) * size // 2, (height - 1) * size // 2
    margin = min(size // 6, max(left, top))
    box = (left - min(margin, left), top - min(margin, top))
    canvas.paste((235, 235, 235), (*box, canvas.width - box[0], canvas.height - box[1]))
    canvas.paste(image_files.image(0, size), (left, top))
    return image_files.save(canvas, "PNG")
