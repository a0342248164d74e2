"""Which Weaviate a run is to have: from the option to a decision, without starting anything."""

from dataclasses import dataclass
from typing import Literal

from conformance.weaviate.server import binary

OFF = "off"
EMBEDDED = "embedded"
TURN_ON = (
    f"no Weaviate here: --weaviate {EMBEDDED} downloads {binary.DEFAULT_VERSION} as "
    "weaviate-client does, --weaviate URL uses a server of yours"
)


@dataclass(frozen=True)
class ServerSelection:
    """`where` is a version for embedded and an address for url; `hint` tells why it is off."""

    kind: Literal["off", "embedded", "url"]
    where: str = ""
    hint: str = ""


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
        return ServerSelection(
            "embedded", binary.check(version) if version else binary.DEFAULT_VERSION
        )
    return ServerSelection("url", option)
