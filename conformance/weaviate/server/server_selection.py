"""Which Weaviate a run is to have: from the option to a decision, without starting anything."""

import re
from dataclasses import dataclass
from typing import Literal

from conformance.weaviate.server import binary
from conformance.weaviate.server.binary import UnknownVersion

OFF = "off"
EMBEDDED = "embedded"
DOCKER = "docker"
SEVERAL = ","
"""Stands between servers of one option."""
VENDOR_IMAGE = "cr.weaviate.io/semitechnologies/weaviate"
TURN_ON = (
    f"no Weaviate here: --weaviate {EMBEDDED} downloads {binary.DEFAULT_VERSION} as "
    "weaviate-client does, --weaviate URL uses a server of yours"
)


@dataclass(frozen=True)
class ServerSelection:
    """`where` is a version for embedded, an image for docker and an address for url."""

    kind: Literal["off", "embedded", "docker", "url"]
    where: str = ""
    hint: str = ""
    """Why it is off."""
    name: str = ""
    """As the user has named it."""


def select_servers(option: str | None) -> tuple[ServerSelection, ...]:
    """The servers of ``--weaviate OPTION``, one by default; raises UnknownVersion with one line.

    Several, with commas between them, are all embedded or containers.
    """
    names = (option or "").split(SEVERAL)
    if len(names) == 1:
        return (select_server(option),)
    selections = tuple(select_server(name) for name in names)
    if any(each.kind not in (EMBEDDED, DOCKER) for each in selections):
        raise UnknownVersion(f"--weaviate {option}: several servers are embedded or docker ones")
    if len(set(names)) < len(names):
        raise UnknownVersion(f"--weaviate {option} names a server twice")
    return selections


def select_server(option: str | None) -> ServerSelection:
    """The decision for ``--weaviate OPTION``; raises UnknownVersion with one line.

    Without the option: embedded where a program lies in the client's cache, else off.
    """
    if option is None:
        version = binary.at_hand()
        return (
            ServerSelection("embedded", version)
            if version
            else ServerSelection("off", hint=TURN_ON)
        )
    if option == OFF:
        return ServerSelection("off", hint="switched off with --weaviate off")
    kind, _, version = option.partition(":")
    if kind == EMBEDDED:
        chosen = binary.check(version) if version else binary.DEFAULT_VERSION
        return ServerSelection("embedded", chosen, name=option)
    if kind == DOCKER:
        return ServerSelection("docker", image(version or binary.DEFAULT_VERSION), name=option)
    return ServerSelection("url", option, name=option)


def image(version: str) -> str:
    """The vendor's image of a version such as 1.39.0 or 1.39; anything else names an image."""
    is_version = re.fullmatch(r"v?\d+\.\d+[\w.-]*", version)
    return f"{VENDOR_IMAGE}:{version}" if is_version else version
