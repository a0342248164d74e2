"""What the user asked for, from the command line into one typed value."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args

from conformance.data import models
from conformance.data.models import Model

Weights = Literal["published", "stand-in"]
DimensionPolicy = Literal["published", "documented", "checkpoint"]

WEIGHTS: tuple[str, ...] = get_args(Weights)
POLICIES: tuple[str, ...] = get_args(DimensionPolicy)

DEFAULT_REFERENCE = "sentence-transformers-clip-ViT-B-32-multilingual-v1"
"""The tag of the documentation page's own example."""


class BadOption(ValueError):
    """An option, or a combination of options, that cannot be; the message is one line."""


@dataclass(frozen=True)
class Settings:
    """The options of one run; times in seconds."""

    url: str | None
    """The endpoint; None starts the project's own reference."""
    model: Model
    weights: Weights
    models: Path | None = None
    """The user's own rows, where `model` may come from."""
    dimension_policy: DimensionPolicy = "published"
    dimensions: int | None = None
    endpoint_timeout: float = 50.0
    wait: float = 10.0
    report: Path | None = None
    strict: bool = False
    slow: bool = False
    compare_with: str | None = None
    """A URL, a recording's file, or weaviate:COLLECTION."""
    weaviate: str | None = None
    """off, embedded, embedded:VERSION or a URL; None is embedded where a binary lies at hand."""
    weaviate_grpc: int | None = None
    endpoint_for_weaviate: str | None = None

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
            width = figures[name]
            if width is not None:
                found[width] = f"{found[width]} and {name}" if width in found else name
        return found


def find_model(tag: str, extra: Path | None) -> Model:
    """The row of `tag`, or a BadOption that says what there is."""
    try:
        return models.find(tag, extra)
    except (ValueError, OSError) as problem:
        raise BadOption(str(problem)) from problem
