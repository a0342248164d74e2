"""The table of models: the properties of every tag, each value with its source."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Literal

from conformance.data import fixture_files
from conformance.data.messages import UserError, by_nearness, suggestion

Library = Literal["sentence-transformers", "clip", "siglip", "open_clip", "modernvbert"]


@dataclass(frozen=True)
class Model:
    """One tag. Sizes are in pixels, limits in tokens; None means unknown."""

    tag: str
    library: Library | None = None
    image_model: str | None = None
    """Hub id (or open_clip name) of the image encoder."""
    text_model: str | None = None
    """Hub id of the text encoder; the same as `image_model` in all but one tag."""
    pretrained: str | None = None
    """open_clip's name for the weights."""
    documented_dimension: int | None = None
    documented_source: str | None = None
    checkpoint_dimension: int | None = None
    checkpoint_source: str | None = None
    image_size: int | None = None
    image_resize: Literal["crop", "squash", "tile"] | None = None
    """How an image is resized: center crop, both sides scaled, or tiles."""
    image_filter: Literal["bicubic", "bilinear"] | None = None
    """The resizing filter of the model's libraries; None if unknown, or if they differ."""
    image_source: str | None = None
    image_gflops: float | None = None
    """10**9 floating-point operations per image, used to tell a GPU from a CPU."""
    image_gflops_source: str | None = None
    image_cpu_seconds: float | None = None
    """Seconds per image on one core, as measured with random weights of the full size."""
    text_tokens: int | None = None
    lower_case: bool = False
    text_source: str | None = None
    normalized: bool | None = None
    """Whether the vendor's container returns unit vectors."""
    languages: tuple[str, ...] = ()
    """ISO 639-1 codes; empty means unknown."""
    languages_source: str | None = None
    license: str | None = None
    license_source: str | None = None
    since: str | None = None
    """multi2vec-clip version that added the tag."""
    since_source: str | None = None
    listed: Literal["page", "build", "user"] = "user"
    """The tag's origin: the documentation page, the vendor's build, or the user's own file."""

    @property
    def erratum(self) -> bool:
        """Whether the documented dimension differs from that of the checkpoint."""
        both = self.documented_dimension and self.checkpoint_dimension
        return bool(both) and self.documented_dimension != self.checkpoint_dimension

    @property
    def names(self) -> list[str]:
        """Its tag, and the names of its encoders that are known."""
        return [name for name in (self.tag, self.image_model, self.text_model) if name]

    def named_in(self, document: object) -> int:
        """The length of the longest name contained in a value of a JSON document; 0 if none."""
        values = list(map(_letters, _strings(document)))
        known = [_letters(part) for name in self.names for part in (name, name.rpartition("/")[2])]
        return max((len(name) for name in known for value in values if name in value), default=0)


def _letters(name: str) -> str:
    """The name without the characters that tags, hub IDs, and library names write differently."""
    return re.sub(r"[^a-z0-9]", "", name.lower())


def _strings(value: object) -> Iterator[str]:
    """Every string among the values of a JSON document, at any depth; keys do not count."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for each in value.values() if isinstance(value, dict) else value:
            yield from _strings(each)


def row(values: Mapping[str, Any]) -> Model:
    """A model from one TOML table; raises ValueError for an unknown or missing key."""
    known = {field.name for field in fields(Model)}
    unknown = sorted(set(values) - known)
    if unknown:
        hint = suggestion(unknown[0], known)
        raise ValueError(f"there is no key {unknown[0]!r}{hint}; docs/models.md lists the keys")
    if not isinstance(values.get("tag"), str):
        raise ValueError("every [[model]] needs a tag")
    languages = tuple(values.get("languages", ()))
    return Model(**{**values, "languages": languages})


def load(extra: Path | None = None) -> dict[str, Model]:
    """Every model by tag: the project's own, then the rows of the user's file `extra`.

    Raises UserError if the file cannot be read.
    """
    own = map(row, fixture_files.toml("models.toml")["model"])
    return {model.tag: model for model in [*own, *_rows_of(extra)]}


def _rows_of(file: Path | None) -> list[Model]:
    if file is None:
        return []
    try:
        table = tomllib.loads(file.read_text(encoding="utf-8"))
        if table and "model" not in table:
            raise ValueError("it has no [[model]] table")
        return list(map(row, table.get("model", [])))
    except (OSError, ValueError) as problem:
        said = problem.strerror if isinstance(problem, OSError) else problem
        raise UserError(f"--models {file}: {said}") from problem


def find(tag: str, extra: Path | None = None) -> Model:
    """The row of `tag`; raises UserError, which lists the existing tags, nearest first."""
    table = load(extra)
    if tag not in table:
        hint = suggestion(_as_tag(tag), table)
        known = ", ".join(by_nearness(_as_tag(tag), table))
        own = "" if extra else "; for your own model, add --models FILE (docs/models.md)"
        raise UserError(f"unknown model {tag!r}{hint}; known: {known}{own}")
    return table[tag]


def _as_tag(name: str) -> str:
    """An image or hub name written as a tag: openai/clip becomes openai-clip."""
    return name.rpartition(":")[2].replace("/", "-")


def named_instead(document: object, model: Model, extra: Path | None = None) -> str:
    """The tag that a JSON document (/meta) names rather than `model`; empty if there is none."""
    if model.names == [model.tag]:
        return ""  # The document may name the model that the user's own is based on.
    named = {tag: each.named_in(document) for tag, each in load(extra).items()}
    tag = max(named, key=lambda each: named[each])
    return tag if named[tag] > model.named_in(document) else ""
