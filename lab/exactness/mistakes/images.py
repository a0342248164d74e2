"""Mistakes in how an image is handled before the library's preprocessing."""

import io
from collections.abc import Callable
from functools import partial

import numpy as np
from PIL import Image, ImageOps

from conformance.data.models import Model
from lab.exactness import geometry
from lab.exactness.documented.usage import Usage
from lab.exactness.mistakes.mistake import Mistake, NotApplicable, simple

Alter = Callable[[Image.Image], Image.Image]
Resampling = Image.Resampling


def _before(alter: Alter) -> Callable[[Usage, Model], Usage]:
    """The usage with `alter` applied to every image first."""

    def make(usage: Usage, _: Model) -> Usage:
        return usage.altered(pixels=lambda image: usage.pixels(alter(image)))

    return make


def _resized(
    change: Callable[[Image.Image, Model], Image.Image],
) -> Callable[[Usage, Model], Usage]:
    """The usage with a different resizing method, after which the usage's own resizing has no
    effect."""

    def make(usage: Usage, model: Model) -> Usage:
        return usage.altered(pixels=lambda image: usage.pixels(change(image.convert("RGB"), model)))

    return make


def swapped_channels(image: Image.Image) -> Image.Image:
    """Blue, green, red, as in OpenCV."""
    return Image.fromarray(np.ascontiguousarray(np.asarray(image.convert("RGB"))[:, :, ::-1]))


def scaled_16_bit(image: Image.Image) -> Image.Image:
    """16-bit values divided by 257, not clipped."""
    if not image.mode.startswith("I"):
        return image
    return Image.fromarray((np.asarray(image).astype(np.uint32) // 257).astype(np.uint8))


def blended(shade: int, image: Image.Image) -> Image.Image:
    """Transparency composited over a plain background."""
    if "A" not in image.getbands() and "transparency" not in image.info:
        return image
    ground = Image.new("RGBA", image.size, (shade, shade, shade, 255))
    return Image.alpha_composite(ground, image.convert("RGBA")).convert("RGB")


def indices_as_gray(image: Image.Image) -> Image.Image:
    """A palette's indices read as grayscale values."""
    return Image.fromarray(np.asarray(image)) if image.mode == "P" else image


def last_frame(image: Image.Image) -> Image.Image:
    """An animation's last image."""
    image.seek(getattr(image, "n_frames", 1) - 1)
    return image


def inverted_cmyk(image: Image.Image) -> Image.Image:
    """CMYK read as Adobe's inverted CMYK."""
    if image.mode != "CMYK":
        return image
    return Image.fromarray(255 - np.asarray(image), "CMYK").convert("RGB")


def as_jpeg(image: Image.Image) -> Image.Image:
    """Recompressed as a JPEG of quality 75."""
    sink = io.BytesIO()
    image.convert("RGB").save(sink, "JPEG", quality=75)
    return Image.open(sink).convert("RGB")


def linear_light(image: Image.Image) -> Image.Image:
    """sRGB values converted to linear light, and not converted back."""
    table = [round(255 * (value / 255) ** 2.2) for value in range(256)]
    return image.convert("RGB").point(table * 3)


def thumbnail(image: Image.Image) -> Image.Image:
    """Shrunk to at most 256 pixels before anything else."""
    small = image.convert("RGB")
    small.thumbnail((256, 256))
    return small


def squash_for_crop(image: Image.Image, model: Model) -> Image.Image:
    """Both sides scaled, although the center should be cropped."""
    if model.image_resize != "crop":
        raise NotApplicable
    return image.resize((geometry.side(model),) * 2, Resampling.BICUBIC)


def crop_for_squash(image: Image.Image, model: Model) -> Image.Image:
    """The center cropped, although both sides should be scaled."""
    if model.image_resize == "crop":
        raise NotApplicable
    return ImageOps.fit(image, (geometry.side(model),) * 2, Resampling.BICUBIC)


def letterbox(image: Image.Image, model: Model) -> Image.Image:
    """Scaled to fit, with the rest in black."""
    return ImageOps.pad(image, (geometry.side(model),) * 2, Resampling.BICUBIC)


def corner_crop(image: Image.Image, model: Model) -> Image.Image:
    """The top left corner cropped instead of the center."""
    if model.image_resize != "crop":
        raise NotApplicable
    return geometry.short_side(image, geometry.side(model)).crop(
        (0, 0, *(geometry.side(model),) * 2)
    )


def crop_of_larger(image: Image.Image, model: Model) -> Image.Image:
    """As for ImageNet: the shorter side resized to 256/224 of the model's size, and the center
    cropped."""
    side = geometry.side(model)
    return geometry.center(geometry.short_side(image, side * 256 // 224), side)


def not_enlarged(image: Image.Image, model: Model) -> Image.Image:
    """A small image placed in the middle of a black square."""
    side = geometry.side(model)
    if image.width >= side or image.height >= side:
        return image
    ground = Image.new("RGB", (side, side))
    ground.paste(image, ((side - image.width) // 2, (side - image.height) // 2))
    return ground


def interpolated(how: Resampling, image: Image.Image, model: Model) -> Image.Image:
    """The right shape, resized with a different filter."""
    if how == geometry.resampling(model):
        raise NotApplicable
    return geometry.resized(image, model, how)


def _plain(name: str, alter: Alter) -> Mistake:
    return Mistake(name, "image", simple(_before(alter)))


def _sized(name: str, change: Callable[[Image.Image, Model], Image.Image]) -> Mistake:
    return Mistake(name, "image", simple(_resized(change)))


ALL: tuple[Mistake, ...] = (
    _plain("red and blue were swapped", swapped_channels),
    _plain("the image was converted to grayscale", lambda image: image.convert("L")),
    _plain("the image was mirrored", lambda image: ImageOps.mirror(image.convert("RGB"))),
    _plain("the image was upside down", lambda image: ImageOps.flip(image.convert("RGB"))),
    _plain(
        "the image was rotated by its EXIF tag",
        lambda image: ImageOps.exif_transpose(image) or image,
    ),
    _plain("16-bit values were scaled, not clipped", scaled_16_bit),
    _plain("transparency was composited over white", partial(blended, 255)),
    _plain("transparency was composited over black", partial(blended, 0)),
    _plain("palette indices were read as grayscale values", indices_as_gray),
    _plain("the last frame of an animation was used", last_frame),
    _plain("CMYK was inverted", inverted_cmyk),
    _plain("the image was recompressed as JPEG", as_jpeg),
    _plain("the colors were treated as linear light", linear_light),
    _plain("a thumbnail of 256 pixels was made first", thumbnail),
    _sized("the image was squashed instead of center-cropped", squash_for_crop),
    _sized("the image was center-cropped instead of squashed", crop_for_squash),
    _sized("the image was letterboxed in black", letterbox),
    _sized("the top left corner was cropped instead of the center", corner_crop),
    _sized("the center of a larger copy was cropped, as for ImageNet", crop_of_larger),
    _sized("small images were padded, not enlarged", not_enlarged),
    _sized(
        "the image was resized with nearest-neighbor interpolation",
        partial(interpolated, Resampling.NEAREST),
    ),
    _sized(
        "the image was resized with bilinear interpolation",
        partial(interpolated, Resampling.BILINEAR),
    ),
    _sized(
        "the image was resized with bicubic interpolation",
        partial(interpolated, Resampling.BICUBIC),
    ),
    _sized(
        "the image was resized with a Lanczos filter", partial(interpolated, Resampling.LANCZOS)
    ),
    _sized("the image was resized with a box filter", partial(interpolated, Resampling.BOX)),
    *(
        _sized(f"the image was resized with {how}", partial(geometry.resized_by, scale))
        for how, scale in {
            "bicubic interpolation, without antialiasing": geometry.without_antialias("bicubic"),
            "bilinear interpolation, without antialiasing": geometry.without_antialias("bilinear"),
            "nearest-neighbor interpolation, rounding down": geometry.without_antialias("nearest"),
            "bicubic interpolation with a = -0.75, as in OpenCV and TensorFlow": geometry.by_cubic(
                0, 0.75
            ),
            "a Mitchell filter": geometry.by_cubic(1 / 3, 1 / 3),
        }.items()
    ),
)
