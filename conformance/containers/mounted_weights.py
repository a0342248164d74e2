"""A tag's stand-in where somebody's image looks for its model."""

import subprocess
import sys
from pathlib import Path, PurePosixPath

from conformance.containers import engine
from conformance.containers.errors import CommandFailed, ContainerTrouble

MODELS = "/app/models"
"""Where the vendor's images have theirs."""
EXPORT_SECONDS = 300.0
ARCHITECTURES = "model_configs"
"""open_clip knows architectures by name, each a file of its own in this folder of the package."""
FIND_OPEN_CLIP = (
    "from importlib.util import find_spec as f;print(f('open_clip').submodule_search_locations[0])"
)


class NoStandIn(ContainerTrouble):
    """There is no stand-in to mount; the message is one line."""


def write(tag: str, folder: Path, inside: str = MODELS) -> None:
    """Write the stand-in of `tag` into `folder`, for a container that sees it as `inside`.

    The stand-ins come with the reference, which is started as a program. Raises NoStandIn.
    """
    command = [sys.executable, "-m", "reference.standins", "export", tag, str(folder)]
    command += ["--layout", "vendor", "--mounted-at", inside]
    done = subprocess.run(
        command, capture_output=True, text=True, errors="replace", timeout=EXPORT_SECONDS
    )
    if done.returncode:
        said = (done.stderr.strip().splitlines() or ["it said nothing"])[-1]
        line = f"no stand-in of {tag} can be mounted: {said.removeprefix('ERROR: ')}"
        raise NoStandIn(line)
    _open_to_all(folder)


def _open_to_all(folder: Path) -> None:
    """Readable for whatever user the image runs as."""
    for path in (folder, *folder.rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)


def mounts(folder: Path, image: str, inside: str = MODELS) -> dict[Path, str]:
    """What to mount where, for `ContainerOptions`: the folder, and what open_clip has to know."""
    architectures = sorted((folder / ARCHITECTURES).glob("*.json"))
    where = _open_clip(image) if architectures else None
    if where is None:
        return {folder: inside}
    return {folder: inside, **{file: f"{where}/{file.name}" for file in architectures}}


def _open_clip(image: str) -> PurePosixPath | None:
    """The folder of architectures in the image's open_clip; None where it has none."""
    words = ("run", "--rm", "--pull", "never", "--network", "none", "--entrypoint", "python")
    try:
        said = engine.call(*words, image, "-c", FIND_OPEN_CLIP)
    except CommandFailed:
        return None
    return PurePosixPath(said.strip().splitlines()[-1], ARCHITECTURES)
