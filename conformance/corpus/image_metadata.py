"""What files carry beside their pixels: profiles, camera data, comments, and bytes after the end.

`Variant.pixels` is the same file without it here, so that lossy formats can be held to it as well.
"""

import struct
import zlib
from typing import Any

from PIL import Image, ImageCms, PngImagePlugin

from conformance.corpus import image_scenes as scenes
from conformance.corpus import png_files
from conformance.corpus.image_files import exif, save
from conformance.corpus.image_variant import Variant
from conformance.corpus.png_files import Layout

XMP = b'<?xpacket begin=""?><x:xmpmeta xmlns:x="adobe:ns:meta/"/><?xpacket end="w"?>'
LARGE = 150_000
"""Bytes of the largest piece: more than one segment of a JPEG holds."""
TAILS = {"line end": b"\r\n", "zeros": bytes(4096), "archive": b"PK\x05\x06" + bytes(18)}


def variants(width: int, height: int) -> list[Variant]:
    """All of them, showing a scene of this size."""
    image = Image.fromarray(scenes.colour(width, height, scene=2))
    other = Image.fromarray(scenes.colour(width, height, scene=3))
    files = {"PNG": _png(image), "JPEG": _jpeg(image, other)}
    files |= {"WebP": _webp(image), "GIF": _gif(image), "TIFF": _tiff(image)}
    files["BMP"] = {"": save(image, "BMP")}
    found = []
    for kind, carried in files.items():
        bare = carried.pop("")
        tails = {f"{name} after the end": bare + tail for name, tail in TAILS.items()}
        tails["another file of its kind after the end"] = bare + save(other, kind.upper())
        for name, file in (carried | tails).items():
            found.append(Variant(f"{kind} with {name}", file, bare, "carried"))
    return found


def profile() -> bytes:
    """An ICC profile of sRGB: to obey it changes nothing."""
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def _png(image: Image.Image) -> dict[str, bytes]:
    pixels = scenes.colour(*image.size, scene=2)
    text = PngImagePlugin.PngInfo()
    text.add_text("Title", "a scene")
    text.add_text("Comment", "long " * 10_000, zip=True)
    text.add_itxt("XML:com.adobe.xmp", XMP.decode())
    chunks = {
        "gamma": [(b"gAMA", struct.pack(">I", 45455))],
        "chromaticities": [(b"cHRM", struct.pack(">8I", *_chromaticities()))],
        "an sRGB chunk": [(b"sRGB", b"\0")],
        "a background": [(b"bKGD", struct.pack(">3H", 255, 0, 0))],
        "significant bits": [(b"sBIT", b"\5\6\5")],
        "the time": [(b"tIME", struct.pack(">H5B", 2026, 11, 23, 12, 0, 0))],
        "resolution": [(b"pHYs", struct.pack(">IIB", 11811, 5905, 1))],
        "a private chunk": [(b"clIp", bytes(LARGE))],
        "a profile": [(b"iCCP", b"sRGB\0\0" + zlib.compress(profile()))],
    }
    written = {name: png_files.write(pixels, Layout(before=each)) for name, each in chunks.items()}
    written["a comment behind the pixels"] = png_files.write(
        pixels, Layout(after=[(b"tEXt", b"Comment\0behind")])
    )
    return written | {
        "": save(image, "PNG"),
        "texts": save(image, "PNG", pnginfo=text),
        "EXIF": save(image, "PNG", exif=exif(orientation=1)),
    }


def _chromaticities() -> tuple[int, ...]:
    return (31270, 32900, 64000, 33000, 30000, 60000, 15000, 6000)


def _jpeg(image: Image.Image, other: Image.Image) -> dict[str, bytes]:
    options: dict[str, Any] = {"quality": 95}
    small = save(other.resize((64, 48)), "JPEG")
    carried: dict[str, dict[str, Any]] = {
        "": {},
        "a comment": {"comment": b"taken by clip"},
        "EXIF": {"exif": exif(orientation=1)},
        "the small copy of another image": {"exif": b"Exif\0\0" + _with_thumbnail(small)},
        "XMP": {"xmp": XMP},
        "a profile": {"icc_profile": profile()},
        "a profile in several segments": {"icc_profile": profile() + bytes(LARGE)},
        "resolution": {"dpi": (300, 150)},
        "data of Photoshop": {"extra": _segment(0xED, b"Photoshop 3.0\0" + bytes(60_000))},
        "data of an unknown kind": {"extra": _segment(0xEB, bytes(1000))},
    }
    return {name: save(image, "JPEG", **options, **each) for name, each in carried.items()}


def _segment(marker: int, data: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, marker, len(data) + 2) + data


def _with_thumbnail(small: bytes) -> bytes:
    """EXIF: one directory that says how the image stands, and one with a small JPEG."""
    first = struct.pack("<HHHIHHI", 1, 274, 3, 1, 1, 0, 26)
    start = 8 + len(first) + 2 + 3 * 12 + 4
    entries = struct.pack("<HHIHH", 259, 3, 1, 6, 0)
    entries += struct.pack("<HHII", 513, 4, 1, start) + struct.pack("<HHII", 514, 4, 1, len(small))
    return (
        b"II*\0" + struct.pack("<I", 8) + first + struct.pack("<H", 3) + entries + bytes(4) + small
    )


def _webp(image: Image.Image) -> dict[str, bytes]:
    carried: dict[str, dict[str, Any]] = {
        "": {},
        "EXIF": {"exif": exif(orientation=1).tobytes()},
        "XMP": {"xmp": XMP},
        "a profile": {"icc_profile": profile()},
    }
    return {name: save(image, "WEBP", lossless=True, **each) for name, each in carried.items()}


def _gif(image: Image.Image) -> dict[str, bytes]:
    indexed = image.quantize(16, dither=Image.Dither.NONE)
    bare = save(indexed, "GIF")
    table = 13 + 3 * 2 ** ((bare[10] & 7) + 1)
    # An application's block, its text between a length and the lengths that end it.
    block = b"\x21\xff\x0bXMP DataXMP" + XMP + b"\1" + bytes(range(255, -1, -1)) + b"\0"
    return {
        "": bare,
        "a comment": save(indexed, "GIF", comment=b"drawn by clip"),
        "XMP": b"GIF89a" + bare[6:table] + block + bare[table:],
    }


def _tiff(image: Image.Image) -> dict[str, bytes]:
    carried: dict[str, dict[str, Any]] = {
        "": {},
        "a description": {"description": "a scene", "software": "clip", "artist": "nobody"},
        "EXIF": {"exif": exif(orientation=1)},
        "a profile": {"icc_profile": profile()},
        "resolution": {"dpi": (300, 150)},
    }
    return {name: save(image, "TIFF", **each) for name, each in carried.items()}
