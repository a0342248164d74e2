"""The body of a vectorize request, read strictly but for what Weaviate itself leaves open."""

import json
from dataclasses import dataclass
from typing import Any

from reference.errors import RefusedError


@dataclass(frozen=True)
class RequestBody:
    """What is to be encoded: plain texts, and images as base64; either may be empty."""

    texts: tuple[str, ...] = ()
    images: tuple[str, ...] = ()


def parse(body: bytes) -> RequestBody:
    """The texts and images of a request body.

    Absent, null and empty lists are the same, and unknown fields are ignored, as Go's decoder has
    it. Raises `RefusedError` that says what is wrong with the body and where.
    """
    document = _document(body)
    return RequestBody(_strings(document, "texts"), _strings(document, "images"))


def _document(body: bytes) -> dict[str, Any]:
    if not body.strip():
        raise RefusedError(
            'the body is empty; send JSON such as {"texts": ["a cat"], "images": []}'
        )
    try:
        document = json.loads(body)
    except UnicodeDecodeError as error:
        raise RefusedError("the body is not JSON: it is not UTF-8 text") from error
    except (ValueError, RecursionError) as error:
        raise RefusedError(f"the body is not JSON: {error}") from error
    if not isinstance(document, dict):
        raise RefusedError(f"the body must be a JSON object, not {_kind(document)}")
    return document


def _strings(document: dict[str, Any], field: str) -> tuple[str, ...]:
    values = document.get(field)
    if values is None:
        return ()
    if not isinstance(values, list):
        raise RefusedError(f"{field}: must be a list of strings, not {_kind(values)}")
    for index, value in enumerate(values):
        if not isinstance(value, str):
            raise RefusedError(f"{field}[{index}]: must be a string, not {_kind(value)}")
    return tuple(_well_formed(value) for value in values)


def _well_formed(text: str) -> str:
    # JSON can carry half a surrogate pair, which no tokenizer can; Go turns it into U+FFFD too.
    return (
        text
        if text.isascii()
        else text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    )


def _kind(value: object) -> str:
    names = {dict: "an object", list: "a list", str: "a string", bool: "a boolean"}
    return "null" if value is None else names.get(type(value), "a number")
