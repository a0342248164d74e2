"""How the image under test is started."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from conformance.containers.engine import PullPolicy

PORT = 8080
"""The vendor's, and so everybody's."""
TEMPORARY = "/tmp"
HOST = "host.docker.internal"
"""What this machine is called inside, where `sees_host`."""
LABEL = "clip-conformance"
"""On every container, with the process that it belongs to."""


@dataclass(frozen=True)
class ContainerOptions:
    """What the user, or a check, gives ``docker create`` beyond the image."""

    env: Mapping[str, str] = field(default_factory=dict)
    gpus: str | None = None
    """As for ``docker run --gpus``: ``all``, a number, ``device=0``."""
    pull: PullPolicy = "missing"
    mounts: Mapping[Path, str] = field(default_factory=dict)
    """Files and folders of this machine with where they appear inside, read-only."""
    port: int = PORT
    """The port that the image listens on."""
    more_ports: tuple[int, ...] = ()
    command: tuple[str, ...] = ()
    """Words for the image's entry point, instead of its own."""
    sees_host: bool = False
    """Whether this machine has a name inside: `HOST`."""
    user: str | None = None
    """``UID:GID`` instead of the image's own user."""
    read_only: bool = False
    """Whether the root file system is read-only but for an empty `TEMPORARY`."""

    def create_words(self, image: str) -> list[str]:
        """The words of ``docker create``; any free port of the loopback interface leads inside."""
        words = ["--pull", "never"]
        for port in (self.port, *self.more_ports):
            words += ["--publish", f"127.0.0.1::{port}"]
        words += ["--label", f"{LABEL}={os.getpid()}"]
        words += [f"--env={name}={value}" for name, value in self.env.items()]
        for folder, inside in self.mounts.items():
            # Unlike --volume, it does not make an empty folder where there is none.
            source = folder.resolve()
            words += ["--mount", f"type=bind,source={source},target={inside},readonly"]
        if self.gpus is not None:
            words += ["--gpus", self.gpus]
        if self.user is not None:
            words += ["--user", self.user]
        if self.read_only:
            words += ["--read-only", "--tmpfs", TEMPORARY]
        if self.sees_host:
            words += ["--add-host", f"{HOST}:host-gateway"]
        return [*words, image, *self.command]
