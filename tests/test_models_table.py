"""The table of models is as complete as its sources, and every value has a source."""

from pathlib import Path

import pytest

from conformance.data import models

TAGS = sorted(models.load())
PAIRS = [
    ("documented_dimension", "documented_source"),
    ("checkpoint_dimension", "checkpoint_source"),
    ("image_size", "image_source"),
    ("image_resize", "image_source"),
    ("text_tokens", "text_source"),
    ("languages", "languages_source"),
    ("license", "license_source"),
    ("since", "since_source"),
]
ERRATA = {
    "sentence-transformers-clip-ViT-B-32",
    "sentence-transformers-clip-ViT-B-32-multilingual-v1",
}
ROW = '[[model]]\ntag = "my-own"\ncheckpoint_dimension = 640\nlanguages = ["en"]\n'


@pytest.mark.parametrize("tag", TAGS)
def test_a_figure_and_its_source_come_together(tag: str) -> None:
    model = models.find(tag)
    for figure, source in PAIRS:
        assert bool(getattr(model, figure)) == bool(getattr(model, source)), figure


@pytest.mark.parametrize("tag", TAGS)
def test_what_the_suite_and_the_reference_need_is_known(tag: str) -> None:
    model = models.find(tag)
    assert None not in (model.library, model.image_model, model.text_model, model.normalized)
    assert None not in (model.checkpoint_dimension, model.image_size, model.text_tokens)
    assert model.languages


@pytest.mark.parametrize("tag", TAGS)
def test_languages_are_sorted_codes_and_only_open_clip_names_its_weights(tag: str) -> None:
    model = models.find(tag)
    assert model.languages == tuple(sorted(set(model.languages)))
    assert {len(code) for code in model.languages} == {2}
    assert (model.pretrained is not None) == (model.library == "open_clip")


@pytest.mark.parametrize("tag", TAGS)
def test_a_document_that_names_one_tag_names_no_other(tag: str) -> None:
    meta = {"model": {"name": tag.upper()}}
    told = {other: models.named_instead(meta, models.find(other)) for other in TAGS}
    assert told == {other: "" if other == tag else tag for other in TAGS}
    assert models.named_instead({"model": "clip"}, models.find(tag)) == ""
    assert models.named_instead(meta, models.Model("our-shop-clip")) == ""


def test_the_errata_of_the_page_are_the_two_known_ones() -> None:
    assert {tag for tag, model in models.load().items() if model.erratum} == ERRATA


def test_every_unknown_cell_is_said_to_be_unknown() -> None:
    page = Path(__file__).parents[1].joinpath("docs/models.md").read_text(encoding="utf-8")
    unknown = page.partition("## Unknown")[2]
    tags = [tag for tag, model in models.load().items() if model.license is None]
    assert [tag for tag in tags if tag not in unknown] == []


def test_a_users_row_joins_the_table(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text(ROW, encoding="utf-8")
    model = models.find("my-own", file)
    assert (model.checkpoint_dimension, model.languages, model.listed) == (640, ("en",), "user")
    assert set(models.load(file)) == {*TAGS, "my-own"}


@pytest.mark.parametrize("values", [{"tag": "x", "dimension": 1}, {"library": "clip"}, {"tag": 3}])
def test_a_row_that_is_none_is_refused(values: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"there is no key|needs a tag"):
        models.row(values)
