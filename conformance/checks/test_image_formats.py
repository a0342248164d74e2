"""IMG: every variant of every image format, compared with its expected vector."""

from collections.abc import Callable, Iterable
from functools import partial

import pytest

from conformance import expect
from conformance.corpus import image_formats
from conformance.corpus.image_files import Demand, Variant
from conformance.data import tolerances
from conformance.data.models import Model
from conformance.expect import given, image_comparisons
from conformance.expect.image_comparisons import ImageBatches
from conformance.options.settings import Settings

FORMATS = ("PNG", "JPEG", "WebP", "GIF", "BMP", "TIFF")
SEQUENCES, TRANSPARENT = "several images in a file", "transparent pixels"
METADATA, DAMAGED = "metadata", "damaged metadata"
PLAIN: tuple[Demand, ...] = ("plain", "lossy", "first", "turned")
OTHER_MODES: tuple[Demand, ...] = ("mode", "ink", "clear")
LOSSY = ("JPEG", "WebP", "TIFF")
READ: dict[str, tuple[Demand, ...]] = {"GIF": ("mode",)}
"""The demands that IMG-01 covers besides PLAIN: a GIF always has a palette."""


@pytest.fixture
def variants(
    model: Model, settings: Settings, batches: ImageBatches
) -> Callable[..., list[Variant]]:
    """The variants of a family with one of these demands; `elsewhere` means at other sizes."""

    def chosen(family: str, *demands: Demand, elsewhere: bool | None = None) -> list[Variant]:
        own = image_formats.own_size(family, model.image_size, settings.slow)
        others = image_formats.other_size(family, settings.slow) if family in FORMATS else ()
        found = (own if elsewhere is not True else ()), (others if elsewhere is not False else ())
        # The whole family at once, so that its variants share requests.
        batches.gather(file for each in (*own, *others) for file in (each.file, each.pixels))
        return [each for group in found for each in group if each.demand in demands]

    return chosen


def read(batches: ImageBatches, variants: Iterable[Variant]) -> None:
    """Require a vector for each variant."""

    def is_read(variant: Variant) -> None:
        if not batches.is_served(variant.file):
            expect.vectors(batches.alone(variant.file), 0, 1)

    image_comparisons.each_of({each.name: partial(is_read, each) for each in variants})


def same(
    batches: ImageBatches,
    variants: Iterable[Variant],
    within: float = tolerances.ACROSS_REQUESTS,
    rendered: bool = False,
) -> None:
    """Require the vector of the variant's pixels, or of a documented transform of them."""
    judge = partial(image_comparisons.same_image, batches, within=within, rendered=rendered)
    image_comparisons.each_of(
        {each.name: partial(judge, each.file, each.pixels, each.name) for each in variants}
    )


def nearly_same(batches: ImageBatches, variants: Iterable[Variant]) -> None:
    """Require nearly the vector of the variant's pixels, and not that of a misread copy."""
    image_comparisons.each_of(
        {
            each.name: partial(
                image_comparisons.nearly_same_image, batches, each.file, each.pixels, each.name
            )
            for each in variants
        }
    )


Chosen = Callable[..., list[Variant]]


@pytest.mark.clause("IMG-01")
@pytest.mark.parametrize("family", [*FORMATS, SEQUENCES])
def test_variants_of_a_format_are_read(
    batches: ImageBatches, variants: Chosen, family: str
) -> None:
    # Colored ones first: a gray one that is refused may be refused for its mode.
    found = variants(family, *READ.get(family, PLAIN))
    read(batches, sorted(found, key=lambda variant: "gray" in variant.name))


@pytest.mark.clause("IMG-02")
@pytest.mark.parametrize("family", [*FORMATS, TRANSPARENT])
def test_variants_of_a_mode_are_read(batches: ImageBatches, variants: Chosen, family: str) -> None:
    greys = [each for each in variants(family, *PLAIN) if "gray" in each.name]
    read(batches, [*variants(family, *OTHER_MODES), *greys])


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
    converted = variants(family, "lossy", "ink", "first", "clear")
    same(batches, converted, tolerances.OTHER_DECODER, rendered=True)


@pytest.mark.clause("IMG-10")
def test_jpegs_stay_close_to_the_image_itself(batches: ImageBatches, variants: Chosen) -> None:
    plain = {each.name: each.pixels for each in variants("PNG", "plain", elsewhere=False)}
    # Low quality is visible, and is left to IMG-13.
    good = [v for v in variants("JPEG", "lossy", "ink", elsewhere=False) if "quality" not in v.name]
    for each in good:
        itself = plain["8-bit gray PNG" if "gray" in each.name else "8-bit RGB PNG"]
        close(batches, each, itself)


def close(batches: ImageBatches, variant: Variant, image: bytes) -> None:
    """Require nearly the vector of the image that the variant was made from."""
    got, expected = batches.image(variant.file), batches.image(image)
    cosine = float(expect.cosines(given.joined([got]), given.joined([expected]))[0, 0])
    expect.require(
        cosine >= tolerances.CONVERTED_COSINE,
        f"{variant.name}: cosine similarity {cosine:.3f}",
        f"at least {tolerances.CONVERTED_COSINE} with the original image",
        got.exchange,
        expected.exchange,
    )


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
