"""Every limit lies between legitimate differences and the effects of mistakes."""

import json
from pathlib import Path
from typing import Any

import pytest

from conformance.data.models import load
from conformance.exact import items
from conformance.exact.judgment import limits
from lab.exactness import table
from lab.exactness.mistakes import ALL

ROOT = Path(__file__).parents[2]
LOW_PRECISION = ("bfloat16", "int8, dynamic")
ACCEPTED = ("converted to RGB before anything else",)
"""Variations whose vectors the clauses accept as correct."""
COARSE = "JPEG decoded with the fast cosine transform and upsampling"
TAGS = [tag for tag in sorted(load()) if (table.MEASURED / f"{tag}.json").is_file()]
"""The measured tags: all but SigLIP 2 at 512 pixels, which is the slowest and has no new layers."""


def measured(tag: str, part: str) -> list[dict[str, Any]]:
    """The measurements of one tag: `honest` or `mistakes`."""
    changes: list[dict[str, Any]] = json.loads((table.MEASURED / f"{tag}.json").read_text())[part]
    return changes


def furthest(change: dict[str, Any]) -> float:
    """The largest distance of an item that does not have a rare mode."""
    kept = [row[0] for item, row in change["moved"].items() if item not in items.MODES]
    return float(max(kept, default=0))


@pytest.mark.parametrize("tag", TAGS)
def test_honest_differences_are_well_below_the_wide_limits(tag: str) -> None:
    wide = {"text": limits().texts, "image": limits().images}
    honest = [each for each in measured(tag, "honest") if each["name"] not in ACCEPTED]
    far = [each for each in honest if furthest(each) > wide[each["kind"]] / 1.5]
    assert not far


@pytest.mark.parametrize("tag", TAGS)
def test_all_but_low_precision_is_below_the_narrow_limits(tag: str) -> None:
    narrow = {"text": limits().texts_precise, "image": limits().images_precise}
    others = (*LOW_PRECISION, *ACCEPTED, COARSE)
    exact = [each for each in measured(tag, "honest") if each["name"] not in others]
    far = [each["name"] for each in exact if furthest(each) > narrow[each["kind"]] / 1.4]
    assert not far


def test_other_versions_of_the_libraries_are_below_the_narrow_limits() -> None:
    report = json.loads((table.MEASURED / "versions.json").read_text())
    far = {
        name: (item, distance)
        for name, found in report["furthest"].items()
        for item, distance in found
        if distance
        > (limits().texts_precise if name.endswith("text") else limits().images_precise) / 1.2
    }
    assert not far


def test_there_are_forty_mistakes_and_more() -> None:
    assert len({mistake.name for mistake in ALL}) >= 40


@pytest.mark.parametrize("tag", TAGS)
def test_most_mistakes_are_told_by_a_must_or_a_should(tag: str) -> None:
    levels = {
        (each["name"], each["kind"]): table.told(each["kind"], each["moved"])
        for each in measured(tag, "mistakes")
    }
    seen = [key for key, level in levels.items() if level in ("MUST", "SHOULD")]
    unseen = [key for key, level in levels.items() if level == "none"]
    assert len(seen) >= 36
    assert len(unseen) <= 4, unseen


def test_the_page_is_current() -> None:
    """`make exact-table` writes it again."""
    assert (ROOT / "docs" / "exact.md").read_text(encoding="utf-8") == table.page()
