"""The container under test and the settings with which it is started."""

import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory

from conformance.containers import engine
from conformance.containers.container import Container, ContainerOptions
from conformance.containers.engine import CommandFailed, ContainerTrouble
from conformance.options.settings import Settings

PATIENCE = 5
"""Factor by which another container may take longer to start than the first."""
MODELS = "/app/models"
"""The models directory of the vendor's images."""
EXPORT_SECONDS = 300.0
ARCHITECTURES = "model_configs"
"""The directory of the open_clip package with one file per architecture."""
FIND_OPEN_CLIP = (
    "from importlib.util import find_spec as f;print(f('open_clip').submodule_search_locations[0])"
)


@dataclass(frozen=True)
class StartedImage:
    """The container under test, for checks that observe it or start another one like it."""

    container: str
    """Its id."""
    digest: str
    names: Sequence[str]
    """All names of its image."""
    env: Mapping[str, str]
    mounts: Mapping[str, str]
    """Directories of this machine with their paths inside."""
    ready_after: float
    """Seconds that it took to become ready."""

    def patience(self, settings: Settings) -> float:
        """Time limit in seconds for another container like it, when the machine is busier."""
        return max(settings.wait, PATIENCE * self.ready_after)

    def options(self, settings: Settings) -> ContainerOptions:
        """The options for another container like it, without a pull."""
        mounts = {Path(source): inside for source, inside in self.mounts.items()}
        return ContainerOptions(self.env, settings.gpus, "never", mounts)


class ContainerUnderTest(Container):
    """The container of ``--image``, and the stand-in that is mounted into it, if any.

    Raises ContainerTrouble.
    """

    def __init__(self, settings: Settings) -> None:
        assert settings.image is not None
        self._scratch = TemporaryDirectory(prefix="clip-conformance-weights-")
        try:
            super().__init__(settings.image, self._options(settings))
        except BaseException:
            self._scratch.cleanup()
            raise

    def _options(self, settings: Settings) -> ContainerOptions:
        assert settings.image is not None
        engine.check()
        engine.fetch(settings.image, settings.pull)
        facts = engine.facts_of(settings.image)
        given = dict(each.split("=", 1) for each in settings.env)
        env = {**facts.names_model(settings.model.tag), **given}
        mounts: Mapping[Path, str] = {}
        if settings.mount_weights is not None or (
            settings.weights == "stand-in" and not facts.has_stand_ins(env)
        ):
            mounts = self._stand_in(settings)
        return ContainerOptions(env, settings.gpus, "never", mounts)

    def _stand_in(self, settings: Settings) -> Mapping[Path, str]:
        assert settings.image is not None
        folder = Path(self._scratch.name) / "models"
        Path(self._scratch.name).chmod(0o755)
        inside = settings.mount_weights or MODELS
        export_stand_in(settings.model.tag, folder, inside)
        return mounts_of(folder, settings.image, inside)

    def started_image(self) -> StartedImage:
        """The facts about it that checks use, once it is ready."""
        mounts = {str(source.resolve()): inside for source, inside in self.options.mounts.items()}
        ready_after = time.monotonic() - self.started
        env = self.options.env
        return StartedImage(self.id, self.digest, self.names, env, mounts, ready_after)

    def final_log(self) -> list[str]:
        """The last lines of its log; empty if the container was removed."""
        try:
            return self.log_tail()
        except ContainerTrouble:
            return []

    def stop(self) -> None:
        """Remove it and what was mounted; does nothing if both are gone."""
        super().stop()
        self._scratch.cleanup()


def export_stand_in(tag: str, folder: Path, inside: str = MODELS) -> None:
    """Write the stand-in for `tag` into `folder`, which the container sees as `inside`.

    The stand-ins come with the reference, which is run as a program. Raises ContainerTrouble.
    """
    command = [sys.executable, "-m", "reference.standins", tag, str(folder)]
    command += ["--layout", "vendor", "--mounted-at", inside]
    done = subprocess.run(
        command, capture_output=True, text=True, errors="replace", timeout=EXPORT_SECONDS
    )
    if done.returncode:
        said = (done.stderr.strip().splitlines() or ["it produced no output"])[-1]
        line = f"no stand-in for {tag} can be mounted: {said.removeprefix('ERROR: ')}"
        raise ContainerTrouble(line)
    _open_to_all(folder)


def _open_to_all(folder: Path) -> None:
    """Make it readable for any user that the image runs as."""
    for path in (folder, *folder.rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)


def mounts_of(folder: Path, image: str, inside: str = MODELS) -> dict[Path, str]:
    """The mounts for `ContainerOptions`: the directory, and open_clip's architecture files."""
    architectures = sorted((folder / ARCHITECTURES).glob("*.json"))
    where = _open_clip(image) if architectures else None
    if where is None:
        return {folder: inside}
    return {folder: inside, **{file: f"{where}/{file.name}" for file in architectures}}


def _open_clip(image: str) -> PurePosixPath | None:
    """The architecture directory of the image's open_clip; None if it has none."""
    words = ("run", "--rm", "--pull", "never", "--network", "none", "--entrypoint", "python")
    try:
        said = engine.call(*words, image, "-c", FIND_OPEN_CLIP)
    except CommandFailed:
        return None
    return PurePosixPath(said.strip().splitlines()[-1], ARCHITECTURES)
