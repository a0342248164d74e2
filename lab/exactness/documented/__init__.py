"""Each library's documented usage, spelled out step by step, one module per library.

This code does not use the project's reference encoder, whose vectors are compared with the vectors
that this code computes.
"""

from collections.abc import Callable
from importlib import import_module
from pathlib import Path

from conformance.data.models import Library, Model
from lab.exactness.documented.usage import Usage

_MODULES: dict[Library, str] = {
    "sentence-transformers": "sentence_transformers",
    "clip": "clip",
    "siglip": "siglip",
    "open_clip": "open_clip",
    "modernvbert": "modernvbert",
}


def usage(model: Model, folder: Path) -> Usage:
    """The documented usage of `model`'s library, with the stand-in unpacked in `folder`."""
    assert model.library is not None
    name = f"lab.exactness.documented.{_MODULES[model.library]}"
    load: Callable[[Model, Path], Usage] = import_module(name).load
    return load(model, folder)
