"""As read by Pillow, each generated image file has the properties that its name states."""

import io
from itertools import combinations

import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image, UnidentifiedImageError

from conformance.corpus import image_formats, image_pairs, image_sizes
from conformance.corpus.image_files import Variant
from reference.images import without_metadata

FORMATS = tuple(name for name in image_formats.FAMILIES if "metadata" not in name)
SIZES = ((40, 40), (33, 37), (3, 2), (1, 1))
MODES = {"plain": {"RGB", "L"}, "mode": {"P", "1", "L", "LA", "RGB", "RGBA", "I;16", "I;16B"}}


def opened(file: bytes) -> Image.Image:
    with Image.open(io.BytesIO(file)) as found:
        found.load()
        return found


def rgb(file: bytes) -> npt.NDArray[np.uint8]:
    found = opened(file)
    # The color values of transparent pixels are white, so no background is needed.
    found.info.pop("transparency", None)
    return np.asarray(found.convert("RGB"))


@pytest.mark.parametrize("size", SIZES, ids=str)
@pytest.mark.parametrize("family", FORMATS)
def test_variants_hold_their_pixels(family: str, size: tuple[int, int]) -> None:
    for variant in image_formats.FAMILIES[family](*size):
        assert np.array_equal(rgb(variant.file), rgb(variant.pixels)), variant.name


@pytest.mark.parametrize("size", SIZES, ids=str)
def test_metadata_leaves_the_pixels(size: tuple[int, int]) -> None:
    for variant in image_formats.FAMILIES["metadata"](*size):
        assert np.array_equal(rgb(variant.file), rgb(variant.pixels)), variant.name
        assert variant.file != variant.pixels


def test_damaged_metadata_is_refused_by_pillow_and_leaves_the_pixels() -> None:
    for variant in image_formats.FAMILIES["damaged metadata"](40, 40):
        with pytest.raises((ValueError, UnidentifiedImageError)):
            opened(variant.file)
        bare = without_metadata(variant.file)
        assert bare is not None
        assert np.array_equal(rgb(bare), rgb(variant.pixels))


@pytest.mark.parametrize("family", image_formats.FAMILIES)
def test_variants_have_names_of_their_own(family: str) -> None:
    names = [each.name for each in image_formats.own_size(family, 48, whole=True)]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("family", ["PNG", "GIF", "BMP", "TIFF", "WebP"])
def test_variants_have_the_modes_that_are_asked_of(family: str) -> None:
    exact = [v for v in image_formats.own_size(family, 48, whole=True) if v.demand in MODES]
    assert {v.name for v in exact if opened(v.file).mode not in MODES[v.demand]} == set()


def test_a_run_leaves_out_pairs_and_no_value() -> None:
    kept = {each.name for each in image_formats.own_size("PNG", 48)}
    left_out = {each.name for each in image_formats.own_size("PNG", 48, whole=True)} - kept
    assert left_out
    assert all(partner(name) in kept for name in left_out)


def partner(name: str) -> str:
    """The name of the same variant, interlaced or not."""
    return name.removesuffix(", interlaced") if name.endswith("d") else f"{name}, interlaced"


def test_a_run_meets_every_other_size() -> None:
    sizes = {opened(each.file).size for each in image_formats.other_size("PNG")}
    assert sizes == set(image_formats.OTHER_SIZES)


@pytest.mark.parametrize("name", image_pairs.names())
def test_images_that_are_alike_differ(name: str) -> None:
    shown = [rgb(file) for file in image_pairs.group(name, 64).images.values()]
    assert all(not np.array_equal(one, other) for one, other in combinations(shown, 2))
    assert len({each.shape for each in shown}) == 1


def test_large_images_that_are_alike_have_files_of_one_length() -> None:
    assert len({len(file) for file in image_pairs.large(64).images.values()}) == 1


def test_two_colors_are_one_gray() -> None:
    grays = {
        Image.new("RGB", (1, 1), c).convert("L").getpixel((0, 0)) for c in image_pairs.SAME_LUMA
    }
    assert len(grays) == 1


def test_every_side_is_met_as_a_width_and_as_a_height() -> None:
    sizes = [opened(each.file).size for each in image_sizes.of_one_color(64, 0)]
    assert {width for width, _ in sizes} == {height for _, height in sizes}
    assert {width for width, _ in sizes} == set(image_sizes.SIDES)


def test_images_of_one_color_have_one() -> None:
    for each in image_sizes.of_one_color(8, 0):
        assert len({tuple(rgb(file).reshape(-1, 3)[0]) for file in (each.file, each.shown)}) == 1
        assert (rgb(each.file) == rgb(each.file)[0, 0]).all(), each.name


@pytest.mark.parametrize("crops", [False, True])
def test_bands_are_shown_as_a_model_sees_them(crops: bool) -> None:
    for each in image_sizes.banded(32, 0, crops):
        seen = rgb(image_sizes.brought_to_size(rgb(each.file), 32, crops))
        assert np.abs(seen.astype(int) - rgb(each.shown)).mean() < 12, each.name


def test_mistakes_in_resizing_differ_from_what_is_documented() -> None:
    file = image_sizes.drawn(32, True)[0].file
    right = image_sizes.renderings(file, 32, True, [Image.Resampling.BICUBIC])
    assert not set(right) & set(image_sizes.mistaken(file, 32, True).values())


def test_nearest_pixels_by_integer_division_are_those_to_the_left_and_above() -> None:
    file = image_sizes.drawn(160, False)[0].file  # The image has 960 x 640 pixels.
    made = image_sizes.mistaken(file, 160, False)
    name = "it were resized with nearest-neighbor interpolation, rounding down"
    assert (rgb(made[name]) == rgb(file)[::4, ::6]).all()


@pytest.mark.parametrize("name", [n for n in image_sizes.HEAVY if "MB" not in n])
def test_heavy_files_are_as_heavy_as_they_say(name: str) -> None:
    said = float(name.split()[2]) * 1000
    assert 0.9 * said < len(image_sizes.heavy(name, 32).file) < 1.1 * said


def test_a_jpeg_of_inks_is_no_negative() -> None:
    inks = [v for v in image_formats.own_size("JPEG", 48) if "CK JPEG" in v.name]
    plain = next(v for v in image_formats.own_size("JPEG", 48) if v.name == "JPEG, 4:4:4")
    assert [near(each, plain) for each in inks] == [True]


def near(one: Variant, other: Variant) -> bool:
    return bool(np.abs(rgb(one.file).astype(int) - rgb(other.file)).mean() < 8)
