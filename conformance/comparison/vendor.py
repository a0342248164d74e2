"""Properties of Weaviate's own container images that can explain why vectors differ."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from conformance.data import fixture_files
from conformance.data.models import Model

SIGLIP_2 = "google/siglip2"
METACLIP_2 = "facebook/metaclip-2"
SAYS = "transformers_version"
"""The entry of /meta that tells releases apart, at the top level or in `clip_model`."""


def remark(model: Model) -> str:
    """How the container departs from the model's documented usage; empty for most models."""
    source = model.text_model or ""
    if source.startswith(METACLIP_2):
        return (
            "Text vectors from the vendor's image of MetaCLIP 2 always differ from those computed "
            "as documented, since it pools a text at the token with the highest ID, not at its end "
            "(docs/vendor-container.md). Images are not affected."
        )
    if model.library == "siglip":
        case = ", and do not lowercase it" if source.startswith(SIGLIP_2) else ""
        return (
            "The vendor's images for SigLIP models pad each text to the longest in its request "
            f"instead of to 64 tokens{case}, so their text vectors always differ from those "
            "computed as documented (docs/vendor-container.md). Images are not affected."
        )
    return ""


@dataclass(frozen=True)
class Change:
    """A change since the previous release that affects vectors."""

    libraries: Sequence[str]
    kind: str
    """texts or images."""
    text: str
    refused: bool = False
    """Whether the change affects which items are rejected, rather than their vectors."""


@dataclass(frozen=True)
class Release:
    """One release of the container."""

    version: str
    transformers: str
    changes: tuple[Change, ...]


@cache
def releases() -> tuple[Release, ...]:
    """The releases in the table, newest first."""
    rows = fixture_files.toml("vendor_releases.toml")["release"]
    return tuple(
        Release(
            row["version"],
            row["transformers"],
            tuple(Change(**change) for change in row.get("change", ())),
        )
        for row in rows
    )


def transformers_of(meta: object) -> str:
    """The version of transformers in the container's GET /meta; empty if it is missing."""
    found = meta.get(SAYS) if isinstance(meta, Mapping) else None
    if found is None and isinstance(meta, Mapping):
        inner = meta.get("clip_model")
        found = inner.get(SAYS) if isinstance(inner, Mapping) else None
    return found if isinstance(found, str) else ""


def release_words(transformers: str) -> str:
    """The releases with this version, as in `releases 1.4.1 or 1.4.0`; empty if none has it."""
    fitting = [each.version for each in releases() if each.transformers == transformers]
    return f"release{'s' * (len(fitting) > 1)} {' or '.join(fitting)}" if fitting else ""


def changes(kind: str, model: Model | None, old: str, new: str, refused: bool = False) -> list[str]:
    """Descriptions of the releases' changes to vectors of a kind, or to what is rejected.

    `old` and `new` are versions of transformers; if one is empty, all releases count.
    """
    versions = [each.transformers for each in releases()]
    first = versions.index(new) if new in versions else 0
    last = len(versions) - versions[::-1].index(old) if old in versions else len(versions)
    return [
        f"since release {release.version}, {change.text}"
        for release in releases()[first:last]
        for change in release.changes
        if change.kind == kind
        and change.refused == refused
        and (model is None or model.library in change.libraries)
    ]
