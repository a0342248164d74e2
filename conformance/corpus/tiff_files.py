"""A TIFF writer, and the variants that it and Pillow write.

The variants cover byte orders, compressions, strips and tiles, planes, photometric types and bit
depths (TIFF 6.0).
"""

import struct
import zlib
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from PIL import Image

from conformance.corpus import image_scenes as scenes
from conformance.corpus.image_files import Variant, opaque, png, save
from conformance.corpus.image_scenes import Size
from conformance.corpus.png_files import deepened

Samples = npt.NDArray[Any]

WHITE_IS_ZERO, BLACK_IS_ZERO, RGB, PALETTE, CMYK = 0, 1, 2, 3, 5
NONE, DEFLATE = 1, 8
SHORT, LONG = 3, 4
UNASSOCIATED_ALPHA: Final = 2
COMPRESSIONS: Final = ("raw", "tiff_lzw", "tiff_adobe_deflate", "packbits")
FAX: Final = ("group3", "group4", "tiff_ccitt")


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


def color_map(palette: Samples) -> tuple[int, ...]:
    """The palette (n, 3) as in tag 320: all reds, greens, and blues, 16 bits each."""
    return tuple((palette.astype(np.uint16) * 257).T.reshape(-1).tolist())


def variants(width: int, height: int) -> list[Variant]:
    """All variants, each showing a scene of this size."""
    size = width, height
    return [*_layouts(size), *_compressed(size), *_grays(size), *_modes(size)]


def _layouts(size: Size) -> list[Variant]:
    pixels = scenes.color(*size)
    shown = png(pixels)
    layouts: dict[str, dict[str, Any]] = {
        "TIFF, little-endian": {},
        "TIFF, big-endian": {"big_endian": True},
        "TIFF in strips of 7 rows": {"rows": 7},
        "TIFF in tiles": {"tile": 32},
        "TIFF in planes": {"planar": True},
        "TIFF, deflated in tiles": {"compression": DEFLATE, "tile": 48},
        "TIFF, deflated with a predictor": {"compression": DEFLATE, "predictor": True, "rows": 16},
        "TIFF, big-endian in strips": {"big_endian": True, "compression": DEFLATE, "rows": 5},
        "TIFF with an orientation tag, upright": {"tags": {274: (1,)}},
    }
    return [
        Variant(name, partial(write, pixels, Layout(**each)), shown)
        for name, each in layouts.items()
    ]


def _compressed(size: Size) -> list[Variant]:
    pixels = scenes.color(*size)
    image, shown = Image.fromarray(pixels), png(pixels)
    found = [
        Variant(f"TIFF compressed by {name}", partial(save, image, "TIFF", compression=name), shown)
        for name in COMPRESSIONS
    ]
    jpeg = partial(save, image, "TIFF", compression="jpeg", quality=95)
    found.append(Variant("TIFF compressed by JPEG", jpeg, None, "lossy"))
    bits = scenes.gray(*size, levels=2)
    scan = Image.fromarray(bits).convert("1", dither=Image.Dither.NONE)
    for name in FAX:
        fax = partial(save, scan, "TIFF", compression=name)
        found.append(Variant(f"1-bit TIFF compressed by {name}", fax, png(bits), "mode"))
    return found


def _grays(size: Size) -> list[Variant]:
    grays, bits = scenes.gray(*size), scenes.gray(*size, levels=2)
    deep = bits.astype(np.uint16) * 257
    gray: dict[str, Any] = {"photometric": BLACK_IS_ZERO}
    inverse: dict[str, Any] = {"photometric": WHITE_IS_ZERO}
    scan = bits // 255
    exact = {
        "gray TIFF": partial(write, grays, Layout(**gray)),
        "gray TIFF, white is 0": partial(write, 255 - grays, Layout(**inverse)),
    }
    scans = {
        "1-bit TIFF": partial(write, scan, Layout(bits=1, **gray)),
        "1-bit TIFF, white is 0": partial(write, 1 - scan, Layout(bits=1, **inverse)),
    }
    found = [Variant(name, file, png(grays)) for name, file in exact.items()]
    found += [Variant(name, file, png(bits), "mode") for name, file in scans.items()]
    for big in (False, True):
        layout = Layout(bits=16, big_endian=big, **gray)
        name = f"16-bit gray TIFF, {'big' if big else 'little'}-endian"
        found.append(Variant(name, partial(write, deep, layout), png(bits), "mode"))
    return found


def _modes(size: Size) -> list[Variant]:
    pixels = scenes.color(*size)
    shown, deep = png(pixels), deepened(pixels)
    with_alpha = partial(write, opaque(pixels), Layout(alpha=True))
    found = [
        Variant("16-bit RGB TIFF", partial(write, deep, Layout(bits=16)), shown),
        Variant("RGBA TIFF, opaque", with_alpha, shown, "mode"),
    ]
    for count in (2, 16, 17, 200):
        bits = 4 if count <= 16 else 8
        table = np.zeros((2**bits, 3), dtype=np.uint8)
        table[:count] = scenes.palette(count)
        tags = {320: color_map(table)}
        layout = Layout(photometric=PALETTE, bits=bits, tags=tags)
        file = partial(write, scenes.indices(*size, count), layout)
        name = f"TIFF with a palette of {count}"
        found.append(Variant(name, file, png(scenes.color(*size, count)), "mode"))
    inks = Image.fromarray(pixels).convert("CMYK")
    found.append(Variant("CMYK TIFF", partial(save, inks, "TIFF"), None, "ink"))
    both = Image.fromarray(opaque(scenes.gray(*size)))
    file = partial(save, both, "TIFF")
    found.append(Variant("gray TIFF with alpha, opaque", file, png(scenes.gray(*size)), "mode"))
    return found
