"""Reading images in every mode and format, and rejecting invalid images."""

import base64
import struct
import zlib

import numpy as np
import pytest
from PIL import Image

from reference import images
from reference.errors import RefusedError
from reference.images import to_rgb
from tests.reference.conftest import png

LIMIT = 10**6

ENCODINGS = [
    ("RGB", "PNG", {}),
    ("RGBA", "PNG", {}),
    ("L", "PNG", {}),
    ("LA", "PNG", {}),
    ("1", "PNG", {}),
    ("P", "PNG", {}),
    ("P", "PNG", {"transparency": 0}),
    ("P", "PNG", {"transparency": b"\x00\x80"}),
    ("I;16", "PNG", {}),
    ("I", "TIFF", {}),
    ("F", "TIFF", {}),
    ("I;16", "TIFF", {}),
    ("CMYK", "TIFF", {}),
    ("RGB", "BMP", {}),
    ("RGB", "TIFF", {"compression": "tiff_lzw"}),
    ("RGB", "WEBP", {"lossless": True}),
    ("P", "GIF", {}),
    ("RGB", "PPM", {}),
]


def in_mode(photograph: Image.Image, mode: str) -> Image.Image:
    """`photograph` in a mode to which Pillow may not convert directly."""
    if mode == "I;16":
        return Image.fromarray(np.asarray(photograph.convert("L")).astype(np.uint16) * 257)
    return photograph.convert("L" if mode in "IF" else mode).convert(mode)


@pytest.mark.parametrize(("mode", "kind", "options"), ENCODINGS)
def test_lossless_files_give_the_pixels_that_pillow_converts_to(
    photograph: Image.Image, mode: str, kind: str, options: dict[str, object]
) -> None:
    image = in_mode(photograph, mode)
    read = images.read(png(image, kind, **options), "images[0]", LIMIT)
    assert np.array_equal(np.asarray(to_rgb(read)), np.asarray(image.convert("RGB")))


@pytest.mark.parametrize("mode", ["RGB", "L", "CMYK"])
def test_jpeg(photograph: Image.Image, mode: str) -> None:
    read = images.read(png(photograph.convert(mode), "JPEG"), "images[0]", LIMIT)
    assert (read.mode, read.size) == (mode, photograph.size)


def test_an_animation_is_its_first_frame(photograph: Image.Image) -> None:
    other = Image.new("RGB", photograph.size, "blue")
    read = images.read(
        png(photograph, "WEBP", save_all=True, append_images=[other], lossless=True), "x", LIMIT
    )
    assert np.array_equal(np.asarray(read.convert("RGB")), np.asarray(photograph))


def test_a_photograph_is_not_turned_by_its_exif_tag(photograph: Image.Image) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    assert images.read(png(photograph, exif=exif), "x", LIMIT).size == photograph.size


def test_wrapped_base64_is_read(photograph: Image.Image) -> None:
    wrapped = base64.encodebytes(base64.b64decode(png(photograph))).decode()
    assert images.read(wrapped, "x", LIMIT).size == photograph.size


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def bomb(side: int) -> str:
    """A PNG of a few bytes that claims to be `side` pixels wide and high."""
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0))
    data = b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(bytes(9)))
    return base64.b64encode(data).decode()


@pytest.mark.parametrize(
    ("encoded", "says", "status"),
    [
        ("", "empty", 400),
        ("a", "not valid base64", 400),
        ("!!!!", "not valid base64", 400),
        ("aGVsbG8", "not valid base64", 400),
        ("été=", "not valid base64", 400),
        ("aGVsbG8=", "not an image", 400),
        ("data:image/png;base64,aGVsbG8=", "data: URI", 400),
        (bomb(5_000), "too many pixels (5000 x 5000", 413),
        (bomb(10_000), "too many pixels", 413),
        (bomb(60_000), "too many pixels", 413),
        (png(Image.new("RGB", (1001, 1000))), "too many pixels (1001 x 1000", 413),
    ],
)
def test_what_is_no_image_is_refused_by_name(encoded: str, says: str, status: int) -> None:
    with pytest.raises(RefusedError) as refusal:
        images.read(encoded, "images[7]", LIMIT)
    assert str(refusal.value).startswith("images[7]: ")
    assert says in str(refusal.value)
    assert refusal.value.status == status


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF", "WebP", "BMP", "TIFF"])
@pytest.mark.parametrize("part", [0.2, 0.6, 0.9])
def test_a_truncated_image_is_refused(photograph: Image.Image, kind: str, part: float) -> None:
    whole = base64.b64decode(png(photograph, kind))
    cut = base64.b64encode(whole[: int(len(whole) * part)]).decode()
    with pytest.raises(RefusedError, match=rf"images\[0\]: the {kind}.*damaged"):
        images.read(cut, "images[0]", LIMIT)


SMALL = base64.b64decode(png(Image.new("RGB", (9, 9), "red")))
BOMB = zlib.compress(bytes(2**21))
METADATA = {
    "a text that inflates to 2 MiB": chunk(b"zTXt", b"Comment\0\0" + BOMB),
    "an international text that does": chunk(b"iTXt", b"Comment\0\1\0\0\0" + BOMB),
    "a profile that does": chunk(b"iCCP", b"own\0\0" + BOMB),
    "a text with a wrong checksum": chunk(b"tEXt", b"Comment\0red")[:-1] + b"\0",
    "EXIF that is none": chunk(b"eXIf", b"none"),
}


@pytest.mark.parametrize("name", METADATA)
@pytest.mark.parametrize("place", [33, len(SMALL) - 12], ids=["before the pixels", "after them"])
def test_metadata_that_pillow_refuses_hide_no_pixels(name: str, place: int) -> None:
    file = SMALL[:place] + METADATA[name] + SMALL[place:]
    read = images.read(base64.b64encode(file).decode(), "x", LIMIT)
    assert (read.size, read.getpixel((4, 4))) == ((9, 9), (255, 0, 0))


@pytest.mark.parametrize(
    ("file", "says"),
    [
        (SMALL[:8], "the PNG image is damaged or truncated (it has no end)"),
        (SMALL[:20], "the PNG image is damaged or truncated (it ends within chunk IHDR)"),
        (SMALL[:20] + b"\7" + SMALL[21:], "(chunk IHDR has a wrong checksum)"),
        (b"\xff\xd8\xff\xe0" + bytes(50), "the JPEG image is damaged or truncated"),
        (b"RIFF\0\0\0\0WEBP", "the WebP image is damaged"),
        (b"\0\0\0\x18ftypheic" + bytes(20), "HEIC is not supported; send PNG"),
        (b"\xff\x0a" + bytes(20), "JPEG XL is not supported"),
        (b"<?xml version='1.0'?>\n<svg width='9'/>", "SVG is not supported"),
        (b"%PDF-1.7\n", "PDF is not supported"),
        (bytes(4096), "not an image in a supported format"),
    ],
)
def test_a_file_is_named_for_what_it_is(file: bytes, says: str) -> None:
    with pytest.raises(RefusedError) as refusal:
        images.read(base64.b64encode(file).decode(), "x", LIMIT)
    assert says in str(refusal.value)


def test_formats_that_start_other_programs_are_not_tried() -> None:
    postscript = b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n%%EOF\n"
    with pytest.raises(RefusedError, match="PostScript is not supported"):
        images.read(base64.b64encode(postscript).decode(), "x", LIMIT)
