"""How far apart two vectors may be and still count as the same, with the reason for each value.

The measure is the relative distance |a - b| / max(|a|, |b|). It reflects both direction and norm,
and the same value suits normalized and unnormalized models of any dimension.
"""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float32]

REPEATED = 1e-3
"""The same request again. The same computation gives the same bits; sums in another order under
load differ by about 1e-6 in float32 and 1e-3 in float16."""

ACROSS_REQUESTS = 2e-2
"""The same item in another request. Other batch shapes choose other kernels: bfloat16 keeps 8 bits,
which is 4e-3 a rounding, and 8-bit vectors move by one step of 1/127 here and there. What leaks
from companions or padding in practice is larger."""

OTHER_DECODER = 5e-2
"""A lossy or converted image and the pixels that Pillow makes of it. A decoder with a coarser
cosine transform moves a vector by up to 0.03 (docs/exact.md)."""

DIFFERENT = 1e-4
"""Above it, two vectors differ. Float32 noise stays at 1e-6, also over 1,152 components."""

CONVERTED_COSINE = 0.95
"""Cosine of an image with a lossy or converted copy of itself (JPEG, CMYK, 16-bit gray). A
different image of the same corpus, or an inverted one, is well below."""

ENLARGED_COSINE = 0.9
"""The same where the model has to enlarge the image: the way in which it does is much of what is
seen. Bilinear for bicubic is within 0.985 for four stand-ins (CLIP, OpenCLIP, SigLIP, SigLIP 2),
and within 0.923 for the fake encoder of the project's own tests."""

UNIT_LENGTH = 1e-3
"""How far a length may be from 1: a unit vector in float16 or bfloat16 is within 5e-4."""


def distance(one: Array, other: Array) -> float:
    """Relative distance of two vectors of one dimension: 0 is equal, 1.4 is at right angles."""
    a, b = one.astype(np.float64), other.astype(np.float64)  # Squares of float32 may be beyond it.
    norm = max(float(np.linalg.norm(a)), float(np.linalg.norm(b)))
    return float(np.linalg.norm(a - b)) / norm if norm else 0.0


def distances(rows: Array, columns: Array) -> NDArray[np.float64]:
    """Relative distance of every row of `rows` (n, d) to every row of `columns` (m, d): (n, m)."""
    a, b = rows.astype(np.float64), columns.astype(np.float64)
    norms = np.maximum(np.linalg.norm(a, axis=1)[:, None], np.linalg.norm(b, axis=1)[None])
    apart = np.array([np.linalg.norm(b - row, axis=1) for row in a]).reshape(len(a), len(b))
    relative: NDArray[np.float64] = np.divide(
        apart, norms, out=np.zeros_like(apart), where=norms > 0
    )
    return relative


def cosines(rows: Array, columns: Array) -> Array:
    """Cosine similarity of every row of `rows` (n, d) with every row of `columns` (m, d): (n, m).

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
