"""Mistakes in a collection's settings are found from its schema alone."""

from typing import Any

import pytest

from conformance.comparison.weaviate_collection import configs, vectorizers
from conformance.doctor import schema
from conformance.doctor.diagnosis import Diagnosis

PROPERTIES = {"title": "text", "body": "text", "tags": "text[]", "photo": "blob", "year": "int"}


def collection(settings: dict[str, Any], vector: str | None = "v") -> dict[str, Any]:
    """A collection as `GET /v1/schema/NAME` shows it, with a named vector or the legacy unnamed
    one."""
    rows = [{"name": name, "dataType": [kind]} for name, kind in PROPERTIES.items()]
    shared = {"class": "Films", "properties": rows}
    if vector is None:
        legacy = {"vectorizer": "multi2vec-clip", "moduleConfig": {"multi2vec-clip": settings}}
        return {**shared, **legacy}
    return {**shared, "vectorConfig": {vector: {"vectorizer": {"multi2vec-clip": settings}}}}


def diagnosis(settings: dict[str, Any], vector: str | None = "v") -> Diagnosis:
    found = Diagnosis("")
    for config in configs(collection(settings, vector)):
        schema.examine(config, found)
    return found


def text(*weights: float) -> dict[str, list[float]]:
    return {"textFields": list(weights)}


CASES: dict[str, tuple[dict[str, Any], list[str]]] = {
    "plain": ({"textFields": ["title"]}, []),
    "unweighted lists": ({"textFields": ["tags", "title"]}, []),
    "weighted in order": ({"textFields": ["body", "title"], "weights": text(0.2, 0.8)}, []),
    "equal weights": ({"textFields": ["title", "body"], "weights": text(0.5, 0.5)}, []),
    "both kinds": (
        {
            "textFields": ["title"],
            "imageFields": ["photo"],
            "weights": {"textFields": [0.7], "imageFields": [0.3]},
        },
        [],
    ),
    "a URL": ({"textFields": ["title"], "inferenceUrl": "http://clip:8080"}, []),
    "no fields": ({}, ["no-fields"]),
    "a misspelled field": ({"textFields": ["titel"]}, ["no-such-field"]),
    "a number as text": ({"textFields": ["year"]}, ["text-of-another-type"]),
    "a text as image": ({"imageFields": ["title"]}, ["image-of-another-type"]),
    "swapped": ({"textFields": ["title", "body"], "weights": text(0.8, 0.2)}, ["weights-swapped"]),
    "a weighted list": (
        {"textFields": ["tags", "title"], "weights": text(0.2, 0.8)},
        ["weighted-list"],
    ),
    "half weighted": (
        {"textFields": ["title"], "imageFields": ["photo"], "weights": text(1)},
        ["weights-of-one-kind"],
    ),
    "zero": ({"textFields": ["body", "title"], "weights": text(0, 0)}, ["weights-zero"]),
    "no scheme": ({"textFields": ["title"], "inferenceUrl": "clip:8080"}, ["inference-url"]),
    "a slash": ({"textFields": ["title"], "inferenceUrl": "http://clip/"}, ["inference-url"]),
}


@pytest.mark.parametrize("vector", ["v", None])
@pytest.mark.parametrize("name", CASES)
def test_what_is_wrong_with_a_collection(name: str, vector: str | None) -> None:
    settings, ids = CASES[name]
    assert [problem.id for problem in diagnosis(settings, vector).problems] == ids


def test_the_nearest_property_is_offered() -> None:
    [problem] = diagnosis({"textFields": ["titel"]}).problems
    assert problem.text.endswith("which the collection does not have; did you mean title?")
    assert problem.text.startswith("Films, vector v: ")


def test_swapped_weights_are_shown_one_by_one() -> None:
    settings = {"textFields": ["title", "body", "tags"], "weights": text(0.5, 0.3, 0.2)}
    told = [each.text for each in diagnosis(settings).problems if each.id == "weights-swapped"]
    assert "title gets 0.2, not 0.5; body gets 0.5, not 0.3; tags gets 0.3, not 0.2" in told[0]


def test_only_weighted_texts_are_looked_for_in_objects() -> None:
    settings = {"textFields": ["title", "body"], "weights": text(0.8, 0.2)}
    [weighted] = configs(collection(settings))
    [plain] = configs(collection({"textFields": ["title", "body"]}))
    assert schema.weighted_texts(weighted) == ["body", "title"]
    assert schema.weighted_texts(plain) == []


def test_other_vectorizers_are_left_alone() -> None:
    other = {"class": "X", "vectorConfig": {"v": {"vectorizer": {"text2vec-openai": {}}}}}
    assert list(configs(other)) == []
    assert vectorizers(other) == ["text2vec-openai"]
