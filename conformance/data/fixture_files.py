"""Access to the project's data files, in a checkout or an installed wheel."""

import tomllib
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any


def path(name: str) -> Traversable:
    """The data file or directory `name`, such as ``models.toml`` or ``wire``."""
    return files("clip_fixtures").joinpath(name)


@cache
def toml(name: str) -> dict[str, Any]:
    """The parsed TOML file `name`; shared between callers, so not to be changed."""
    return tomllib.loads(path(name).read_text(encoding="utf-8"))
