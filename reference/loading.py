"""From settings to a model that is ready to compute, and what `/meta` says of it."""

from pathlib import Path
from typing import Any

from reference import dtypes, encoders, weights
from reference.batch_sizes import noise
from reference.encoders import Placement, UnloadableError
from reference.inference import Computing
from reference.settings import Settings
from reference.widening import Isometry


def load(chosen: Settings, scratch: Path) -> tuple[Computing, dict[str, Any]]:
    """The model that `chosen` asks for; stand-ins are unpacked in the folder `scratch`."""
    with weights.located(chosen, scratch) as folder:

        def build(placement: Placement) -> Computing:
            return Computing(encoders.load(chosen.model, folder, placement), placement)

        computing, compared = dtypes.loaded(build, chosen.device, chosen.dtype)
    description: dict[str, Any] = {"dtype": computing.placement.dtype}
    if compared:
        description["beside_float32"] = compared.document()
    description["dimensions"] = widen(computing, chosen.dimensions)
    return computing, description


def widen(computing: Computing, wanted: int | None) -> int:
    """Make the vectors `wanted` wide, or leave them as they are; returns their dimension."""
    narrow = dimension(computing)
    if wanted is not None and wanted != narrow:
        computing.turn = Isometry(narrow, wanted)
    return wanted or narrow


def dimension(computing: Computing) -> int:
    """That of both kinds of vectors; encoding the first ones also warms the libraries up."""
    [text], image = computing.encode_texts(["a cat"]), computing.encode_image(noise(0))
    if text.shape != image.shape:
        widths = f"{len(text)} and {len(image)} wide"
        raise UnloadableError(f"the checkpoint's text and image vectors differ: {widths}")
    return len(image)
