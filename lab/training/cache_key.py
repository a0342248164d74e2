"""Hash everything that determines a trained tower into a cache key."""

import hashlib
from collections.abc import Iterator
from functools import cache
from importlib.metadata import version
from pathlib import Path

import torch

from conformance.corpus import drawings
from conformance.data import fixture_files

LIBRARIES = ("numpy", "open-clip-torch", "pillow", "tokenizers", "torch", "transformers")
"""The libraries that draw the images, define the architectures, and do the computations."""


def cache_key(name: str, effort: float) -> str:
    """The key of the tower `name`, trained for this share of the steps with this code."""
    settings = f"{name}\0{effort!r}\0{torch.get_num_threads()}\0{_origin()}"
    return hashlib.sha256(settings.encode()).hexdigest()[:16]


@cache
def _origin() -> str:
    """A digest of all code and data used for training, and of the libraries' versions."""
    digest = hashlib.sha256()
    for part in _parts():
        digest.update(hashlib.sha256(part).digest())
    return digest.hexdigest()


def _parts() -> Iterator[bytes]:
    # A recipe's steps and sizes cannot be inspected, so the key covers the whole package.
    for file in sorted(Path(__file__).parent.glob("*.py")):
        yield file.read_bytes()
    yield Path(drawings.__file__).read_bytes()
    yield fixture_files.path("drawings.toml").read_bytes()
    for library in LIBRARIES:
        yield f"{library} {version(library)}".encode()
