"""Sphinx: the pages of this folder as a site; `make docs` builds it."""

import sys
from importlib.metadata import metadata
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

project = "multi2vec-clip conformance"
about = metadata("multi2vec-clip-conformance")
version = release = about["Version"]
repository = dict(each.split(", ") for each in about.get_all("Project-URL", []))["Repository"]
html_theme_options = {"source_repository": repository, "source_branch": "main"}
extensions = ["myst_parser", "lab.results_page"]
myst_heading_anchors = 3
myst_enable_extensions = ["deflist"]
html_theme = "furo"
html_title = project
html_show_copyright = False
# A link into the repository, such as ../docker/README.md, becomes a download of that file.
exclude_patterns = ["_build"]


def _replaced(_app: object, _document: str, source: list[str]) -> None:
    """Links to docker/README.md go to the page that includes it, OWNER is whose project this is."""
    source[0] = source[0].replace("](../docker/README.md", "](containers.md")
    source[0] = source[0].replace("OWNER", repository.split("/")[-2])


def setup(app: Any) -> None:
    """Sphinx calls this."""
    app.connect("source-read", _replaced)
