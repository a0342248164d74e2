"""IMG: every variant of every image format has its expected vector."""

from collections.abc import Callable, Iterable
from functools import partial

import pytest

from conformance.corpus import image_formats
from conformance.corpus.image_files import Demand, Variant
from conformance.data.models import Model
from conformance.expect.image_comparisons import (
    ImageBatches,
    decoded_image,
    each_image,
    each_read,
    nearly_same_image,
    same_image,
)
from conformance.options.settings import Settings

FORMATS = ("PNG", "JPEG", "WebP", "GIF", "BMP", "TIFF")
SEQUENCES, TRANSPARENT = "several images in a file", "transparent pixels"
METADATA, DAMAGED = "metadata", "damaged metadata"
PLAIN: tuple[Demand, ...] = ("plain", "lossy", "first", "turned")
OTHER_MODES: tuple[Demand, ...] = ("mode", "ink", "clear")
LOSSY = ("JPEG", "WebP", "TIFF")
READ: dict[str, tuple[Demand, ...]] = {"GIF": ("mode",)}
"""The demands that replace PLAIN in IMG-01, by family: a GIF always has a palette."""


@pytest.fixture
def variants(
    model: Model, settings: Settings, batches: ImageBatches
) -> Callable[..., list[Variant]]:
    """The variants of a family with one of these demands; `elsewhere` means at other sizes."""
    return partial(chosen, batches, model.image_size, settings.slow)


def chosen(
    batches: ImageBatches,
    side: int | None,
    whole: bool,
    family: str,
    *demands: Demand,
    elsewhere: bool | None = None,
) -> list[Variant]:
    """Such variants for a model of `side` pixels; `whole` includes redundant variants."""
    own = image_formats.own_size(family, side, whole)
    others = image_formats.other_size(family, whole) if family in FORMATS else ()
    found = (own if elsewhere is not True else ()), (others if elsewhere is not False else ())
    # Request the whole family at once, so that its variants share requests.
    batches.gather(file for each in (*own, *others) for file in (each.file, each.pixels))
    return [each for group in found for each in group if each.demand in demands]


def read(batches: ImageBatches, variants: Iterable[Variant]) -> None:
    """Require a vector for each variant."""
    each_read(batches, {each.name: each.file for each in variants})


def beside_pixels(variants: Iterable[Variant]) -> list[tuple[str, bytes, bytes]]:
    """The name of each variant, its file, and the PNG of its pixels."""
    return [(each.name, each.file, each.pixels) for each in variants]


def same(batches: ImageBatches, variants: Iterable[Variant]) -> None:
    """Require for each variant the vector of a PNG with the same pixels."""
    each_image(same_image, batches, beside_pixels(variants))


def decoded(batches: ImageBatches, variants: Iterable[Variant]) -> None:
    """Require nearly the vector of each variant's pixels, or of a documented transform of them."""
    each_image(decoded_image, batches, beside_pixels(variants))


def nearly_same(batches: ImageBatches, variants: Iterable[Variant]) -> None:
    """Require nearly the vector of each variant's pixels, not that of a wrongly decoded copy."""
    each_image(nearly_same_image, batches, beside_pixels(variants))


Chosen = Callable[..., list[Variant]]


@pytest.mark.clause("IMG-01")
@pytest.mark.parametrize("family", [*FORMATS, SEQUENCES])
def test_variants_of_a_format_are_read(
    batches: ImageBatches, variants: Chosen, family: str
) -> None:
    # Colored ones first: a gray one that is rejected may be rejected for its mode.
    found = variants(family, *READ.get(family, PLAIN))
    read(batches, sorted(found, key=lambda variant: "gray" in variant.name))


@pytest.mark.clause("IMG-02")
@pytest.mark.parametrize("family", [*FORMATS, TRANSPARENT])
def test_variants_of_a_mode_are_read(batches: ImageBatches, variants: Chosen, family: str) -> None:
    grays = [each for each in variants(family, *PLAIN) if "gray" in each.name]
    read(batches, [*variants(family, *OTHER_MODES), *grays])


@pytest.mark.clause("IMG-03")
@pytest.mark.parametrize("family", FORMATS)
def test_variants_of_the_same_pixels_have_the_same_vector(
    batches: ImageBatches, variants: Chosen, family: str
) -> None:
    same(batches, [*variants(family, "plain"), *variants(family, "mode", elsewhere=False)])


@pytest.mark.clause("IMG-03")
@pytest.mark.parametrize("family", [*FORMATS, TRANSPARENT])
def test_variants_in_another_mode_are_close(
    batches: ImageBatches, variants: Chosen, family: str
) -> None:
    nearly_same(batches, variants(family, "mode", "clear"))


@pytest.mark.clause("IMG-12")
@pytest.mark.parametrize("family", FORMATS)
def test_variants_in_another_mode_have_the_same_vector(
    batches: ImageBatches, variants: Chosen, family: str
) -> None:
    same(batches, variants(family, "mode", elsewhere=True))


@pytest.mark.clause("IMG-13")
@pytest.mark.parametrize("family", LOSSY)
def test_lossy_variants_show_their_pixels(
    batches: ImageBatches, variants: Chosen, family: str
) -> None:
    nearly_same(batches, variants(family, "lossy"))


@pytest.mark.clause("IMG-10")
@pytest.mark.parametrize("family", [*LOSSY, SEQUENCES, TRANSPARENT])
def test_converted_variants_stay_close(
    batches: ImageBatches, variants: Chosen, family: str
) -> None:
    decoded(batches, variants(family, "lossy", "ink", "first", "clear"))


@pytest.mark.clause("IMG-10")
@pytest.mark.parametrize("family", [SEQUENCES, TRANSPARENT])
def test_lossless_variants_have_the_vector_of_their_pixels(
    batches: ImageBatches, variants: Chosen, family: str
) -> None:
    found = variants(family, "first", "clear", elsewhere=False)
    same(batches, [each for each in found if each.shown is not None])


@pytest.mark.clause("IMG-14")
def test_what_a_file_carries_is_read_over(batches: ImageBatches, variants: Chosen) -> None:
    carried = variants(METADATA, "carried")
    read(batches, carried)
    same(batches, carried)


@pytest.mark.clause("IMG-17")
def test_metadata_that_decoders_refuse_is_ignored(batches: ImageBatches, variants: Chosen) -> None:
    damaged = variants(DAMAGED, "carried")
    read(batches, damaged)
    same(batches, damaged)
