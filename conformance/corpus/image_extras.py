"""Image files with metadata, transparent pixels, or several images.

Metadata includes profiles, camera data, comments, and trailing bytes. Transparent pixels are white
underneath, so they are white whether a library drops the alpha channel or composites over white. If
a file has several images, the first one counts.
"""

import struct
import zlib
from functools import partial
from typing import Any, Final

import numpy as np
from PIL import Image, ImageCms, PngImagePlugin

from conformance.corpus import bmp_files, png_files, tiff_files
from conformance.corpus import image_scenes as scenes
from conformance.corpus.image_files import Variant, exif, opaque, png, save
from conformance.corpus.image_scenes import Pixels
from conformance.corpus.png_files import GRAY, GRAY_ALPHA, PALETTE, RGBA, Layout

XMP: Final = b'<?xpacket begin=""?><x:xmpmeta xmlns:x="adobe:ns:meta/"/><?xpacket end="w"?>'
LARGE: Final = 150_000
"""Size in bytes of the largest metadata: more than one segment of a JPEG can hold."""
INFLATED: Final = 2 * 2**20
"""Size in bytes of the largest metadata once inflated: twice what Pillow accepts."""
TAILS: Final = {"line end": b"\r\n", "zeros": bytes(4096), "archive": b"PK\x05\x06" + bytes(18)}
CHROMATICITIES: Final = (31270, 32900, 64000, 33000, 30000, 60000, 15000, 6000)
CORNER: Final = 8
"""The transparent corner's side is this fraction of the image's side."""
BMP_WITH_ALPHA: Final = bmp_files.Layout(
    bits=32, header=bmp_files.V5, compression=bmp_files.FIELDS, masks="BGRA"
)


def metadata(width: int, height: int) -> list[Variant]:
    """All variants, each showing a scene of this size."""
    image = Image.fromarray(scenes.color(width, height, scene=2))
    other = Image.fromarray(scenes.color(width, height, scene=3))
    files = {"PNG": _png(image), "JPEG": _jpeg(image, other)}
    files |= {"WebP": _webp(image), "GIF": _gif(image), "TIFF": _tiff(image)}
    files["BMP"] = {"": save(image, "BMP")}
    found = []
    for kind, carried in files.items():
        bare = carried.pop("")
        tails = {f"{name} after the end": bare + tail for name, tail in TAILS.items()}
        tails["another file of its kind after the end"] = bare + save(other, kind.upper())
        for name, file in (carried | tails).items():
            found.append(Variant(f"{kind} with {name}", partial(bytes, file), bare, "carried"))
    indexed = image.quantize(16, dither=Image.Dither.NONE)
    for name, shown in {"gray JPEG": image.convert("L"), "palette PNG": indexed}.items():
        write = partial(save, shown, name.split()[1])
        with_profile = partial(write, icc_profile=profile())
        found.append(Variant(f"{name} with a profile", with_profile, write(), "carried"))
    return found


def damaged(width: int, height: int) -> list[Variant]:
    """PNGs whose pixels are intact, but whose metadata makes a strict decoder reject the file."""
    pixels = scenes.color(width, height, scene=2)
    packed = zlib.compress(b"long " * (INFLATED // 5))
    chunks = {
        "a compressed text of 2 MiB": (b"zTXt", b"Comment\0\0" + packed),
        "a compressed international text of 2 MiB": (b"iTXt", b"Comment\0\1\0\0\0" + packed),
        "a profile of 2 MiB": (b"iCCP", b"sRGB\0\0" + zlib.compress(profile().ljust(INFLATED))),
        "a text with a wrong checksum": (b"tEXt", b"Comment\0damaged"),
    }
    files = {name: png_files.write(pixels, Layout(before=[each])) for name, each in chunks.items()}
    checksum = png_files.chunk(*chunks["a text with a wrong checksum"])[-4:]
    files["a text with a wrong checksum"] = files["a text with a wrong checksum"].replace(
        checksum, checksum[::-1], 1
    )
    bare = png_files.write(pixels, Layout())
    return [
        Variant(f"PNG with {name}", partial(bytes, f), bare, "carried") for name, f in files.items()
    ]


def profile() -> bytes:
    """An sRGB ICC profile, so applying it changes nothing."""
    made = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    # Its creation time is fixed, so that every run sends the same files.
    return made[:24] + struct.pack(">6H", 2026, 11, 23, 12, 0, 0) + made[36:]


def _png(image: Image.Image) -> dict[str, bytes]:
    pixels = scenes.color(*image.size, scene=2)
    text = PngImagePlugin.PngInfo()
    text.add_text("Title", "a scene")
    text.add_text("Comment", "long " * 10_000, zip=True)
    text.add_itxt("XML:com.adobe.xmp", XMP.decode())
    chunks = {
        "gamma": [(b"gAMA", struct.pack(">I", 45455))],
        "chromaticities": [(b"cHRM", struct.pack(">8I", *CHROMATICITIES))],
        "an sRGB chunk": [(b"sRGB", b"\0")],
        "a background": [(b"bKGD", struct.pack(">3H", 255, 0, 0))],
        "significant bits": [(b"sBIT", b"\5\6\5")],
        "the time": [(b"tIME", struct.pack(">H5B", 2026, 11, 23, 12, 0, 0))],
        "resolution": [(b"pHYs", struct.pack(">IIB", 11811, 5905, 1))],
        "a private chunk": [(b"clIp", bytes(LARGE))],
        "a profile": [(b"iCCP", b"sRGB\0\0" + zlib.compress(profile()))],
    }
    written = {name: png_files.write(pixels, Layout(before=each)) for name, each in chunks.items()}
    written["a comment after the pixels"] = png_files.write(
        pixels, Layout(after=[(b"tEXt", b"Comment\0behind")])
    )
    return written | {
        "": save(image, "PNG"),
        "texts": save(image, "PNG", pnginfo=text),
        "EXIF": save(image, "PNG", exif=exif(orientation=1)),
    }


def _jpeg(image: Image.Image, other: Image.Image) -> dict[str, bytes]:
    options: dict[str, Any] = {"quality": 95}
    small = save(other.resize((64, 48)), "JPEG")
    carried: dict[str, dict[str, Any]] = {
        "": {},
        "a comment": {"comment": b"taken by clip"},
        "EXIF": {"exif": exif(orientation=1)},
        "big-endian EXIF": {"exif": exif(orientation=1, endian=">")},
        "EXIF without an orientation": {"exif": exif(orientation=None)},
        "EXIF with the undefined orientation 0": {"exif": exif(orientation=0)},
        "a thumbnail of another image": {"exif": b"Exif\0\0" + _with_thumbnail(small)},
        "XMP": {"xmp": XMP},
        "a profile": {"icc_profile": profile()},
        "a profile in several segments": {"icc_profile": profile() + bytes(LARGE)},
        "resolution": {"dpi": (300, 150)},
        "Photoshop data": {"extra": _segment(0xED, b"Photoshop 3.0\0" + bytes(60_000))},
        "data of an unknown kind": {"extra": _segment(0xEB, bytes(1000))},
    }
    return {name: save(image, "JPEG", **options, **each) for name, each in carried.items()}


def _segment(marker: int, data: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, marker, len(data) + 2) + data


def _with_thumbnail(small: bytes) -> bytes:
    """EXIF data: one directory with the orientation, and one with a small JPEG."""
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
    # An application extension: its name with a length, the XMP text, and XMP's "magic trailer".
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


def transparent(width: int, height: int) -> list[Variant]:
    """All variants, each showing a scene of this size with a white corner."""
    clear = _clear(width, height)
    pixels, grays = scenes.color(width, height), scenes.gray(width, height)
    pixels, grays = (np.where(_like(clear, each), np.uint8(255), each) for each in (pixels, grays))
    alpha = np.where(clear, 0, 255).astype(np.uint8)[..., None]
    both = np.concatenate([pixels, alpha], axis=2)
    half = np.concatenate([pixels, np.maximum(alpha, 128)], axis=2)
    shades = np.concatenate([grays[..., None], alpha], axis=2)
    index = np.where(clear, 16, scenes.indices(width, height, 16)).astype(np.uint8)
    write = png_files.write
    deep = both.astype(np.uint16) * 257
    image = Image.fromarray(both)
    in_color = {
        "RGBA PNG": partial(write, both, Layout(color_type=RGBA)),
        "half-transparent RGBA PNG": partial(write, half, Layout(color_type=RGBA)),
        "interlaced RGBA PNG": partial(write, both, Layout(color_type=RGBA, interlaced=True)),
        "16-bit RGBA PNG": partial(write, deep, Layout(color_type=RGBA, depth=16)),
        "RGB PNG": partial(write, pixels, Layout(before=[_trns(255, 255, 255)])),
        "WebP": partial(save, image, "WEBP", lossless=True, exact=True),
        "TIFF": partial(tiff_files.write, both, tiff_files.Layout(alpha=True)),
        "BMP": partial(bmp_files.write, both, BMP_WITH_ALPHA),
        "GIF": partial(save, _indexed(index, _table()), "GIF", transparency=16),
        "palette PNG": partial(_palette_png, index),
        "palette PNG of steps": partial(_palette_png, index, steps=True),
    }
    in_gray = {
        "gray PNG with alpha": partial(write, shades, Layout(color_type=GRAY_ALPHA)),
        "gray PNG": partial(write, grays, Layout(color_type=GRAY, before=[_trns(255)])),
    }
    lossy = {"lossy WebP": partial(save, image, "WEBP", quality=100, exact=True)}
    found = [
        Variant(f"{name} with transparent pixels", file, plain, "clear")
        for files, plain in ((in_color, png(pixels)), (in_gray, png(grays)), (lossy, None))
        for name, file in files.items()
    ]
    return [*found, _with_a_margin(width, height)]


def _with_a_margin(width: int, height: int) -> Variant:
    """A scene with transparent sides, as in photographs of products without their background."""
    pixels, outside = opaque(scenes.color(width, height)), np.ones((height, width), dtype=bool)
    across, down = width // CORNER, height // CORNER
    outside[down:-down, across:-across] = False
    pixels[outside] = 255, 255, 255, 0
    file = partial(png_files.write, pixels, Layout(color_type=RGBA))
    return Variant("RGBA PNG with a transparent margin", file, png(pixels[..., :3]), "first")


def _clear(width: int, height: int) -> Any:
    clear = np.zeros((height, width), dtype=bool)
    clear[: max(1, height // CORNER), : max(1, width // CORNER)] = True
    return clear


def _like(clear: Any, pixels: Pixels) -> Any:
    return clear if pixels.ndim == 2 else clear[..., None]


def _trns(*values: int) -> png_files.Chunk:
    return b"tRNS", struct.pack(f">{len(values)}H", *values)


def _table() -> Pixels:
    """Sixteen colors and, in place of the transparent one, white."""
    return np.concatenate([scenes.palette(16), np.full((1, 3), 255, dtype=np.uint8)])


def _palette_png(index: Pixels, steps: bool = False) -> bytes:
    # Opaque or nearly opaque colors, and a transparent one.
    opaque = bytes(255 - number % 3 for number in range(16)) if steps else b"\xff" * 16
    before = [png_files.colors(_table()), (b"tRNS", opaque + b"\0")]
    return png_files.write(index, Layout(color_type=PALETTE, before=before))


def _indexed(index: Pixels, table: Pixels) -> Image.Image:
    height, width = index.shape
    image = Image.frombytes("P", (width, height), index.tobytes())
    image.putpalette(table.reshape(-1).tolist())
    return image


def sequences(width: int, height: int) -> list[Variant]:
    """Animations, pages, and some cameras' image pairs, each beginning with the same scene."""
    first, *others = (
        Image.fromarray(scenes.color(width, height, scene=number)) for number in (4, 5, 6, 7)
    )
    indexed, *frames = (each.quantize(16, dither=Image.Dither.NONE) for each in (first, *others))
    shown = png(scenes.color(width, height, scene=4))
    smaller = others[0].resize((max(1, width // 2), max(1, height // 3)))
    gif = partial(save, indexed, "GIF", save_all=True, duration=100)
    several = partial(save, first, save_all=True, append_images=others)
    files = {
        "GIF of two frames": partial(gif, append_images=frames[:1]),
        "GIF of four frames that loops": partial(gif, append_images=frames, loop=0),
        "GIF whose frames are disposed of": partial(gif, append_images=frames, disposal=2),
        "animated WebP": partial(several, "WEBP", lossless=True),
        "animated PNG": partial(several, "PNG"),
        "TIFF of four pages": partial(several, "TIFF"),
        "TIFF with a smaller second page": partial(several, "TIFF", append_images=[smaller]),
    }
    lossy = {
        "pair of JPEGs (MPO)": partial(several, "MPO", quality=95),
        "lossy animated WebP": partial(several, "WEBP", quality=95),
    }
    exact = [Variant(name, file, shown, "first") for name, file in files.items()]
    exact.append(_on_a_larger_canvas(width, height))
    return exact + [Variant(name, file, None, "first") for name, file in lossy.items()]


def _on_a_larger_canvas(width: int, height: int) -> Variant:
    """A GIF whose first frame leaves out the rows at the top, as optimizers write it.

    Programs fill the rest of the canvas with the background, with the first color, or with
    transparent black, so all of these are black.
    """
    top, pixels = height // CORNER, scenes.color(width, height, scene=4)
    index = scenes.indices(width, height, scene=4)[top:] + np.uint8(1)
    pixels[:top] = 0
    table = np.concatenate([np.zeros((1, 3), dtype=np.uint8), scenes.palette(16)])
    first, second = (_indexed(each, table) for each in (index, index[::-1]))
    options = {"duration": 100, "background": 0, "optimize": False}
    file = save(first, "GIF", save_all=True, append_images=[second], **options)
    size = struct.pack("<HH", width, height - top)
    canvas, frame = struct.pack("<HH", width, height), struct.pack("<HH", 0, top) + size
    file = file.replace(size, canvas, 1).replace(b"," + bytes(4) + size, b"," + frame, 1)
    name = "GIF whose first frame is smaller than its canvas"
    return Variant(name, partial(bytes, file), png(pixels), "first")
