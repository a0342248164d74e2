"""A writer of PNG files with a free choice of what Pillow's writer decides by itself.

Bit depth, colour type, interlace, filters, chunks (PNG specification, third edition).
"""

import struct
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

SIGNATURE: Final = b"\x89PNG\r\n\x1a\n"
GREY, RGB, PALETTE, GREY_ALPHA, RGBA = 0, 2, 3, 4, 6
CHANNELS: Final = {GREY: 1, RGB: 3, PALETTE: 1, GREY_ALPHA: 2, RGBA: 4}
ADAM7: Final = (
    (0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2),
    (0, 1, 1, 2),
)  # fmt: skip
"""x and y of the first pixel of each pass, and the steps to the next ones."""
MIXED: Final = 5
"""All five filters, row by row."""

Samples = npt.NDArray[Any]
Chunk = tuple[bytes, bytes]


@dataclass(frozen=True)
class Layout:
    """How the pixels are written; `filter` is 0 to 4 or MIXED."""

    depth: int = 8
    colour_type: int = RGB
    interlaced: bool = False
    filter: int = 0
    before: Sequence[Chunk] = ()
    """Chunks between the header and the pixels, in their order: PLTE, tRNS, tEXt, …"""
    after: Sequence[Chunk] = ()
    """Chunks behind the pixels."""
    piece: int = 1 << 30
    """Bytes in each IDAT chunk."""


def write(samples: Samples, layout: Layout) -> bytes:
    """The file for samples (h, w) or (h, w, channels), integers of the layout's depth."""
    height, width = samples.shape[:2]
    header = struct.pack(
        ">IIBBBBB", width, height, layout.depth, layout.colour_type, 0, 0, int(layout.interlaced)
    )
    rows = b"".join(_pass(part, layout) for part in _passes(samples, layout.interlaced))
    packed = zlib.compress(rows, 1)
    pieces = [packed[i : i + layout.piece] for i in range(0, len(packed), layout.piece)]
    chunks = [(b"IHDR", header), *layout.before, *((b"IDAT", each) for each in pieces)]
    return SIGNATURE + b"".join(chunk(*each) for each in [*chunks, *layout.after, (b"IEND", b"")])


def chunk(kind: bytes, data: bytes) -> bytes:
    """One chunk with its length and checksum."""
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def colours(table: Samples) -> Chunk:
    """The palette (n, 3)."""
    return b"PLTE", table.astype(np.uint8).tobytes()


def _passes(samples: Samples, interlaced: bool) -> Iterator[Samples]:
    if not interlaced:
        yield samples
        return
    for x, y, dx, dy in ADAM7:
        part = samples[y::dy, x::dx]
        if part.size:
            yield part


def _pass(samples: Samples, layout: Layout) -> bytes:
    packed = _packed(samples, layout.depth)
    back = max(1, CHANNELS[layout.colour_type] * layout.depth // 8)
    around = (_moved(packed, 0, back), _moved(packed, 1, 0), _moved(packed, 1, back))
    number = np.arange(len(packed))
    kinds = number % MIXED if layout.filter == MIXED else np.full_like(number, layout.filter)
    rows = np.empty((len(packed), 1 + packed.shape[1]), np.uint8)
    rows[:, 0] = kinds
    for kind in np.unique(kinds):
        mine = kinds == kind
        left, above, corner = (each[mine] for each in around)
        rows[mine, 1:] = _filtered(packed[mine], left, above, corner, int(kind))
    return rows.tobytes()


def _packed(samples: Samples, depth: int) -> Samples:
    """The bytes of each row, shape (h, bytes)."""
    height = samples.shape[0]
    flat = samples.reshape(height, -1)
    if depth == 16:
        return flat.astype(">u2").view(np.uint8).reshape(height, -1)
    if depth == 8:
        return flat.astype(np.uint8)
    each = 8 // depth
    padded = np.pad(flat, ((0, 0), (0, -flat.shape[1] % each))).reshape(height, -1, each)
    places = np.arange(each)[::-1] * depth
    packed: Samples = (padded.astype(np.uint8) << places).sum(axis=2).astype(np.uint8)
    return packed


def _filtered(rows: Samples, left: Samples, above: Samples, corner: Samples, kind: int) -> Samples:
    """Rows under one of PNG's filters; arithmetic is modulo 256."""
    if kind == 0:
        return rows
    if kind == 1:
        return rows - left
    if kind == 2:
        return rows - above
    if kind == 3:
        return (rows - (left.astype(np.uint16) + above) // 2).astype(np.uint8)
    return rows - _paeth(left, above, corner)


def _moved(packed: Samples, down: int, right: int) -> Samples:
    """What stands above and to the left of each byte; nothing is zero."""
    moved = np.zeros_like(packed)
    height, width = packed.shape
    moved[down:, right:] = packed[: height - down, : max(0, width - right)]
    return moved


def _paeth(left: Samples, above: Samples, corner: Samples) -> Samples:
    a, b, c = (each.astype(np.int16) for each in (left, above, corner))
    guess = a + b - c
    pa, pb, pc = abs(guess - a), abs(guess - b), abs(guess - c)
    chosen: Samples = np.where((pa <= pb) & (pa <= pc), a, np.where(pb <= pc, b, c))
    return chosen.astype(np.uint8)
