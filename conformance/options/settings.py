"""What the user asked for, from the command line into one typed value."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from conformance.data import models
from conformance.data.messages import UserError
from conformance.data.models import Model
from conformance.options.table import OPTIONS, DimensionPolicy, Pull, Weights

_DEFAULTS = {row.dest: row.default for row in OPTIONS}


class BadOption(UserError):
    """An option, or a combination of options, that cannot be; the message is one line."""


@dataclass(frozen=True)
class Given:
    """A value as argparse makes it, and where it came from."""

    value: Any
    origin: str
    """`command line`, the name of a variable of the environment, or `pyproject.toml`."""


@dataclass(frozen=True)
class Settings:
    """The options of one run; times in seconds. Each field but the last is a row of the table."""

    url: str | None
    """The endpoint; None starts `image`, or else the project's own reference."""
    model: Model
    weights: Weights
    models: Path | None = None
    """The user's own rows, where `model` may come from."""
    dimension_policy: DimensionPolicy = _DEFAULTS["dimension_policy"]
    dimensions: int | None = None
    endpoint_timeout: float = _DEFAULTS["endpoint_timeout"]
    wait: float = _DEFAULTS["wait"]
    report: Path | None = None
    strict: bool = False
    slow: bool = False
    compare_with: str | None = None
    """A URL, a recording's file, or weaviate:COLLECTION."""
    weaviate: str | None = None
    """off, embedded[:VERSION], docker[:VERSION], several of these, or a URL; None is embedded where
    a binary lies at hand."""
    weaviate_grpc: int | None = None
    endpoint_for_weaviate: str | None = None
    for_weaviate: str | None = None
    """The release that is judged for; None is all of them."""
    image: str | None = None
    """The image of the container to judge, instead of a URL."""
    env: tuple[str, ...] = ()
    """NAME=VALUE for that container."""
    gpus: str | None = None
    pull: Pull = "missing"
    mount_weights: str | None = None
    """Where that container is to see the stand-in, instead of /app/models."""
    known_failures: Path | None = None
    write_known_failures: Path | None = None
    given: Mapping[str, Given] = field(default_factory=dict, compare=False)
    """The options that were given, by name, also those that are no field; others: their default."""

    def expected_dimensions(self) -> dict[int, str]:
        """The dimensions that vectors may have, each with whose figure it is; none if unknown."""
        if self.dimensions is not None:
            return {self.dimensions: "--dimensions"}
        figures = {
            "documented": self.model.documented_dimension,
            "checkpoint": self.model.checkpoint_dimension,
        }
        wanted = figures if self.dimension_policy == "published" else [self.dimension_policy]
        found: dict[int, str] = {}
        for name in wanted:
            figure = figures[name]
            if figure is not None:
                found[figure] = f"{found[figure]} and {name}" if figure in found else name
        return found


def find_model(tag: str, extra: Path | None) -> Model:
    """The row of `tag`, or a BadOption that says what there is."""
    try:
        return models.find(tag, extra)
    except (ValueError, OSError, UserError) as problem:
        raise BadOption(str(problem)) from problem
