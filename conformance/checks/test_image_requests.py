"""IMG, VEC: images of all kinds in one request, in any number, again, at once, and later."""

from collections.abc import Sequence
from functools import cache as made_once

import pytest

from conformance import expect
from conformance.corpus import image_families, image_files, image_sizes
from conformance.expect import given
from conformance.expect.image_comparisons import ImageBatches
from conformance.expect.vector_cache import VectorCache
from conformance.transport.endpoint import Endpoint, Items

COUNTS = (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 15)
BUSY = 3
"""Requests of texts beside each image of the load."""


@made_once
def kinds() -> tuple[bytes, ...]:
    """One small image of each kind: format, mode, size, shape."""
    chosen = [
        variant.file
        for family in image_families.FAMILIES
        for variant in image_families.other_size(family)[1::2][:2]
    ]
    shapes = [each.file for each in image_sizes.banded(64, 1, crops=True)]
    return (*chosen, shapes[0], shapes[3], *shapes[-4:-2])


def counted(batches: ImageBatches, count: int) -> list[bytes]:
    """So many images of all kinds, without those that are not read."""
    images = rotated(kinds(), count)[:count]
    batches.gather(images)
    return [image for image in images if batches.is_served(image)]


@pytest.mark.clause("VEC-02")
@pytest.mark.parametrize("count", COUNTS)
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
    what = f"{len(images)} images and the same in other requests"
    expect.same(got, apart, what, names=list(map(image_files.described, images)))


@pytest.mark.clause("IMG-08")
@pytest.mark.parametrize("backwards", [False, True], ids=["in order", "in reverse order"])
def test_kinds_in_one_request_make_no_difference(
    endpoint: Endpoint, batches: ImageBatches, backwards: bool
) -> None:
    images = [image for image in kinds()[:16] if batches.is_served(image)]
    sent = images[::-1] if backwards else images
    got = given.vectors(endpoint.vectorize(["a red circle"], sent), 1, len(sent)).images
    alone = [given.vectors(batches.alone(image), 0, 1).images[0] for image in sent]
    names = list(map(image_files.described, sent))
    expect.same(got, given.joined(alone), "beside images of other kinds", names=names)


@pytest.mark.clause("IMG-04")
def test_an_image_of_any_kind_is_bit_equal_over_another_connection(
    endpoint: Endpoint, batches: ImageBatches
) -> None:
    images = [image for image in kinds() if batches.is_served(image)]
    before = [given.vectors(batches.alone(image), 0, 1).images[0] for image in images]
    endpoint.client.drop_connections()
    for image, first in zip(images, before, strict=True):
        again = given.vectors(endpoint.vectorize(images=[image]), 0, 1).images[0]
        expect.equal(again, first, "the same image over another connection")


@pytest.mark.clause("IMG-04")
def test_an_image_is_bit_equal_under_load(endpoint: Endpoint, batches: ImageBatches) -> None:
    images = [image for image in kinds() if batches.is_served(image)][:8]
    before = [given.vectors(batches.alone(image), 0, 1).images[0] for image in images]
    load = [Items([f"busy {number}", "a red circle"]) for number in range(BUSY)]
    work = [each for image in images for each in (Items((), [image]), load[0])] + load
    exchanges = endpoint.vectorize_at_once(work)[: 2 * len(images) : 2]
    for exchange, first in zip(exchanges, before, strict=True):
        again = given.vectors(exchange, 0, 1).images[0]
        expect.equal_at_once(again, first, f"the same image beside {len(work) - 1} other requests")


def rotated(images: Sequence[bytes], by: int) -> list[bytes]:
    """The same images, beginning further on."""
    return [*images[by:], *images[:by]]
