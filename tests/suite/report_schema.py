"""The published schema of report.json and a strict version that rejects unknown keys."""

import json
from typing import Any

from jsonschema import Draft202012Validator

from conformance.data import fixture_files

PUBLISHED: dict[str, Any] = json.loads(
    fixture_files.path("report.schema.json").read_text(encoding="utf-8")
)


def violations(report: object, schema: dict[str, Any] = PUBLISHED) -> list[str]:
    """The places where a report violates the schema, one per line."""
    found = Draft202012Validator(schema).iter_errors(report)
    return [f"{error.json_path}: {error.message[:200]}" for error in found]


def closed(schema: Any) -> Any:
    if isinstance(schema, list):
        return [closed(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    inner = {name: closed(value) for name, value in schema.items()}
    is_object = schema.get("type") == "object" and "properties" in schema
    return {**inner, "additionalProperties": False} if is_object else inner
