"""Measure how much a deviation from documented usage changes the diagnostic items' vectors."""

import io
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import torch
from PIL import Image

from conformance.data.models import Model
from conformance.data.tolerances import Array
from conformance.exact import items
from lab.exactness.documented.usage import Inputs, Usage
from lab.exactness.mistakes.mistake import Mistake, NotApplicable


@dataclass(frozen=True)
class Items:
    """The texts and image files by name."""

    texts: Mapping[str, str]
    images: Mapping[str, bytes]

    def opened(self, name: str) -> Image.Image:
        """The image as Pillow opens it."""
        return Image.open(io.BytesIO(self.images[name]))


class Measurement:
    """Correct and incorrect vectors of one usage. Not thread-safe."""

    def __init__(self, usage: Usage, model: Model, shown: Items) -> None:
        self._usage = usage
        self._model = model
        self._items = shown
        self._right: dict[tuple[str, str], Array] = {}
        self._pixels: dict[str, Inputs] = {}

    def right(self, kind: str, name: str) -> Array:
        """The documented usage's vector (d,)."""
        if (kind, name) not in self._right:
            self._right[kind, name] = self._vector(self._usage, kind, name)
        return self._right[kind, name]

    def _vector(self, usage: Usage, kind: str, name: str) -> Array:
        if kind == "text":
            return usage.text(self._items.texts[name])
        return usage.image(self._items.opened(name))

    def moved(self, mistake: Mistake) -> dict[str, Array] | None:
        """The vectors with the mistake, by item; None if it does not apply.

        The items are the general ones, or the special ones if no general item is affected.
        """
        kind = mistake.kind
        try:
            found = self._with(mistake, items.GENERAL[kind])
            if not any(self._differs(kind, name, vector) for name, vector in found.items()):
                found |= self._with(mistake, items.SPECIAL[kind])
        except NotApplicable:
            return None
        return found

    def _differs(self, kind: str, name: str, vector: Array) -> bool:
        return not np.array_equal(vector, self.right(kind, name))

    @torch.no_grad()
    def _with(self, mistake: Mistake, names: tuple[str, ...]) -> dict[str, Array]:
        for name in names:
            # The correct vectors are computed before anything is altered.
            self.right(mistake.kind, name)
        with mistake.change(self._usage, self._model) as changed:
            return {name: self._changed(changed, mistake.kind, name) for name in names}

    def _changed(self, changed: Usage, kind: str, name: str) -> Array:
        """The vector with the mistake; if no pixel changes, the correct one is reused."""
        only_pixels = kind == "image" and changed.pixels is not self._usage.pixels
        if only_pixels and changed.image_vector is self._usage.image_vector:
            if name not in self._pixels:
                self._pixels[name] = self._usage.pixels(self._items.opened(name))
            if _equal(changed.pixels(self._items.opened(name)), self._pixels[name]):
                return self.right(kind, name)
        return self._vector(changed, kind, name)


def _equal(one: Inputs, other: Inputs) -> bool:
    tensors = [key for key in other if isinstance(other[key], torch.Tensor)]
    return all(torch.equal(one[key], other[key]) for key in tensors if key in one)
