"""Find a model's weights based on the settings, and load and calibrate the model.

Weights come from the project's stand-ins, the model hub, or a directory.
"""

import os
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, replace
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import numpy as np

from reference import calibration, encoders, engine, standins
from reference.calibration import noise
from reference.encoders import Placement
from reference.errors import UnloadableError
from reference.model import Computing, Isometry, Model, Preparing
from reference.settings import Settings


def load(chosen: Settings, scratch: Path) -> Model:
    """The model named by `chosen`; stand-ins are unpacked in the directory `scratch`.

    Raises `UnloadableError`, or what the model's library raises.
    """
    with located(chosen, scratch) as folder:
        used = engine.chosen(chosen, folder)
        dtype = "float32" if used == "onnx" else chosen.dtype

        def build(placement: Placement) -> Model:
            placed = replace(placement, engine=used)
            return unmeasured(encoders.load(chosen.model, folder, placed), placed)

        model, compared = calibration.in_number_format(build, chosen.device, dtype)
    described = {"beside_float32": compared.document()} if compared else {}
    return measured(model, chosen.dimensions, described)


@contextmanager
def located(settings: Settings, scratch: Path) -> Iterator[Path | None]:
    """The checkpoint's directory (a stand-in's exists only until it is loaded); None is the hub."""
    if settings.weights == "hub":
        yield None
        return
    # Everything is in the directory, so libraries have no reason to query the hub.
    os.environ["HF_HUB_OFFLINE"] = "1"
    if settings.weights == "stand-in":
        try:
            yield _unpacked(settings.model.tag, scratch)
        finally:
            shutil.rmtree(scratch, ignore_errors=True)
    else:
        yield Path(settings.weights).resolve()


def _unpacked(tag: str, into: Path) -> Path:
    try:
        return standins.unpack(tag, into)
    except LookupError as error:
        raise UnloadableError(
            f"there is no stand-in for {tag}; use --weights hub or a directory"
        ) from error


def unmeasured(encoder: encoders.Encoder, placement: Placement) -> Model:
    """`encoder` in its two roles, with one image per batch and the checkpoint's dimension."""
    return Model(Preparing(encoder), Computing(encoder, placement))


def measured(model: Model, wanted: int | None, described: dict[str, Any]) -> Model:
    """`model` with its best batch sizes, and with vectors of dimension `wanted`, if given."""
    narrow = dimension(model)
    isometry = None if wanted in (None, narrow) else Isometry(narrow, wanted or narrow)
    sizes = calibration.batch_sizes(model)
    encoder, placement = model.computing.encoder, model.computing.placement
    description = {
        **described,
        "engine": placement.engine,
        "dtype": placement.dtype,
        "dimensions": wanted or narrow,
        "image_size": image_size(model),
        "batch_sizes": asdict(sizes),
        "versions": _versions(encoder.packages),
    }
    computing = Computing(encoder, placement, isometry, sizes.images[0], sizes.filled_texts)
    final = Model(model.preparing, computing, sizes, description)
    calibration.warm_up(final)
    return final


def dimension(model: Model) -> int:
    """The dimension of both kinds of vectors; encoding the first ones also warms up libraries."""
    [text], image = model.encode_texts(["a cat"]), model.encode_image(noise(0))
    if text.shape != image.shape:
        both = f"{len(text)} and {len(image)}"
        raise UnloadableError(f"the checkpoint's text and image vectors have {both} dimensions")
    return len(image)


def image_size(model: Model) -> int | None:
    """The side in pixels of the images that the checkpoint takes; None if it takes other inputs."""
    arrays = (np.asarray(each) for each in model.preparing("image", noise(0)).values())
    return max((each.shape[-1] for each in arrays if each.ndim > 3), default=None)


def _versions(packages: Iterable[str]) -> dict[str, str]:
    """Versions of the installed packages: the libraries do not need all of them."""
    versions = {}
    for name in packages:
        with suppress(PackageNotFoundError):
            versions[name] = version(name)
    return versions
