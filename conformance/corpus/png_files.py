"""A PNG writer with options that Pillow does not offer, and the variants it writes.

The variants cover every bit depth and color type, interlacing, every filter, metadata chunks,
transparency without visible effect, and pixels in one or many chunks (PNG, third edition).
"""

import struct
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, partial
from random import Random
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from PIL import Image

from conformance.corpus import image_scenes as scenes
from conformance.corpus.image_files import Demand, Variant, opaque, png, save
from conformance.corpus.image_scenes import Size

SIGNATURE: Final = b"\x89PNG\r\n\x1a\n"
GRAY, RGB, PALETTE, GRAY_ALPHA, RGBA = 0, 2, 3, 4, 6
CHANNELS: Final = {GRAY: 1, RGB: 3, PALETTE: 1, GRAY_ALPHA: 2, RGBA: 4}
ADAM7: Final = (
    (0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2),
    (0, 1, 1, 2),
)  # fmt: skip
"""For each pass, x and y of its first pixel, and the steps to the next ones."""
MIXED: Final = 5
"""Use all five filters in turn, row by row."""
DEEP: Final = 257
"""Factor from an 8-bit value to the equivalent 16-bit value."""
PALETTES: Final = (2, 3, 4, 5, 9, 16, 17, 64, 100, 255, 256)

Samples = npt.NDArray[Any]
Chunk = tuple[bytes, bytes]


@dataclass(frozen=True)
class Layout:
    """How the pixels are written; `filter` is 0 to 4 or MIXED."""

    depth: int = 8
    color_type: int = RGB
    interlaced: bool = False
    filter: int = 0
    before: Sequence[Chunk] = ()
    """Chunks between the header and the pixels, in order: PLTE, tRNS, tEXt, …"""
    after: Sequence[Chunk] = ()
    """Chunks after the pixels."""
    piece: int = 1 << 30
    """Bytes in each IDAT chunk."""
    level: int = 1
    """The compression level; 0 stores the pixels uncompressed."""


def write(samples: Samples, layout: Layout) -> bytes:
    """The file for samples (h, w) or (h, w, channels), integers of the layout's depth."""
    height, width = samples.shape[:2]
    header = struct.pack(
        ">IIBBBBB", width, height, layout.depth, layout.color_type, 0, 0, int(layout.interlaced)
    )
    rows = b"".join(_pass(part, layout) for part in _passes(samples, layout.interlaced))
    packed = zlib.compress(rows, layout.level)
    pieces = [packed[i : i + layout.piece] for i in range(0, len(packed), layout.piece)]
    chunks = [(b"IHDR", header), *layout.before, *((b"IDAT", each) for each in pieces)]
    return SIGNATURE + b"".join(chunk(*each) for each in [*chunks, *layout.after, (b"IEND", b"")])


def chunk(kind: bytes, data: bytes) -> bytes:
    """One chunk with its length and checksum."""
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def blank(side: int, number: int) -> bytes:
    """A single-color PNG, small for its number of pixels; a different file for each number."""
    file, end = _blank(side), len(chunk(b"IEND", b""))
    return file[:-end] + chunk(b"tEXt", f"Comment\0{number}".encode()) + file[-end:]


@cache
def _blank(side: int) -> bytes:
    return save(Image.new("RGB", (side, side), (200, 10, 90)), "PNG", compress_type=zlib.Z_RLE)


@cache
def heavy(size: int, number: int = 0) -> bytes:
    """A file of at least `size` bytes: incompressible noise, different for each number."""
    side = int((size / 3) ** 0.5) + 1
    noise = np.frombuffer(Random(number).randbytes(side * side * 3), dtype=np.uint8)
    return write(noise.reshape(side, side, 3), Layout(level=0))


def colors(table: Samples) -> Chunk:
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
    back = max(1, CHANNELS[layout.color_type] * layout.depth // 8)
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
    """The bytes above and to the left of each byte; zero beyond the edges."""
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


def variants(width: int, height: int) -> list[Variant]:
    """All variants, each showing a scene of this size."""
    size = width, height
    return [*_grays(size), *_colors(size), *_palettes(size), *_alphas(size), *_layouts(size)]


def _both(
    name: str,
    samples: Any,
    pixels: Any,
    demand: Demand,
    pairs: tuple[bool, bool] = (False, False),
    **layout: Any,
) -> Iterator[Variant]:
    """A plain and unfiltered variant, and an interlaced one with mixed filters.

    `pairs` says whether other variants already cover the values of each.
    """
    shown = png(pixels)
    plain = partial(write, samples, Layout(**layout))
    woven = partial(write, samples, Layout(**layout, interlaced=True, filter=MIXED))
    yield Variant(name, plain, shown, demand, pairs[0])
    yield Variant(f"{name}, interlaced", woven, shown, demand, pairs[1])


def _grays(size: Size) -> Iterator[Variant]:
    for depth in (1, 2, 4, 8):
        pixels = scenes.gray(*size, levels=min(2**depth, 16))
        top = 255 // (2**depth - 1)
        demand: Demand = "mode" if depth == 1 else "plain"
        layout: dict[str, Any] = {"depth": depth, "color_type": GRAY}
        yield from _both(f"{depth}-bit gray PNG", pixels // top, pixels, demand, **layout)
    # Only black and white: libraries disagree on whether to clip or scale the values in between.
    pixels = scenes.gray(*size, levels=2)
    deep = pixels.astype(np.uint16) * DEEP
    yield from _both("16-bit gray PNG", deep, pixels, "mode", depth=16, color_type=GRAY)


def _colors(size: Size) -> Iterator[Variant]:
    pixels = scenes.color(*size)
    deep = deepened(pixels)
    yield from _both("8-bit RGB PNG", pixels, pixels, "plain", color_type=RGB)
    yield from _both("16-bit RGB PNG", deep, pixels, "plain", depth=16, color_type=RGB)


def deepened(pixels: Any) -> Any:
    """16-bit values with these high bytes; the low bytes are noise."""
    noise = np.random.default_rng(0).integers(0, 256, pixels.shape)
    # Black and white stay exact even for a reader that divides by 257.
    return np.where(pixels == 255, 0xFFFF, pixels * np.uint16(256) + noise).astype(np.uint16)


def _palettes(size: Size) -> Iterator[Variant]:
    for number, count in enumerate(PALETTES):
        depth = next(bits for bits in (1, 2, 4, 8) if 2**bits >= count)
        layout: dict[str, Any] = {
            "depth": depth,
            "color_type": PALETTE,
            "before": [colors(scenes.palette(count))],
        }
        index, pixels = scenes.indices(*size, count), scenes.color(*size, count)
        pairs = number % 2 == 1, number % 2 == 0
        yield from _both(f"PNG with a palette of {count}", index, pixels, "mode", pairs, **layout)
    # A palette of grays that are not in ascending order.
    index, pixels = scenes.indices(*size, 16), scenes.gray(*size, 16)
    table = np.repeat(scenes.shades(16)[:, None], 3, axis=1)
    layout = {"depth": 4, "color_type": PALETTE, "before": [colors(table)]}
    yield from _both("PNG with a palette of grays", index, pixels, "mode", **layout)


def _alphas(size: Size) -> Iterator[Variant]:
    pixels, grays = scenes.color(*size), scenes.gray(*size)
    for depth, kind in ((8, np.uint8), (16, np.uint16)):
        several = opaque(pixels if depth == 8 else deepened(pixels), kind)
        layout: dict[str, Any] = {"depth": depth, "color_type": RGBA}
        yield from _both(f"{depth}-bit RGBA PNG, opaque", several, pixels, "mode", **layout)
        both, layout = (
            opaque(grays if depth == 8 else deepened(grays), kind),
            {"depth": depth, "color_type": GRAY_ALPHA},
        )
        name = f"{depth}-bit gray PNG with alpha, opaque"
        yield from _both(name, both, grays, "mode", **layout)
    yield from _transparent_colors(size)


def _transparent_colors(size: Size) -> Iterator[Variant]:
    """A tRNS color that no pixel has, and a palette with only opaque colors."""
    pixels, index = scenes.color(*size), scenes.indices(*size, 16)
    table = colors(scenes.palette(16))
    unused = (b"tRNS", struct.pack(">HHH", 1, 2, 3))
    layout: dict[str, Any] = {"color_type": RGB, "before": [unused]}
    yield from _both("RGB PNG with an unused tRNS", pixels, pixels, "mode", **layout)
    layout = {"color_type": GRAY, "before": [(b"tRNS", struct.pack(">H", 3))]}
    grays = scenes.gray(*size)
    yield from _both("gray PNG with an unused tRNS", grays, grays, "mode", **layout)
    layout = {"color_type": PALETTE, "before": [table, (b"tRNS", b"\xff" * 16)]}
    yield from _both("palette PNG with an opaque tRNS", index, pixels, "mode", **layout)


def _layouts(size: Size) -> Iterator[Variant]:
    pixels = scenes.color(*size, scene=1)
    shown = png(pixels)
    for kind in range(5):
        file = partial(write, pixels, Layout(filter=kind))
        yield Variant(f"RGB PNG of filter {kind}", file, shown)
    file = partial(write, pixels, Layout(piece=17))
    yield Variant("RGB PNG in chunks of 17 bytes", file, shown)
