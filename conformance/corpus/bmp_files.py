"""A writer of BMP files: depths, palettes, bit fields, run lengths, row order, header versions."""

import struct
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

Samples = npt.NDArray[Any]

CORE, INFO, V4, V5 = 12, 40, 108, 124
"""Sizes of the headers: OS/2 1, Windows 3, 4 and 5."""
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
    """The file for colours (h, w, 3 or 4) or, with a palette (n, 3), indices (h, w)."""
    height, width = samples.shape[:2]
    rows = samples if layout.top_down else samples[::-1]
    if layout.compression in (RLE8, RLE4):
        data = b"".join(_run_lengths(row, layout.bits) for row in rows) + b"\0\1"
    else:
        data = b"".join(_row(row, layout) for row in rows)
    table = b"" if palette is None else _table(palette, layout)
    head = _header(width, height, len(data), layout, 0 if palette is None else len(palette))
    start = 14 + len(head) + len(table)
    return struct.pack("<2sIHHI", b"BM", start + len(data), 0, 0, start) + head + table + data


def _header(width: int, height: int, size: int, layout: Layout, used: int) -> bytes:
    if layout.header == CORE:
        return struct.pack("<IHHHH", CORE, width, height, 1, layout.bits)
    signed = -height if layout.top_down else height
    dots = 2835  # 72 a inch, in a metre
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
        head += b"BGRs" + bytes(layout.header - len(head) - 4)  # the colour space: sRGB
    return head


def _table(palette: Samples, layout: Layout) -> bytes:
    count = 1 << layout.bits if layout.header == CORE else len(palette)
    whole = np.zeros((count, 3 if layout.header == CORE else 4), dtype=np.uint8)
    whole[: len(palette), :3] = palette[:, ::-1]
    return whole.tobytes()


def _row(row: Samples, layout: Layout) -> bytes:
    if layout.bits <= 8:
        each = 8 // layout.bits
        padded = np.pad(row, (0, -len(row) % each)).reshape(-1, each).astype(np.uint8)
        places = (np.arange(each)[::-1] * layout.bits).astype(np.uint8)
        data = (padded << places).sum(axis=1).astype(np.uint8).tobytes()
    elif layout.bits == 16:
        red, green, blue = (row[:, channel].astype(np.uint16) for channel in range(3))
        five = (red >> 3, blue >> 3)
        wide = layout.masks == "565"
        middle = (green >> 2) << 5 if wide else (green >> 3) << 5
        data = ((five[0] << (11 if wide else 10)) | middle | five[1]).astype("<u2").tobytes()
    elif layout.bits == 24:
        data = row[:, 2::-1].astype(np.uint8).tobytes()
    else:
        fourth = row[:, 3:] if row.shape[1] == 4 else np.zeros((len(row), 1), dtype=np.uint8)
        data = np.concatenate([row[:, 2::-1], fourth], axis=1).astype(np.uint8).tobytes()
    row_bytes: bytes = data + bytes(-len(data) % 4)
    return row_bytes


def _run_lengths(row: Samples, bits: int) -> bytes:
    """Runs of equal pixels, and the mark of the end of a row."""
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
