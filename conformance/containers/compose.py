"""``clip-conformance compose``: print the documentation's docker-compose.yml for one model."""

from importlib.resources import files
from pathlib import Path

import click
from jinja2 import Environment, StrictUndefined

from conformance.data import fixture_files
from conformance.data.clauses import DEFAULT_VERSION
from conformance.data.models import Model
from conformance.options import shared
from conformance.options.settings import find_model

REPOSITORY = "cr.weaviate.io/semitechnologies/multi2vec-clip"
TEMPLATE = "compose.yml.jinja"
RELEASE: str = fixture_files.toml("vendor_releases.toml")["release"][0]["version"]
"""The newest release of the vendor's images; a tag without a release changes over time."""


def render(model: Model, image: str, weaviate: str, *, cuda: bool) -> str:
    """The file's text: `image` serves `model`, alongside version `weaviate` of Weaviate."""
    source = files("conformance.containers").joinpath(TEMPLATE).read_text(encoding="utf-8")
    # The output is YAML, so HTML escaping is off.
    environment = Environment(undefined=StrictUndefined, keep_trailing_newline=True)
    template = environment.from_string(source)
    own = not image.startswith(REPOSITORY)
    return template.render(model=model, image=image, own=own, weaviate=weaviate, cuda=cuda)


@click.command(context_settings={"max_content_width": 100})
@click.option(
    "--model", "tag", metavar="TAG", required=True, help="the model that the encoder serves"
)
@shared.models_file
@click.option("--image", metavar="IMAGE", help=f"the encoder's image ({REPOSITORY}:TAG-{RELEASE})")
@click.option("--cuda", is_flag=True, help="run the encoder on an NVIDIA GPU")
@click.option(
    "--weaviate-version",
    metavar="VERSION",
    default=DEFAULT_VERSION,
    show_default=True,
    help="Weaviate's version",
)
def command(
    tag: str, models: Path | None, image: str | None, cuda: bool, weaviate_version: str
) -> int:
    """Print a docker-compose.yml for Weaviate with one CLIP model."""
    model = find_model(tag, models)
    if image is None and model.listed == "user":
        raise click.UsageError(f"{model.tag} is your own model: specify its image with --image")
    image = image or f"{REPOSITORY}:{model.tag}-{RELEASE}"
    print(render(model, image, weaviate_version, cuda=cuda), end="")
    return 0
