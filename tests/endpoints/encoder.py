"""A fast, deterministic fake encoder that aligns the texts and images of the drawings corpus."""

from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from conformance.data import fixture_files
from conformance.data.models import Model
from tests.endpoints import exact_vectors, image_encoder, text_encoder

Matrix = NDArray[np.float32]

COMMON = 0.4
"""The norm of the part that all texts and images share."""
DETAIL = 0.35
"""The norm of the part that distinguishes texts with the same meaning, or pictures of the same
drawing."""


def single(values: Any) -> Matrix:
    """Values of any precision in float32, as in an encoder's responses."""
    return np.asarray(values, dtype=np.float32)


def weighted(weights: Matrix, rows: Matrix) -> Matrix:
    """The weighted sum of `rows` (count, width): (width,). It does not use a BLAS, whose threads
    spin."""
    return single(np.einsum("i,ij->j", weights, rows))


@dataclass(frozen=True)
class Encoder:
    """Turns texts and images into vectors of `width`. The settings come from a row of the model
    table."""

    name: str = "fake"
    width: int = 512
    limit: int = 77
    lower_case: bool = False
    squash: bool = False
    normalized: bool = True
    ordered: bool = True
    exact: bool = True
    """Whether the items of the EXA group have the vectors of the tag's stand-in."""

    def knows(self, text: str) -> bool:
        """Whether a text is an item of the EXA group, so that its vector is the stand-in's."""
        return self._known_text(text) is not None

    def _known_text(self, text: str) -> Matrix | None:
        return exact_vectors.text(self.name, self.width, text) if self.exact else None

    def text(self, text: str) -> Matrix:
        """One text, truncated to `limit` tokens including the start and end tokens: (width,)."""
        known = self._known_text(text)
        if known is not None:
            return known
        return read(self, text.lower() if self.lower_case else text)

    def known_image(self, file: bytes) -> Matrix | None:
        """The vector of an image file that is an item of the EXA group: (width,)."""
        return exact_vectors.image(self.name, self.width, file) if self.exact else None

    def picture(self, picture: Image.Image) -> Matrix:
        """One picture: (width,)."""
        return seen(self, image_encoder.fit(picture, self.squash).tobytes())

    def vector(self, meaning: dict[str, float], detail: Matrix) -> Matrix:
        """The common part, the meaning, and the detail, of unit norm by default."""
        known = axes(self.width)
        sizes = np.array([COMMON] + [meaning.get(concept, 0.0) for concept in concepts()])
        vector = weighted(single(sizes), known[: len(sizes)]) + DETAIL * detail
        length = float(np.linalg.norm(vector)) if self.normalized else 0.1
        return single(vector / length)


@cache
def seen(encoder: Encoder, fitted: bytes) -> Matrix:
    """The vector (width,) of a fitted picture's RGB values.

    The vectors of images and texts are cached, since nearly all endpoints receive the same items.
    """
    shown = Image.frombytes("RGB", (image_encoder.SIDE, image_encoder.SIDE), fitted)
    pixels = np.asarray(shown, dtype=np.float32)
    meaning = image_encoder.color_shares(pixels) | image_encoder.shape_shares(pixels)
    detail = weighted(image_encoder.thumbnail(shown), axes(encoder.width)[-192:])
    return unchanging(encoder.vector(meaning, detail))


@cache
def read(encoder: Encoder, text: str) -> Matrix:
    """The vector (width,) of a text."""
    tokens = text_encoder.tokens(text, encoder.limit - 2)
    meaning = dict.fromkeys(text_encoder.named(tokens), 1.0)
    detail = text_encoder.hashed(tokens, encoder.width, encoder.ordered)
    return unchanging(encoder.vector(meaning, detail))


def unchanging(vector: Matrix) -> Matrix:
    """The vector, made read-only, since it is returned repeatedly."""
    vector.flags.writeable = False
    return vector


def for_model(model: Model, kind: type[Encoder]) -> Encoder:
    """The fake encoder for a row of the model table."""
    return kind(
        name=model.tag,
        width=model.checkpoint_dimension or model.documented_dimension or 512,
        limit=model.text_tokens or 77,
        lower_case=model.lower_case,
        squash=model.image_resize == "squash",
        normalized=model.normalized is not False,
    )


@cache
def concepts() -> tuple[str, ...]:
    table = fixture_files.toml("drawings.toml")
    return (*table["colors"], *table["shapes"])


@cache
def axes(width: int) -> Matrix:
    """Orthonormal rows: the common one, one for each concept, then those of the thumbnail."""
    count = 1 + len(concepts()) + image_encoder.THUMBNAIL**2 * 3
    drawn = np.random.default_rng(7).standard_normal((width, count))
    return np.ascontiguousarray(np.linalg.qr(drawn)[0].T, dtype=np.float32)
