"""Choose the Weaviate server for a run and find binaries in the client's cache.

Nothing is started or downloaded here.
"""

import os
import re
from dataclasses import dataclass
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path
from typing import Literal

from conformance.data.clauses import DEFAULT_VERSION, parse_version
from conformance.data.messages import UserError, install

OLDEST_VERSION = (1, 27, 0)
"""The oldest server that weaviate-client 4.23 supports."""
OFF = "off"
EMBEDDED = "embedded"
DOCKER = "docker"
VENDOR_IMAGE = "cr.weaviate.io/semitechnologies/weaviate"
TURN_ON = (
    f"no Weaviate on this machine: --weaviate {EMBEDDED} downloads {DEFAULT_VERSION}, as "
    "weaviate-client does, and --weaviate URL uses your own server"
)
CLIENT = f"Weaviate's client is not installed: {install('weaviate')}"
NAME = r"weaviate-v(\d+\.\d+\.\d+)-[0-9a-f]{64}"


class UnknownVersion(UserError):
    """The version is not one that the client's embedded mode accepts."""


def cache() -> Path:
    """The directory in which weaviate-client keeps its programs.

    Determined as in weaviate/embedded.py of 4.23, which is not imported since that takes a second.
    """
    default = Path.home() / ".cache" / "weaviate-embedded"
    return Path(os.environ.get("XDG_CACHE_HOME", default))


def program(version: str) -> Path:
    """The path at which the client stores the program of `version`."""
    tag = f"v{version}"
    # The client's file names contain the tag and its digest (weaviate/embedded.py of 4.23).
    return cache() / f"weaviate-{tag}-{sha256(tag.encode()).hexdigest()}"


def check(version: str) -> str:
    """The version, if it is valid; raises UnknownVersion with a line that shows a valid one."""
    if not re.fullmatch(r"\d\.\d{1,2}\.\d{1,2}(-(rc|beta|alpha)\.\d{1,2})?", version):
        raise UnknownVersion(
            f"{version!r} is not a Weaviate version; expected one like {DEFAULT_VERSION}"
        )
    return version


def cached() -> list[str]:
    """The versions in the cache, newest first."""
    if not cache().is_dir():
        return []
    names = (re.fullmatch(NAME, path.name) for path in cache().iterdir())
    versions = [name[1] for name in names if name and program(name[1]).is_file()]
    return sorted(
        (v for v in versions if parse_version(v) >= OLDEST_VERSION), key=parse_version, reverse=True
    )


def at_hand() -> str | None:
    """The cached version to use: the default, or else the newest; None if there is none."""
    versions = cached()
    if DEFAULT_VERSION in versions:
        return DEFAULT_VERSION
    return versions[0] if versions else None


@dataclass(frozen=True)
class ServerSelection:
    """`where` is a version for embedded, an image for docker, and an address for url."""

    kind: Literal["off", "embedded", "docker", "url"]
    where: str = ""
    hint: str = ""
    """Why no server is used; empty if one is."""


def has_client() -> bool:
    """Whether weaviate-client is installed: the extra `weaviate`."""
    return find_spec("weaviate") is not None


def select_server(option: str | None) -> ServerSelection:
    """The choice for ``--weaviate OPTION``; raises UnknownVersion.

    Without the option: embedded if the client and a cached program exist, or else off.
    """
    if option is None:
        version = at_hand()
        if version and not has_client():
            return ServerSelection("off", hint=CLIENT)
        return (
            ServerSelection("embedded", version)
            if version
            else ServerSelection("off", hint=TURN_ON)
        )
    if option == OFF:
        return ServerSelection("off", hint="Weaviate was disabled with --weaviate off")
    if "," in option:
        raise UnknownVersion(f"--weaviate {option} names several servers, but a run uses only one")
    kind, _, version = option.partition(":")
    if kind == EMBEDDED:
        return ServerSelection("embedded", check(version) if version else DEFAULT_VERSION)
    if kind == DOCKER:
        return ServerSelection("docker", image(version or DEFAULT_VERSION))
    return ServerSelection("url", option)


def image(version: str) -> str:
    """The vendor's image for a version such as 1.39.0 or 1.39; any other text names an image."""
    is_version = re.fullmatch(r"v?\d+\.\d+[\w.-]*", version)
    return f"{VENDOR_IMAGE}:{version}" if is_version else version
