"""A fake encoder that gives the test photographs vectors like those of published weights."""

from dataclasses import dataclass
from functools import cache

import numpy as np
from PIL import Image

from conformance.corpus import image_sizes, photographs
from tests.endpoints import image_encoder
from tests.endpoints.encoder import Encoder, Matrix, axes, single

OWN_LENGTH = 10.0
"""The norm of the vectors of a model that does not normalize."""
OWN_SIZE = 224
"""Pixels per side."""
ALIKE = 0.4
"""Distance between thumbnails beyond which a picture hardly counts as the photograph."""


@dataclass(frozen=True)
class PublishedEncoder(Encoder):
    """Gives captions and photographs the published cosines; other items have the fake encoder's
    vectors."""

    exact: bool = False
    table: str = "sentence-transformers-clip-ViT-B-32"
    """The tag whose published cosines are used."""

    @property
    def length(self) -> float:
        """The norm of the vectors of captions and pictures."""
        return 1.0 if self.normalized else OWN_LENGTH

    def text(self, text: str) -> Matrix:
        """One text: (width,)."""
        for figure in photographs.figures(self.table):
            if figure.kind == "first" and list(figure.items) == [text]:
                return self.beginning(super().text(text), single(figure.value))
        name = captions().get(" ".join(text.split()))
        return super().text(text) if name is None else self.caption(name)

    def beginning(self, vector: Matrix, first: Matrix) -> Matrix:
        """A vector whose direction begins with the numbers of `first`: (width,)."""
        rest = vector[len(first) :]
        rest = rest * np.sqrt(1 - first @ first) / np.linalg.norm(rest)
        return single(self.length * np.concatenate([first, rest]))

    def caption(self, name: str) -> Matrix:
        """A vector that has the published cosines with the photographs: (width,)."""
        row = np.array([cosines(self.table)[name][picture] for picture in photographs.names()])
        known, own = axes(self.width)[-len(row) :], axes(self.width)[names().index(name)]
        return single(self.length * (row @ known + np.sqrt(1 - row @ row) * own))

    def brought_to_size(self, picture: Image.Image) -> Image.Image:
        """The picture as the model sees it after the documented preprocessing."""
        cubic = image_sizes.filtered(Image.Resampling.BICUBIC)
        return image_sizes.seen(picture, OWN_SIZE, not self.squash, cubic)[0]

    def picture(self, picture: Image.Image) -> Matrix:
        """One picture, moved toward the photograph that it resembles: (width,)."""
        picture = self.brought_to_size(picture)
        seen, known = thumbnail(picture), thumbnails()
        apart = np.linalg.norm(known - seen, axis=1)
        nearest = int(apart.argmin())
        share = float(np.exp(-((apart[nearest] / ALIKE) ** 2)))
        vector = (1 - share) * super().picture(picture)
        vector = vector + share * axes(self.width)[-len(known) :][nearest]
        return single(self.length * vector / np.linalg.norm(vector))


def names() -> list[str]:
    return list(photographs.names())


@cache
def captions() -> dict[str, str]:
    """The photograph that each caption, in any language, describes."""
    languages = map(photographs.captions, photographs.languages())
    return {text: name for texts in languages for text, name in zip(texts, names(), strict=True)}


@cache
def cosines(tag: str) -> dict[str, dict[str, float]]:
    """The published cosines by caption and photograph, with a plausible value in place of void
    ones."""
    golden = photographs.golden_table(tag)
    assert golden is not None
    return {
        caption: {
            name: golden.cosines.get((caption, name), void(caption, name)) for name in names()
        }
        for caption in names()
    }


def void(caption: str, name: str) -> float:
    """A plausible value in place of a void one: high if the caption describes the photograph."""
    return 0.29 if caption == name else 0.16


def thumbnail(picture: Image.Image) -> Matrix:
    """A small copy that identifies a photograph: (size,)."""
    return image_encoder.thumbnail(image_encoder.fit(picture))


@cache
def thumbnails() -> Matrix:
    """Thumbnails of all photographs: (count, size)."""
    return np.array([thumbnail(photographs.load(name)) for name in names()])
