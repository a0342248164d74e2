"""The container that a run judges: the image with what the user, or the suite, gives it."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from conformance.containers import engine, image_facts, mounted_weights
from conformance.containers.container import Container
from conformance.containers.errors import ContainerTrouble
from conformance.containers.options import ContainerOptions
from conformance.options.settings import Settings

PATIENCE = 5
"""Times the first container's start that another one may take."""


@dataclass(frozen=True)
class StartedImage:
    """The container under test, for checks that look at it or start another one like it."""

    container: str
    """Its id."""
    digest: str
    env: Mapping[str, str]
    mounts: Mapping[str, str]
    """Folders of this machine with where they appear inside."""
    ready_after: float
    """Seconds that it took to get ready."""

    def patience(self, settings: Settings) -> float:
        """How long another one like it may take: more is going on by then than at its own start."""
        return max(settings.wait, PATIENCE * self.ready_after)

    def options(self, settings: Settings) -> ContainerOptions:
        """How another one like it is started; the image is here by now."""
        mounts = {Path(source): inside for source, inside in self.mounts.items()}
        return ContainerOptions(self.env, settings.gpus, "never", mounts)

    def to_plain(self) -> dict[str, Any]:
        """Plain values, fit for another process; `StartedImage(**plain)` reads them back."""
        return {
            "container": self.container,
            "digest": self.digest,
            "env": dict(self.env),
            "mounts": dict(self.mounts),
            "ready_after": self.ready_after,
        }


class ContainerUnderTest(Container):
    """The container of ``--image``, and the stand-in that is mounted into it, if one is.

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
        facts = image_facts.of(settings.image)
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
        inside = settings.mount_weights or mounted_weights.MODELS
        mounted_weights.write(settings.model.tag, folder, inside)
        return mounted_weights.mounts(folder, settings.image, inside)

    def started_image(self) -> StartedImage:
        """What checks are told of it, once it is ready."""
        mounts = {str(source.resolve()): inside for source, inside in self.options.mounts.items()}
        ready_after = time.monotonic() - self.started
        return StartedImage(self.id, self.digest, self.options.env, mounts, ready_after)

    def final_log(self) -> list[str]:
        """The last lines that it wrote; none where somebody has removed it."""
        try:
            return self.log_tail()
        except ContainerTrouble:
            return []

    def stop(self) -> None:
        """Remove it, and what was mounted; does nothing where both are gone."""
        super().stop()
        self._scratch.cleanup()
