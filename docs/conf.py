"""Sphinx: the pages of this folder as a site; `make docs` builds it."""

import sys
from importlib.metadata import version as version_of
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

project = "multi2vec-clip conformance"
version = release = version_of("multi2vec-clip-conformance")
extensions = ["myst_parser", "lab.results_page"]
myst_heading_anchors = 3
myst_enable_extensions = ["deflist"]
html_theme = "furo"
html_title = project
html_show_copyright = False
# A link into the repository, such as ../docker/README.md, becomes a download of that file.
exclude_patterns = ["_build"]


def _link_to_the_included_page(_app: object, _document: str, source: list[str]) -> None:
    """docker/README.md is read here as a page of these, so links to it go there."""
    source[0] = source[0].replace("](../docker/README.md", "](containers.md")


def setup(app: Any) -> None:
    """Sphinx calls this."""
    app.connect("source-read", _link_to_the_included_page)
