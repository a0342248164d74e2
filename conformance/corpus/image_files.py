"""One image in every file format and colour mode that people upload."""

import io
from functools import cache
from random import Random

import numpy as np
from PIL import ExifTags, Image

from conformance.corpus import drawings

SIZE = 96


def save(image: Image.Image, kind: str, **options: object) -> bytes:
    """The image as a file of Pillow's format `kind`."""
    sink = io.BytesIO()
    image.save(sink, kind, **options)
    return sink.getvalue()


def described(content: bytes) -> str:
    """Format and size of one of the suite's own images, in words."""
    with Image.open(io.BytesIO(content)) as opened:
        return f"{opened.format} of {opened.width} x {opened.height}"


def image(number: int = 0, size: int = SIZE) -> Image.Image:
    """An RGB drawing of few enough colours for a palette; another one for each number."""
    shown = drawings.combinations()
    drawn = drawings.draw(shown[number % len(shown)], drawings.HELD_OUT_SEEDS[1], size)
    return drawn.quantize(64, dither=Image.Dither.NONE).convert("RGB")


def grey() -> Image.Image:
    """The drawing in 8-bit grey."""
    return image().convert("L")


def bitonal() -> Image.Image:
    """The drawing in black and white."""
    return grey().point(lambda value: 255 if value > 128 else 0).convert("1")


@cache
def formats() -> dict[str, bytes]:
    """The drawing in every common format."""
    drawing = image()
    return {
        "JPEG": save(drawing, "JPEG", quality=95),
        "PNG": save(drawing, "PNG"),
        "WebP": save(drawing, "WEBP", quality=90),
        "GIF": save(drawing.quantize(64, dither=Image.Dither.NONE), "GIF"),
        "BMP": save(drawing, "BMP"),
        "TIFF": save(drawing, "TIFF", compression="tiff_lzw"),
        "progressive JPEG": save(drawing, "JPEG", quality=95, progressive=True),
        "animated GIF": _animated(),
        "JPEG turned by EXIF": save(drawing, "JPEG", quality=95, exif=exif(orientation=6)),
    }


@cache
def modes() -> dict[str, bytes]:
    """The drawing in every colour mode that is not plain RGB."""
    drawing, palette = image(), image().quantize(64, dither=Image.Dither.NONE)
    alpha = Image.new("L", drawing.size, 128)
    return {
        "palette PNG": save(palette, "PNG"),
        "palette PNG with a transparent colour": save(palette, "PNG", transparency=0),
        "RGBA PNG": save(_with(drawing, alpha), "PNG"),
        "grey PNG with alpha": save(_with(grey(), alpha), "PNG"),
        "grey PNG": save(grey(), "PNG"),
        "grey JPEG": save(grey(), "JPEG", quality=95),
        "1-bit PNG": save(bitonal(), "PNG"),
        "16-bit grey PNG": save(sixteen_bit(), "PNG"),
        "CMYK JPEG": save(drawing.convert("CMYK"), "JPEG", quality=95),
    }


@cache
def lossless() -> dict[str, tuple[bytes, bytes]]:
    """Pairs of files that hold the same opaque pixels in modes that every library reads alike."""
    drawing = image()
    colour, shade = save(drawing, "PNG"), save(grey().convert("RGB"), "PNG")
    return {
        "BMP": (colour, save(drawing, "BMP")),
        "TIFF": (colour, save(drawing, "TIFF")),
        "lossless WebP": (colour, save(drawing, "WEBP", lossless=True)),
        "PNG of another filter": (colour, save(drawing, "PNG", optimize=True)),
        "grey PNG": (shade, save(grey(), "PNG")),
    }


@cache
def lossless_in_other_modes() -> dict[str, tuple[bytes, bytes]]:
    """The same in modes that some libraries resize before they convert them to RGB."""
    drawing, opaque = image(), Image.new("L", (SIZE, SIZE), 255)
    colour, shade, bits = (
        save(each.convert("RGB"), "PNG") for each in (drawing, grey(), bitonal())
    )
    return {
        "palette PNG": (colour, save(_exact_palette(drawing), "PNG")),
        "GIF": (colour, save(_exact_palette(drawing), "GIF")),
        "opaque RGBA PNG": (colour, save(_with(drawing, opaque), "PNG")),
        "opaque grey PNG with alpha": (shade, save(_with(grey(), opaque), "PNG")),
        "1-bit PNG": (bits, save(bitonal(), "PNG")),
    }


@cache
def converted() -> dict[str, tuple[bytes, bytes]]:
    """Pairs of files that show nearly the same: a plain RGB PNG and a lossy or converted one."""
    drawing = image()
    colour, shade = save(drawing, "PNG"), save(grey().convert("RGB"), "PNG")
    clear = Image.new("L", drawing.size, 255)
    clear.paste(0, (0, 0, SIZE, 4))
    return {
        "JPEG": (colour, save(drawing, "JPEG", quality=95)),
        "JPEG with EXIF": (colour, save(drawing, "JPEG", quality=95, exif=exif(orientation=1))),
        "CMYK JPEG": (colour, save(drawing.convert("CMYK"), "JPEG", quality=95)),
        "grey JPEG": (shade, save(grey(), "JPEG", quality=95)),
        "RGBA PNG with a transparent edge": (colour, save(_with(drawing, clear), "PNG")),
        "animated GIF": (colour, _animated()),
    }


@cache
def odd_sizes() -> dict[str, bytes]:
    """Images of extreme sizes."""
    drawing = image()
    sizes = [(1, 1), (1, 500), (500, 1), (4000, 10)]
    return {f"{w} x {h}": save(drawing.resize((w, h)), "PNG") for w, h in sizes}


def megapixels(source: Image.Image, width: int, height: int) -> bytes:
    """`source` enlarged, as a JPEG of so many pixels."""
    return save(source.convert("RGB").resize((width, height)), "JPEG", quality=90)


def heavy(size: int) -> bytes:
    """A PNG of at least `size` bytes: noise, which does not compress, drawn over nothing."""
    side = int((size / 3) ** 0.5) + 1
    noise = np.frombuffer(Random(0).randbytes(side * side * 3), dtype=np.uint8)
    return save(Image.fromarray(noise.reshape(side, side, 3)), "PNG", compress_level=0)


def sixteen_bit() -> Image.Image:
    """The grey drawing over the whole 16-bit range."""
    values = np.asarray(grey(), dtype=np.uint16) * np.uint16(257)
    return Image.fromarray(values)


def exif(orientation: int) -> Image.Exif:
    """What a camera writes beside a photograph."""
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = orientation
    exif[ExifTags.Base.Make] = "Clip"
    exif[ExifTags.Base.DateTime] = "2026:11:23 12:00:00"
    exif.get_ifd(ExifTags.IFD.GPSInfo)[ExifTags.GPS.GPSLatitude] = (52.0, 31.0, 12.0)
    return exif


def _with(drawing: Image.Image, alpha: Image.Image) -> Image.Image:
    both = drawing.copy()
    both.putalpha(alpha)
    return both


def _exact_palette(drawing: Image.Image) -> Image.Image:
    """The same pixels by way of a palette, the indices unlike any grey values."""
    pixels = np.asarray(drawing, dtype=np.uint8).reshape(-1, 3)
    colours, indices = np.unique(pixels, axis=0, return_inverse=True)
    palette = Image.frombytes("P", drawing.size, indices.astype(np.uint8).tobytes())
    palette.putpalette(colours.flatten().tolist())
    return palette


def _animated() -> bytes:
    first, second = (_exact_palette(image(number)) for number in (0, 5))
    return save(first, "GIF", save_all=True, append_images=[second], duration=100)
