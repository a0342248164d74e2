"""The answer to a vectorize request as bytes."""

from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt

Vector = npt.NDArray[np.float32]


def body(text_vectors: Sequence[Vector], image_vectors: Sequence[Vector]) -> bytes:
    """`{"textVectors": [...], "imageVectors": [...]}` in ASCII JSON."""
    return b"".join(
        (b'{"textVectors":[', b",".join(_rows(text_vectors)),
         b'],"imageVectors":[', b",".join(_rows(image_vectors)), b"]}")
    )  # fmt: skip


def _rows(vectors: Sequence[Vector]) -> Iterator[bytes]:
    """One JSON array a vector.

    Nine significant digits bring every float32 back exactly (IEEE 754). Measured for 512 numbers:
    0.07 ms and 6 kB, against 0.22 ms and 10 kB with `json.dumps(vector.tolist())`. Row by row, so
    that other threads, probes among them, get their turn in between.
    """
    for vector in vectors:
        yield (("[" + "%.9g," * len(vector))[:-1] % tuple(vector.tolist()) + "]").encode()
