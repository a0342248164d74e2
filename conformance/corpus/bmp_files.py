"""A BMP writer and the variants it writes.

The variants cover every depth, palettes, bit fields, run-length encoding, both row orders, and
every header version.
"""

import struct
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from conformance.corpus import image_scenes as scenes
from conformance.corpus.image_files import Variant, opaque, png
from conformance.corpus.image_scenes import Size

Samples = npt.NDArray[Any]

CORE, INFO, V4, V5 = 12, 40, 108, 124
"""Sizes of the headers: OS/2 1, Windows 3, 4, and 5."""
NONE, RLE8, RLE4, FIELDS = 0, 1, 2, 3
MASKS: Final = {
    "555": (0x7C00, 0x03E0, 0x001F, 0),
    "565": (0xF800, 0x07E0, 0x001F, 0),
    "BGRA": (0xFF0000, 0xFF00, 0xFF, 0xFF000000),
}


@dataclass(frozen=True)
class Layout:
    """How the pixels are written."""

    bits: int = 24
    header: int = INFO
    compression: int = NONE
    top_down: bool = False
    masks: str = ""


def write(samples: Samples, layout: Layout, palette: Samples | None = None) -> bytes:
    """The file for colors (h, w, 3 or 4) or, with a palette (n, 3), indices (h, w)."""
    height, width = samples.shape[:2]
    rows = samples if layout.top_down else samples[::-1]
    if layout.compression in (RLE8, RLE4):
        data = b"".join(_run_lengths(row, layout.bits) for row in rows) + b"\0\1"
    else:
        packed = _packed(rows, layout)
        data = np.pad(packed, ((0, 0), (0, -packed.shape[1] % 4))).tobytes()
    table = b"" if palette is None else _table(palette, layout)
    head = _header(width, height, len(data), layout, 0 if palette is None else len(palette))
    start = 14 + len(head) + len(table)
    return struct.pack("<2sIHHI", b"BM", start + len(data), 0, 0, start) + head + table + data


def _header(width: int, height: int, size: int, layout: Layout, used: int) -> bytes:
    if layout.header == CORE:
        return struct.pack("<IHHHH", CORE, width, height, 1, layout.bits)
    signed = -height if layout.top_down else height
    dots = 2835  # per meter: 72 per inch
    head = struct.pack(
        "<IiiHHIIiiII",
        *(layout.header, width, signed, 1, layout.bits, layout.compression, size, dots, dots),
        *(used, 0),
    )
    if layout.masks:
        masks = MASKS[layout.masks]
        head += struct.pack(f"<{len(masks)}I", *masks) if layout.header > INFO else b""
        head += struct.pack("<3I", *masks[:3]) if layout.header == INFO else b""
    if layout.header > INFO:
        head += b"BGRs" + bytes(layout.header - len(head) - 4)  # the color space: sRGB
    return head


def _table(palette: Samples, layout: Layout) -> bytes:
    count = 1 << layout.bits if layout.header == CORE else len(palette)
    whole = np.zeros((count, 3 if layout.header == CORE else 4), dtype=np.uint8)
    whole[: len(palette), :3] = palette[:, ::-1]
    return whole.tobytes()


def _packed(rows: Samples, layout: Layout) -> Samples:
    """The bytes of each row without its padding, shape (h, bytes)."""
    height = len(rows)
    if layout.bits <= 8:
        each = 8 // layout.bits
        padded = np.pad(rows, ((0, 0), (0, -rows.shape[1] % each))).reshape(height, -1, each)
        places = (np.arange(each)[::-1] * layout.bits).astype(np.uint8)
        packed: Samples = (padded.astype(np.uint8) << places).sum(axis=2).astype(np.uint8)
        return packed
    if layout.bits == 16:
        red, green, blue = (rows[..., channel].astype(np.uint16) for channel in range(3))
        wide = layout.masks == "565"
        middle = (green >> 2) << 5 if wide else (green >> 3) << 5
        both = ((red >> 3) << (11 if wide else 10)) | middle | (blue >> 3)
        return both.astype("<u2").view(np.uint8).reshape(height, -1)
    pixels = rows[..., 2::-1]
    if layout.bits == 32:
        fourth = rows[..., 3:] if rows.shape[2] == 4 else np.zeros_like(rows[..., :1])
        pixels = np.concatenate([pixels, fourth], axis=2)
    return pixels.astype(np.uint8).reshape(height, -1)


def _run_lengths(row: Samples, bits: int) -> bytes:
    """Runs of equal pixels, followed by the end-of-row mark."""
    out = bytearray()
    starts = np.flatnonzero(np.diff(row, prepend=-1))
    ends = np.append(starts[1:], len(row))
    for start, end in zip(starts, ends, strict=True):
        value, left = int(row[start]), int(end - start)
        while left:
            count = min(left, 254)
            out += bytes([count, value if bits == 8 else value << 4 | value])
            left -= count
    return bytes(out) + b"\0\0"


def variants(width: int, height: int) -> list[Variant]:
    """All variants, each showing a scene of this size."""
    return [*_colors((width, height)), *_palettes((width, height))]


def _colors(size: Size) -> list[Variant]:
    pixels = scenes.color(*size)
    shown = png(pixels)
    layouts = {
        "24-bit BMP": Layout(),
        "24-bit BMP, top-down": Layout(top_down=True),
        "24-bit OS/2 BMP": Layout(header=CORE),
        "24-bit BMP, V4 header": Layout(header=V4),
        "24-bit BMP, V5 header": Layout(header=V5),
        "32-bit BMP": Layout(bits=32),
        "32-bit BMP, top-down": Layout(bits=32, top_down=True),
    }
    found = [Variant(name, partial(write, pixels, each), shown) for name, each in layouts.items()]
    alpha = Layout(bits=32, header=V5, compression=FIELDS, masks="BGRA")
    clear = partial(write, opaque(pixels), alpha)
    found.append(Variant("32-bit BMP with alpha, opaque", clear, shown, "mode"))
    pure = scenes.pure(*size)
    few = {
        "16-bit BMP, 5-5-5": Layout(bits=16),
        "16-bit BMP, 5-6-5": Layout(bits=16, compression=FIELDS, masks="565"),
        "16-bit BMP, 5-5-5, top-down": Layout(bits=16, top_down=True),
    }
    found += [Variant(name, partial(write, pure, each), png(pure)) for name, each in few.items()]
    return found


def _palettes(size: Size) -> list[Variant]:
    layouts = {
        "1-bit BMP of two colors": (2, Layout(bits=1)),
        "4-bit BMP": (16, Layout(bits=4)),
        "4-bit BMP of 5 colors": (5, Layout(bits=4)),
        "8-bit BMP": (256, Layout(bits=8)),
        "8-bit BMP of 100 colors": (100, Layout(bits=8)),
        "8-bit BMP, top-down": (200, Layout(bits=8, top_down=True)),
        "8-bit OS/2 BMP": (64, Layout(bits=8, header=CORE)),
        "8-bit BMP, V5 header": (64, Layout(bits=8, header=V5)),
        "8-bit BMP, run-length encoded": (64, Layout(bits=8, compression=RLE8)),
        "4-bit BMP, run-length encoded": (16, Layout(bits=4, compression=RLE4)),
    }
    found = []
    for name, (count, layout) in layouts.items():
        file = partial(write, scenes.indices(*size, count), layout, scenes.palette(count))
        found.append(Variant(name, file, png(scenes.color(*size, count)), "mode"))
    table = np.repeat(np.arange(256, dtype=np.uint8)[:, None], 3, axis=1)
    grays = scenes.gray(*size)
    found.append(Variant("gray BMP", partial(write, grays, Layout(bits=8), table), png(grays)))
    bits = scenes.gray(*size, levels=2)
    black_white = np.array([[0, 0, 0], [255, 255, 255]], dtype=np.uint8)
    file = partial(write, bits // 255, Layout(bits=1), black_white)
    return [*found, Variant("1-bit BMP, black and white", file, png(bits), "mode")]
