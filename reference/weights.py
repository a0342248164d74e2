"""Where a model's weights come from: the project's stand-ins, the model hub, or a folder."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from reference.encoders import UnloadableError
from reference.settings import Settings


@contextmanager
def located(settings: Settings, scratch: Path) -> Iterator[Path | None]:
    """The folder with the checkpoint, in `scratch` and only while it is loaded; None is the hub."""
    if settings.weights == "hub":
        yield None
        return
    # Everything is in the folder, so no library has a reason to ask the hub for more.
    os.environ["HF_HUB_OFFLINE"] = "1"
    if settings.weights == "stand-in":
        try:
            yield _unpacked(settings.model.tag, scratch)
        finally:
            shutil.rmtree(scratch, ignore_errors=True)
    else:
        yield Path(settings.weights).resolve()


def _unpacked(tag: str, into: Path) -> Path:
    from reference import standins

    try:
        return standins.unpack(tag, into)
    except LookupError as error:
        raise UnloadableError(
            f"there is no stand-in for {tag}; give --weights hub or a folder"
        ) from error
