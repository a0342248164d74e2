"""The user's settings as typed values."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, TypedDict

from conformance.data import clauses, models
from conformance.data.messages import UserError
from conformance.data.models import Model
from conformance.options import endpoint_url
from conformance.options.table import DEFAULT_REFERENCE, OPTIONS, DimensionPolicy, Pull, Weights

_DEFAULTS = {row.dest: row.default for row in OPTIONS}


class BadOption(UserError):
    """An option, or a combination of options, that cannot be used."""


@dataclass(frozen=True)
class Given:
    """The value of an option, and where it came from."""

    value: Any
    origin: str
    """`command line`, the name of an environment variable, or `pyproject.toml`."""


@dataclass(frozen=True)
class Settings:
    """The options of a run; times in seconds. Each field except the last is a row of the table."""

    url: str | None
    """The endpoint; None starts `image`, or else the project's own reference."""
    model: Model
    weights: Weights
    models: Path | None = None
    """The user's own file of models, which may contain `model`."""
    dimension_policy: DimensionPolicy = _DEFAULTS["dimension_policy"]
    dimensions: int | None = None
    endpoint_timeout: float = _DEFAULTS["endpoint_timeout"]
    wait: float = _DEFAULTS["wait"]
    report: Path | None = None
    strict: bool = False
    slow: bool = False
    budget: float = _DEFAULTS["budget"]
    """Minutes; ignored with `slow`."""
    clause: tuple[str, ...] = ()
    """Ids of the clauses to run; if `group` is also empty, every clause runs."""
    group: tuple[str, ...] = ()
    compare_with: str | None = None
    """A URL, a recording, or weaviate:http://HOST:PORT/COLLECTION."""
    header: tuple[str, ...] = ()
    """NAME:VALUE for every request to the endpoint."""
    ca_file: Path | None = None
    weaviate: str | None = None
    """off, embedded[:VERSION], docker[:VERSION], or a URL; None is embedded if it is installed."""
    weaviate_grpc: str | None = None
    """[HOST:]PORT of the gRPC interface of the server at the URL."""
    endpoint_for_weaviate: str | None = None
    for_weaviate: str | None = None
    """The Weaviate release to test against; None means all releases."""
    image: str | None = None
    """The image of the container to test, instead of a URL."""
    env: tuple[str, ...] = ()
    """NAME=VALUE for that container."""
    gpus: str | None = None
    pull: Pull = "missing"
    mount_weights: str | None = None
    """The path of the stand-in inside that container, instead of /app/models."""
    known_failures: Path | None = None
    write_known_failures: Path | None = None
    given: Mapping[str, Given] = field(default_factory=dict, compare=False)
    """The options that were given, by name; the others have their defaults."""

    def chosen_clauses(self) -> set[str]:
        """The ids of the clauses chosen individually or by group; empty means all."""
        chosen = {clauses.find(name).id for name in self.clause}
        wanted = [clauses.find_group(name) for name in self.group]
        return chosen | {each.id for each in clauses.all_clauses().values() if each.group in wanted}

    def expected_dimensions(self) -> dict[int, str]:
        """The dimensions that vectors may have, each with its source; empty if unknown."""
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


class Options(TypedDict, total=False):
    """The options of `conformance.run`, as in the table; those left out have their defaults."""

    header: Sequence[str]
    ca_file: Path
    reference: str
    image: str
    env: Sequence[str]
    gpus: str
    pull: Pull
    mount_weights: str
    models: Path
    weights: Weights
    dimension_policy: DimensionPolicy
    dimensions: int
    report: Path
    known_failures: Path
    write_known_failures: Path
    strict: bool
    slow: bool
    budget: float
    wait: float
    endpoint_timeout: float
    clause: Sequence[str]
    group: Sequence[str]
    compare_with: str
    weaviate: str
    weaviate_grpc: str
    endpoint_for_weaviate: str
    for_weaviate: str


def make_settings(found: Mapping[str, Given]) -> Settings:
    """The settings of a run, from the given values by `dest`; raises a UserError of one line.

    It reads only the file with the user's own models.
    """
    values = {row.dest: found[row.dest].value if row.dest in found else None for row in OPTIONS}
    _check(values)
    started = "" if values["url"] else "image" if values["image"] else "reference"
    made = {row.dest: row.value(values[row.dest], started) for row in OPTIONS}
    made |= {row.dest: tuple(made[row.dest] or ()) for row in OPTIONS if row.repeatable}
    made |= {row.dest: bool(made[row.dest]) for row in OPTIONS if row.flag}
    made["url"] = made["url"] and made["url"].removesuffix("/")
    made["report"] = made["report"] and made["report"].absolute()
    if values["mount_weights"]:
        made["weights"] = "stand-in"
    made["model"] = find_model(_tag(values), values["models"])
    made["given"] = {row.name: found[row.dest] for row in OPTIONS if row.dest in found}
    settings = Settings(**{each.name: made[each.name] for each in fields(Settings)})
    settings.chosen_clauses()  # Report unknown names before anything starts.
    return settings


def find_model(tag: str, extra: Path | None) -> Model:
    """The row of `tag`; raises a BadOption that lists the known tags."""
    try:
        return models.find(tag, extra)
    except (ValueError, OSError, UserError) as problem:
        raise BadOption(str(problem)) from problem


def _tag(values: Mapping[str, Any]) -> str:
    """The tag of the endpoint's model; raises BadOption if it was not given."""
    default = None if values["url"] or values["image"] else DEFAULT_REFERENCE
    tag: str | None = values["reference"] or values["model"] or default
    if tag is None:
        raise BadOption(
            "specify the endpoint's model with --model TAG (clip-conformance models lists the "
            "tags; for your own model, add --models FILE)"
        )
    return tag


def _check(values: Mapping[str, Any]) -> None:
    _check_target(values)
    for row in OPTIONS:
        if row.positive and values[row.dest] is not None and values[row.dest] <= 0:
            raise BadOption(f"--{row.name} must be above 0")
    if values["url"] is not None and (problem := endpoint_url.problem(values["url"])):
        raise BadOption(problem)
    try:
        clauses.parse_version(values["for_weaviate"] or clauses.DEFAULT_VERSION)
    except (ValueError, UserError) as problem:
        raise BadOption(f"--for-weaviate: {problem}") from problem


def _check_target(values: Mapping[str, Any]) -> None:
    if values["url"] and values["reference"]:
        raise BadOption("--reference starts its own endpoint: give a URL or a tag, not both")
    if values["image"] and (values["url"] or values["reference"]):
        raise BadOption("--image starts its own endpoint: give neither a URL nor --reference")
    if values["reference"] and values["model"] not in (None, values["reference"]):
        raise BadOption("--reference and --model name different models")
    for row in OPTIONS:
        if row.only_for and values[row.dest] and not values[row.only_for]:
            needed = "an endpoint URL" if row.only_for == "url" else f"--{row.only_for}"
            raise BadOption(f"--{row.name} requires {needed}")
    if any("=" not in each for each in values["env"] or ()):
        raise BadOption("--env takes NAME=VALUE")
    _check_mount(values)


def _check_mount(values: Mapping[str, Any]) -> None:
    where = values["mount_weights"]
    if where is None:
        return
    if not where.startswith("/") or ":" in where or "," in where:
        raise BadOption(f"--mount-weights takes an absolute path inside the container: {where!r}")
    if values["weights"] == "published":
        raise BadOption("--mount-weights mounts the stand-in, so --weights cannot be published")
