"""A loaded model: any thread may prepare inputs, and a single thread runs inference."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from PIL.Image import Image

from reference.encoders import Encoder, Placement
from reference.errors import UnloadableError
from reference.inputs import Inputs, Kind, Vectors, as_arrays, shapes, stack


class Preparing:
    """Turns one text or image into the model's inputs; any thread may call it."""

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder

    def __call__(self, kind: Kind, item: object) -> Inputs:
        """The inputs of a text or of a decoded image, on the CPU."""
        make = self._encoder.text_inputs if kind == "text" else self._encoder.image_inputs
        return as_arrays(make(item))  # type: ignore[arg-type]


class Computing:
    """Turns the inputs of a batch into vectors; only the compute thread calls it."""

    def __init__(
        self,
        encoder: Encoder,
        placement: Placement,
        isometry: "Isometry | None" = None,
        fewest_images: int = 1,
        text_sizes: Sequence[int] = (),
    ) -> None:
        """Batches are padded with copies, to `fewest_images` or to the next of `text_sizes`."""
        self.encoder = encoder
        self.placement = placement
        self._fewest_images = fewest_images
        self._text_sizes = text_sizes
        self._isometry = isometry

    def __call__(self, kind: Kind, items: Sequence[Inputs]) -> Vectors:
        """Vectors of shape (items, dimension), in float32 on the CPU."""
        encode = self.encoder.text_vectors if kind == "text" else self.encoder.image_vectors
        fill = self._size(kind, len(items)) - len(items)
        batch = stack([*items, *[items[-1]] * fill])
        vectors = self.placement.compute(kind, encode, batch)[: len(items)]
        return self._isometry(vectors) if self._isometry else vectors

    def _size(self, kind: Kind, number: int) -> int:
        if kind == "image":
            return max(number, self._fewest_images)
        return min((size for size in self._text_sizes if size >= number), default=number)


@dataclass(frozen=True)
class BatchSizes:
    """The number of items in one forward pass."""

    images: Sequence[int] = (1,)
    """Ascending. A batch smaller than the first size is padded to it."""
    texts: int = 32
    tokens: int = 4096
    """Total tokens of the texts in a batch, so that long texts are computed one by one."""
    filled_texts: Sequence[int] = ()
    """Batches of texts are padded to the next of these sizes, if there are any."""

    def largest(self, kind: Kind, inputs: Inputs, waiting: int) -> int:
        """How many items like `inputs`, out of `waiting`, go into the next batch."""
        if kind == "image":
            return max((size for size in self.images if size <= waiting), default=waiting)
        length: int = next(iter(inputs.values())).shape[1]
        return min(waiting, self.texts, max(1, self.tokens // length))


@dataclass(frozen=True)
class Model:
    """Both parts of a model, and its measured properties."""

    preparing: Preparing
    computing: Computing
    batch_sizes: BatchSizes = BatchSizes()
    description: dict[str, Any] = field(default_factory=dict)
    """The properties that `/meta` reports."""

    def encode_texts(self, texts: Sequence[str]) -> Vectors:
        """Vectors of shape (texts, dimension), computed together if lengths are equal."""
        inputs = [self.preparing("text", text) for text in texts]
        groups: dict[Hashable, list[int]] = {}
        for index, one in enumerate(inputs):
            groups.setdefault(shapes(one), []).append(index)
        rows: dict[int, Vectors] = {}
        for group in groups.values():
            vectors = self.computing("text", [inputs[index] for index in group])
            rows.update(zip(group, vectors, strict=True))
        return np.stack([rows[index] for index in range(len(texts))])

    def encode_image(self, image: Image) -> Vectors:
        """The vector of one image: shape (dimension,)."""
        vector: Vectors = self.computing("image", [self.preparing("image", image)])[0]
        return vector


ISOMETRY_SEED = 768


class Isometry:
    """Maps vectors by a fixed isometry into a space of dimension `wide` (`--dimensions`).

    The columns of a (wide, narrow) matrix are orthonormal, so norms and angles are preserved: to
    1e-15 in the product's float64, and to 1e-7 (relative) after rounding to float32.
    """

    def __init__(self, narrow: int, wide: int) -> None:
        """Raises `UnloadableError` if `wide` is less than `narrow`."""
        if wide < narrow:
            raise UnloadableError(
                f"--dimensions {wide}: must be at least {narrow}, the checkpoint's dimension"
            )
        # The same columns in every run.
        normal = np.random.default_rng(ISOMETRY_SEED).standard_normal((wide, narrow))
        self.columns, _ = np.linalg.qr(normal)

    def __call__(self, vectors: Vectors) -> Vectors:
        """`vectors` of shape (..., narrow) as (..., wide)."""
        # Row by row, since a product of whole matrices may round a row differently.
        rows = [self.columns @ row for row in vectors.astype(np.float64)]
        return np.asarray(rows, dtype=np.float32)
