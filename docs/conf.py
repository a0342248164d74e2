"""Sphinx configuration for the documentation site, which `make docs` builds."""

import sys
import tomllib
from importlib.metadata import version as version_of
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

project = "multi2vec-clip conformance"
version = release = version_of("multi2vec-clip-conformance")
settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
repository = settings["project"]["urls"]["Repository"]
html_theme_options = {"source_repository": repository, "source_branch": "main"}
extensions = ["myst_parser", "sphinx.ext.autodoc", "lab.results_page"]
autodoc_typehints = "description"
myst_heading_anchors = 3
myst_enable_extensions = ["deflist"]
smartquotes_action = "qe"  # Dashes would turn --option into an en dash.
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
