"""The image under the limits that clusters set: nothing to write to, and a user of their own."""

from collections.abc import Collection, Iterable
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

from conformance.containers import engine
from conformance.containers.container import Container
from conformance.containers.errors import ContainerTrouble
from conformance.containers.options import ContainerOptions
from conformance.containers.startup import RESPONSE_SECONDS, observe_start
from conformance.transport.client import Client
from conformance.transport.endpoint import Endpoint
from conformance.transport.exchange import Exchange

OTHER_USER = "12345:12345"
"""In no image's list of users, as OpenShift's are."""
TEMPORARY_FOLDERS = ("/tmp", "/var/tmp", "/run", "/dev")


@dataclass(frozen=True)
class Confined:
    """A container under one limit: either `trouble`, or it came up and answered."""

    trouble: ContainerTrouble | None
    text: Exchange | None = None
    image: Exchange | None = None


def observe_both(image: str, options: ContainerOptions, wait: float, item: bytes) -> Confined:
    """Both limits at once: where that works, each of them does, and one start has shown it."""
    return _observe(image, replace(options, read_only=True, user=OTHER_USER), wait, item)


def observe_read_only(image: str, options: ContainerOptions, wait: float, item: bytes) -> Confined:
    """A read-only root with an empty, writable /tmp; `item` is an image file to vectorize."""
    return _observe(image, replace(options, read_only=True), wait, item)


def observe_other_user(image: str, options: ContainerOptions, wait: float, item: bytes) -> Confined:
    """Another user and group than the image's; `item` is an image file to vectorize."""
    return _observe(image, replace(options, user=OTHER_USER), wait, item)


def _observe(image: str, options: ContainerOptions, wait: float, item: bytes) -> Confined:
    try:
        # The first container has pulled it.
        with Container(image, replace(options, pull="never")) as container:
            start = observe_start(container, wait)
            with closing(Client(container.url, RESPONSE_SECONDS)) as client:
                return Confined(None, start.first, Endpoint(client).vectorize(images=[item]))
    except ContainerTrouble as trouble:
        return Confined(trouble)


def written_paths(container: str, mounted: Iterable[str] = ()) -> list[str]:
    """What the container with that id has written, changed or removed.

    Outside of temporary folders, and of what is `mounted`, which its engine lists too.
    """
    lines = engine.call("diff", container).splitlines()
    changed = {line[2:] for line in lines if len(line) > 2}
    ours = (*TEMPORARY_FOLDERS, *mounted)
    return sorted(path for path in changed if not _explained(path, changed, ours))


def _explained(path: str, changed: Collection[str], ours: Collection[str]) -> bool:
    """Whether it lies in `ours`, or is a folder only listed for what has changed inside."""
    pure = PurePosixPath(path)
    inside = any(pure.is_relative_to(folder) for folder in ours)
    return inside or any(pure in PurePosixPath(other).parents for other in (*changed, *ours))
