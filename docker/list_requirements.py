"""Print an image's requirements, one per line, from pyproject.toml.

``python list_requirements.py reference|stand-in|suite < pyproject.toml`` lets an image install its
libraries before it sees any code, so that changing the code does not cause another download.
"""

import re
import sys
import tomllib
from typing import Any

TABLES_NEED = ("numpy", "pillow")
"""The suite's own libraries that the reference imports too."""


def requirements(project: dict[str, Any], image: str) -> list[str]:
    """The requirements of an `image`: reference, stand-in or suite; KeyError for another."""
    own: list[str] = project["dependencies"]
    extras: dict[str, list[str]] = project["optional-dependencies"]
    return {
        "reference": [*extras["reference"], *_named(own, TABLES_NEED)],
        "stand-in": [*extras["stand-in"], *_named(own, TABLES_NEED)],
        "suite": [*own, *extras["weaviate"]],
    }[image]


def _named(lines: list[str], names: tuple[str, ...]) -> list[str]:
    return [line for line in lines if _name(line) in names]


def _name(requirement: str) -> str:
    return re.split(r"[^\w.-]", requirement, maxsplit=1)[0]


if __name__ == "__main__":
    print(*requirements(tomllib.load(sys.stdin.buffer)["project"], sys.argv[1]), sep="\n")
