"""The tolerances within which two vectors count as the same, with the reason for each value.

The measure is the relative distance |a - b| / max(|a|, |b|). The relative distance reflects both
direction and norm, and the same value suits normalized and unnormalized models of any dimension.
"""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float32]

REPEATED = 1e-3
"""For the same request, sent again. The same computation gives the same bits; sums in a different
order under load differ by about 1e-6 in float32 and 1e-3 in float16."""

ACROSS_REQUESTS = 2e-2
"""For the same item in different requests. Different batch shapes use different kernels: bfloat16
has 8 bits, which is 4e-3 per rounding, and some components of 8-bit vectors move by a step of
1/127. Leaks from other items or padding are larger in practice."""

RENDERED = 1e-3
"""The lowest limit for an image and its documented rendering, each sent alone."""

TIMES_ROUNDING = 6
"""Factor by which an image may be further from its rendering than a slightly perturbed copy of the
rendering is. Correct variations are at most 5.5 times as far, in float32, float16, bfloat16, and
int8 (docs/exact.md)."""

TIMES_ENLARGED = 2
"""The same for a small image that is slightly perturbed before it is enlarged."""

OTHER_DECODER = 5e-2
"""For a lossy or converted image, compared with the pixels that Pillow decodes. A decoder with a
less precise inverse DCT moves a vector by up to 0.03 (docs/exact.md), or more if the image is
small."""

TIMES_COARSE = 2.0
"""Factor by which a lossy image may be further from its pixels than a copy with its colors at half
the resolution. Where a fast decoder moves the vectors of stand-ins by more than OTHER_DECODER, it
moves them at most 1.3 times as far."""

COARSEST = 0.3
"""The widest limit for such an image; IMG-13's cosine of 0.95 is a distance of 0.32. A fast decoder
moves a JPEG of 61 x 45 pixels by 0.25 with SigLIP 2 at 384, which enlarges it, and the copy by
0.2."""

WIDEST = 0.1
"""The widest limit for an image with recorded vectors: less than most mistakes cause."""

EXPLAINED = 0.3
"""A mistake is named if it explains the distance except for at most this share, and the rest is no
more than a legitimate difference (for example, in precision) can cause."""

LOW_PRECISION = 5e-2
"""The limit for noise if the model has low precision. For bfloat16, differences of 0.008
between lists of different sizes were published; leaks from other items are mostly larger."""

TIMES_NOISE = 3
"""Factor by which the noise of many items may exceed that of a few."""

DIFFERENT = 1e-4
"""Vectors further apart than this differ. Float32 noise is 1e-6, even with 1,152 numbers."""

CONVERTED_COSINE = 0.95
"""Minimum cosine similarity of an image and a lossy or converted copy of it (JPEG, CMYK, 16-bit
gray). That of another image in the corpus, or of an inverted copy, is much lower."""

UNIT_LENGTH = 1e-3
"""How far a norm may be from 1: that of a unit vector in float16 or bfloat16 is within 5e-4."""


def distance(one: Array, other: Array) -> float:
    """Relative distance between two vectors of equal dimension: 0 if equal, 1.4 at right angles."""
    a, b = one.astype(np.float64), other.astype(np.float64)  # Squares may overflow float32.
    norm = max(float(np.linalg.norm(a)), float(np.linalg.norm(b)))
    return float(np.linalg.norm(a - b)) / norm if norm else 0.0


def distances(rows: Array, columns: Array) -> NDArray[np.float64]:
    """Relative distance from each row of `rows` (n, d) to each row of `columns` (m, d): (n, m)."""
    a, b = rows.astype(np.float64), columns.astype(np.float64)
    norms = np.maximum(np.linalg.norm(a, axis=1)[:, None], np.linalg.norm(b, axis=1)[None])
    apart = np.array([np.linalg.norm(b - row, axis=1) for row in a]).reshape(len(a), len(b))
    relative: NDArray[np.float64] = np.divide(
        apart, norms, out=np.zeros_like(apart), where=norms > 0
    )
    return relative


def cosines(rows: Array, columns: Array) -> Array:
    """Cosine similarity of each row of `rows` (n, d) to each row of `columns` (m, d): (n, m).

    A zero vector has similarity 0 with everything.
    """
    return np.asarray(_unit(rows) @ _unit(columns).T, dtype=np.float32)


def _unit(rows: Array) -> NDArray[np.float64]:
    precise = rows.astype(np.float64)
    norms = np.linalg.norm(precise, axis=1, keepdims=True)
    unit: NDArray[np.float64] = np.divide(
        precise, norms, out=np.zeros_like(precise), where=norms > 0
    )
    return unit
