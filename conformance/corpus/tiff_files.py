"""A writer of TIFF files: byte order, strips, tiles, planes, photometric kinds (TIFF 6.0)."""

import struct
import zlib
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
import numpy.typing as npt

Samples = npt.NDArray[Any]

WHITE_IS_ZERO, BLACK_IS_ZERO, RGB, PALETTE, CMYK = 0, 1, 2, 3, 5
NONE, DEFLATE = 1, 8
SHORT, LONG = 3, 4
UNASSOCIATED_ALPHA: Final = 2


@dataclass(frozen=True)
class Layout:
    """How the pixels are written; `rows` and `tile` are pixels, 0 for one strip of all rows."""

    photometric: int = RGB
    bits: int = 8
    big_endian: bool = False
    compression: int = NONE
    predictor: bool = False
    rows: int = 0
    tile: int = 0
    planar: bool = False
    alpha: bool = False
    tags: dict[int, tuple[int, ...]] = field(default_factory=dict)
    """Further tags of type SHORT."""


def write(samples: Samples, layout: Layout) -> bytes:
    """The file for samples (h, w) or (h, w, channels) of `bits` each."""
    order = ">" if layout.big_endian else "<"
    several = samples if samples.ndim == 3 else samples[..., None]
    planes = np.split(several, several.shape[2], axis=2) if layout.planar else [several]
    parts = [_bytes(part, layout, order) for plane in planes for part in _parts(plane, layout)]
    starts = np.cumsum([8, *map(len, parts)]).tolist()
    tags = _tags(several, layout, starts[:-1], [len(part) for part in parts])
    body = b"".join(parts)
    body += bytes(len(body) % 2)
    mark = b"MM" if layout.big_endian else b"II"
    return (
        mark
        + struct.pack(order + "HI", 42, 8 + len(body))
        + body
        + _directory(tags, order, 8 + len(body))
    )


def _parts(plane: Samples, layout: Layout) -> list[Samples]:
    height, width = plane.shape[:2]
    if layout.tile:
        side = layout.tile
        whole = np.pad(plane, ((0, -height % side), (0, -width % side), (0, 0)), mode="edge")
        return [
            whole[y : y + side, x : x + side]
            for y in range(0, height, side)
            for x in range(0, width, side)
        ]
    rows = layout.rows or height
    return [plane[y : y + rows] for y in range(0, height, rows)]


def _bytes(part: Samples, layout: Layout, order: str) -> bytes:
    if layout.predictor:
        part = np.diff(part.astype(np.int32), axis=1, prepend=0)
        part = (part % (1 << layout.bits)).astype(np.uint16 if layout.bits == 16 else np.uint8)
    if layout.bits == 1:
        data = np.packbits(part[..., 0].astype(bool), axis=1).tobytes()
    elif layout.bits == 4:
        flat = part[..., 0]
        flat = np.pad(flat, ((0, 0), (0, flat.shape[1] % 2)))
        data = (flat[:, ::2] << 4 | flat[:, 1::2]).astype(np.uint8).tobytes()
    else:
        data = part.astype(f"{order}u{layout.bits // 8}").tobytes()
    return zlib.compress(data, 1) if layout.compression == DEFLATE else data


def _tags(
    samples: Samples, layout: Layout, starts: list[int], lengths: list[int]
) -> dict[int, tuple[int, tuple[int, ...]]]:
    """Type and values by the tag's number."""
    height, width, channels = samples.shape
    tags = {number: (SHORT, values) for number, values in layout.tags.items()}
    tags |= {
        256: (LONG, (width,)),
        257: (LONG, (height,)),
        258: (SHORT, (layout.bits,) * channels),
        259: (SHORT, (layout.compression,)),
        262: (SHORT, (layout.photometric,)),
        277: (SHORT, (channels,)),
        284: (SHORT, (2 if layout.planar else 1,)),
    }
    if layout.predictor:
        tags[317] = (SHORT, (2,))
    if layout.alpha:
        tags[338] = (SHORT, (UNASSOCIATED_ALPHA,))
    if layout.tile:
        sides = {322: (LONG, (layout.tile,)), 323: (LONG, (layout.tile,))}
        return tags | sides | {324: (LONG, tuple(starts)), 325: (LONG, tuple(lengths))}
    rows = {278: (LONG, (layout.rows or height,))}
    return tags | rows | {273: (LONG, tuple(starts)), 279: (LONG, tuple(lengths))}


def _directory(tags: dict[int, tuple[int, tuple[int, ...]]], order: str, start: int) -> bytes:
    entries, behind = b"", b""
    after = start + 2 + 12 * len(tags) + 4
    for number, (kind, values) in sorted(tags.items()):
        data = struct.pack(f"{order}{len(values)}{'H' if kind == SHORT else 'I'}", *values)
        if len(data) > 4:
            place = struct.pack(order + "I", after + len(behind))
            behind += data + bytes(len(data) % 2)
            data = place
        entries += struct.pack(order + "HHI", number, kind, len(values)) + data.ljust(4, b"\0")
    return struct.pack(order + "H", len(tags)) + entries + bytes(4) + behind


def colour_map(palette: Samples) -> tuple[int, ...]:
    """The palette (n, 3) as tag 320 has it: all reds, greens and blues, 16 bits each."""
    return tuple((palette.astype(np.uint16) * 257).T.reshape(-1).tolist())
