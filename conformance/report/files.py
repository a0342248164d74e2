"""What ``--report DIR`` writes, beside the bodies of failed requests."""

import json
from pathlib import Path
from typing import Any

import pytest

from conformance.report import badge, markdown
from conformance.report.html import page


def prepare(config: pytest.Config, folder: Path) -> None:
    """Make the folder, and have pytest write its JUnit file there."""
    folder.mkdir(parents=True, exist_ok=True)
    if not config.option.xmlpath:
        config.option.xmlpath = str(folder / "junit.xml")


def write(folder: Path, document: dict[str, Any]) -> None:
    """Write report.json, and what is made from it."""
    contents = {
        "report.json": json.dumps(document, indent=2, ensure_ascii=False) + "\n",
        "report.html": page.render(document),
        "report.md": markdown.render(document),
        "badge.json": badge.render(document),
    }
    for name, text in contents.items():
        (folder / name).write_text(text, encoding="utf-8")
