"""``clip-conformance compose``: the documentation page's docker-compose.yml for one model."""

import argparse
import sys
from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path
from typing import NoReturn

from jinja2 import Environment, StrictUndefined

from conformance.data import models
from conformance.data.messages import UserError
from conformance.data.models import Model
from conformance.data.weaviate_versions import DEFAULT_VERSION

REPOSITORY = "cr.weaviate.io/semitechnologies/multi2vec-clip"
TEMPLATE = "compose.yml.jinja"
USAGE = 4
"""The exit status of a bad option, as of the suite itself."""


def render(model: Model, image: str, weaviate: str, *, cuda: bool) -> str:
    """The file's text: `image` serves `model`, beside Weaviate of version `weaviate`."""
    source = files("conformance.containers").joinpath(TEMPLATE).read_text(encoding="utf-8")
    # YAML, so nothing is to be escaped for HTML.
    environment = Environment(undefined=StrictUndefined, keep_trailing_newline=True)
    template = environment.from_string(source)
    return template.render(model=model, image=image, weaviate=weaviate, cuda=cuda)


def main(arguments: Sequence[str]) -> int:
    """Print the file; a bad option is one line on stderr and status 4."""
    parser = _parser()
    options = parser.parse_args(arguments)
    try:
        model = models.find(options.model, options.models)
    except (ValueError, OSError, UserError) as problem:
        parser.error(str(problem))
    if options.image is None and model.listed == "user":
        parser.error(f"{model.tag} is a model of your own: give its image with --image")
    image = options.image or f"{REPOSITORY}:{model.tag}"
    print(render(model, image, options.weaviate_version, cuda=options.cuda), end="")
    return 0


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        self.exit(USAGE, f"ERROR: {message}; --help lists the options\n")


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        "clip-conformance compose",
        description="Print a docker-compose.yml of Weaviate with one CLIP model.",
        allow_abbrev=False,
    )
    add = parser.add_argument
    add("--model", metavar="TAG", required=True, help="the model that the encoder serves")
    add("--models", metavar="FILE", type=Path, help="TOML file with rows of your own models")
    add("--image", metavar="IMAGE", help=f"the encoder's image ({REPOSITORY}:TAG)")
    add("--cuda", action="store_true", help="compute on an NVIDIA GPU")
    add(
        "--weaviate-version",
        metavar="VERSION",
        default=DEFAULT_VERSION,
        help=f"Weaviate's version ({DEFAULT_VERSION})",
    )
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
