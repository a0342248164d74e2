"""The OpenAPI description is valid, covers the four routes, and agrees with the clauses."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from openapi_schema_validator import OAS31Validator
from openapi_spec_validator import OpenAPIV31SpecValidator, validate

from conformance.data import clauses, fixture_files

DOCUMENT = json.loads(fixture_files.path("openapi.json").read_text(encoding="utf-8"))
VECTOR = [0.5, -1, 3.4e38]


def schema(name: str) -> OAS31Validator:
    """A validator of one named schema, whose references may point anywhere in the description."""
    return OAS31Validator({**DOCUMENT, "$ref": f"#/components/schemas/{name}"})


def examples(node: Any, path: str = "") -> Iterator[Any]:
    """Every media type's schema and example value as a test case, named by its place."""
    for key, child in node.items() if isinstance(node, dict) else enumerate(node):
        if key == "application/json":
            name = child["schema"]["$ref"].rpartition("/")[2]
            for example, given in child.get("examples", {}).items():
                yield pytest.param(name, given["value"], id=f"{path}/{example}")
        elif isinstance(child, dict | list):
            yield from examples(child, f"{path}/{key}")


def test_the_description_is_valid_openapi() -> None:
    validate(DOCUMENT, cls=OpenAPIV31SpecValidator)


def test_it_describes_the_four_routes_and_nothing_else() -> None:
    assert {path: list(item) for path, item in DOCUMENT["paths"].items()} == {
        "/.well-known/live": ["get"],
        "/.well-known/ready": ["get"],
        "/meta": ["get"],
        "/vectorize": ["post"],
    }


@pytest.mark.parametrize(("name", "value"), list(examples(DOCUMENT["paths"])))
def test_an_example_has_its_schema(name: str, value: object) -> None:
    schema(name).validate(value)


def test_it_names_only_clauses_that_exist() -> None:
    named = set(re.findall(r"[A-Z]{3}-\d\d", json.dumps(DOCUMENT)))
    assert named
    assert named <= set(clauses.all_clauses())


@pytest.mark.parametrize(
    "request_", [{}, {"texts": None}, {"images": []}, {"texts": ["a"], "new": 1}]
)
def test_what_weaviate_or_a_later_one_may_send_is_allowed(request_: object) -> None:
    assert schema("VectorizeRequest").is_valid(request_)


@pytest.mark.parametrize("request_", [[], "a", {"texts": "a"}, {"images": [1]}, {"texts": [None]}])
def test_wrong_types_are_not_allowed(request_: object) -> None:
    assert not schema("VectorizeRequest").is_valid(request_)


@pytest.mark.parametrize(
    "answer",
    [
        {"textVectors": "AAAA"},
        {"textVectors": [[[0.5]]]},
        {"textVectors": [["0.5"]]},
        {"textVectors": [[]]},
        {"imageVectors": [[1e39]]},
        {"imageVectors": [VECTOR], "error": {}},
    ],
)
def test_what_the_go_client_cannot_read_is_not_allowed(answer: object) -> None:
    assert not schema("VectorizeResponse").is_valid(answer)


@pytest.mark.parametrize(
    "answer", [{}, {"textVectors": None}, {"imageVectors": [VECTOR], "error": None, "took": 3}]
)
def test_what_the_go_client_can_read_is_allowed(answer: object) -> None:
    assert schema("VectorizeResponse").is_valid(answer)


@pytest.mark.parametrize("answer", [{}, {"error": ""}, {"error": None}, {"detail": "no"}, "no"])
def test_an_error_without_a_reason_is_not_allowed(answer: object) -> None:
    assert not schema("Error").is_valid(answer)
