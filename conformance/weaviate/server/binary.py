"""Which Weaviate programs lie in the client's cache; looking never downloads anything."""

import os
import re
from hashlib import sha256
from pathlib import Path

from conformance.data import weaviate_versions
from conformance.data.weaviate_versions import parse

DEFAULT_VERSION = weaviate_versions.DEFAULT_VERSION
"""The release that `embedded` means where no version is named."""

OLDEST_VERSION = (1, 27, 0)
"""The oldest server that weaviate-client 4.23 talks to."""


NAME = r"weaviate-v(\d+\.\d+\.\d+)-[0-9a-f]{64}"


class UnknownVersion(ValueError):
    """Not a version that the client's embedded mode takes."""


def cache() -> Path:
    """The folder that weaviate-client keeps its programs in.

    As in weaviate/embedded.py of 4.23, which is not asked itself: importing it takes a second.
    """
    default = Path.home() / ".cache" / "weaviate-embedded"
    return Path(os.environ.get("XDG_CACHE_HOME", default))


def program(version: str) -> Path:
    """Where the client keeps, or would put, the program of `version`."""
    tag = f"v{version}"
    # The client names a file by the tag and its digest: weaviate/embedded.py of 4.23.
    return cache() / f"weaviate-{tag}-{sha256(tag.encode()).hexdigest()}"


def check(version: str) -> str:
    """The version, if it is one; raises UnknownVersion with a line that says what is."""
    if not re.fullmatch(r"\d\.\d{1,2}\.\d{1,2}(-(rc|beta|alpha)\.\d{1,2})?", version):
        raise UnknownVersion(f"no Weaviate version: {version!r}; one looks like {DEFAULT_VERSION}")
    return version


def cached() -> list[str]:
    """The versions whose programs are here, newest first."""
    if not cache().is_dir():
        return []
    names = (re.fullmatch(NAME, path.name) for path in cache().iterdir())
    versions = [name[1] for name in names if name and program(name[1]).is_file()]
    return sorted((v for v in versions if parse(v) >= OLDEST_VERSION), key=parse, reverse=True)


def at_hand() -> str | None:
    """The version to use without a download: the default one, else the newest; None without any."""
    versions = cached()
    if DEFAULT_VERSION in versions:
        return DEFAULT_VERSION
    return versions[0] if versions else None
