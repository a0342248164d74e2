"""Responses with the wrong rows, numbers, or keys."""

import base64
from itertools import chain
from typing import Any

import numpy as np

from tests.endpoints.encoder import Matrix
from tests.endpoints.endpoint import Asked, Body, Endpoint
from tests.endpoints.registry import fault, inputs, numbered, outputs, refusals

# Too many rows, too few, or rows that are too short.

request_refused = refusals("body")
request_refused("refuses-above-100", 413, lambda asked: len(asked.texts + asked.images) > 100)
request_refused("refuses-above-10", 413, lambda asked: len(asked.texts + asked.images) > 10)
request_refused("one-image-only", 400, lambda asked: len(asked.images) > 1)
request_refused(
    "texts-and-two-images-refused", 500, lambda asked: asked.texts and len(asked.images) > 1
)
request_refused(
    "images-above-400-kb-together-refused",
    413,
    lambda asked: len(asked.images) > 1 and sum(map(len, asked.images)) > 400_000,
)

rewritten = outputs("rows")
rewritten(
    "padded-batches", lambda rows: rows + [[0.0] * len(row) for row in rows[:1]] * (-len(rows) % 4)
)
rewritten("missing-rows-padded-with-empty", lambda rows: rows or [[]])
rewritten("cut-at-64", lambda rows: rows[:64])
rewritten("last-row-missing", lambda rows: rows[:-1] if len(rows) > 1 else rows)
rewritten("first-row-only", lambda rows: rows[:1])
rewritten("extra-row", lambda rows: rows + rows[:1])
rewritten("null-row", lambda rows: [None if place == 1 else row for place, row in enumerate(rows)])
rewritten("empty-rows", lambda rows: [[] for _ in rows])
rewritten(
    "ragged-rows", lambda rows: [row[:-1] if place == 1 else row for place, row in enumerate(rows)]
)
rewritten("rows-nested", lambda rows: [[row] for row in rows])
rewritten("single-row-flat", lambda rows: rows[0] if len(rows) == 1 else rows)
rewritten("rows-concatenated", lambda rows: [list(chain.from_iterable(rows))] if rows else rows)
rewritten("rows-transposed", lambda rows: [list(column) for column in zip(*rows, strict=True)])
rewritten("rows-are-objects", lambda rows: [{"embedding": row} for row in rows])
rewritten("rows-in-object", lambda rows: {str(place): row for place, row in enumerate(rows)})
rewritten("numbers-in-strings", lambda rows: [[str(number) for number in row] for row in rows])
rewritten("wrong-width", lambda rows: [row[:384] for row in rows])
rewritten(
    "width-differs-for-many", lambda rows: [[*row, 0.0] for row in rows] if len(rows) > 16 else rows
)


# Rows that are not flat lists of finite numbers.

returned_body = outputs("body")
returned_body(
    "image-rows-nested",
    lambda body: {**body, "imageVectors": [[row] for row in body["imageVectors"]]},
)


def third(number: Any, row: list[Any]) -> list[Any]:
    """The row with `number` as its third component."""
    return [*row[:2], number, *row[3:]]


rewritten("nan-in-rows", lambda rows: [third(float("nan"), row) for row in rows])
rewritten("infinity-in-rows", lambda rows: [third(float("inf"), row) for row in rows])
rewritten("beyond-float32", lambda rows: [third(1e39, row) for row in rows])
rewritten("null-in-rows", lambda rows: [third(None, row) for row in rows])
rewritten("boolean-in-rows", lambda rows: [third(True, row) for row in rows])
rewritten(
    "null-in-the-twentieth-row",
    lambda rows: rows[:19] + [third(None, row) for row in rows[19:20]] + rows[20:],
)
rewritten(
    "rows-in-base64",
    lambda rows: [base64.b64encode(np.array(row, "<f4").tobytes()).decode() for row in rows],
)


# The wrong keys, kinds, or dimensions.

KINDS = ("textVectors", "imageVectors")

returned_body(
    "keys-in-snake-case",
    lambda body: {"text_vectors": body["textVectors"], "image_vectors": body["imageVectors"]},
)


def of_another_api(body: Body) -> Body:
    rows = body["textVectors"] + body["imageVectors"]
    return {"data": [{"index": place, "embedding": row} for place, row in enumerate(rows)]}


returned_body("keys-of-another-api", of_another_api)
inputs("dump")(
    "answer-is-a-list",
    lambda body: [body[kind] for kind in KINDS] if KINDS[0] in body else body,
)

returned_body("answer-wrapped", lambda body: {"result": body})


def exchanged(body: Body) -> Body:
    return {"textVectors": body["imageVectors"], "imageVectors": body["textVectors"]}


returned_body("kinds-exchanged", exchanged)
returned_body(
    "kinds-exchanged-when-equal",
    lambda body: exchanged(body) if len({len(body[kind]) for kind in KINDS}) == 1 else body,
)

given_request = inputs("body")
given_request(
    "images-left-out-of-both", lambda asked: Asked(asked.texts, [] if asked.texts else asked.images)
)
given_request(
    "texts-left-out-of-both", lambda asked: Asked([] if asked.images else asked.texts, asked.images)
)


@fault("both-kinds-averaged")
class BothAveraged(Endpoint):
    def body(self, asked: Asked) -> Body:
        body = super().body(asked)
        if not (asked.texts and asked.images):
            return body
        mean = np.mean(body["textVectors"] + body["imageVectors"], axis=0).tolist()
        return {kind: [mean for _ in body[kind]] for kind in KINDS}


given_images = inputs("image_vectors")
given_images("images-cut-at-8", lambda images: images[:8])
returned_images = outputs("image_vectors")
returned_images("image-width-differs", lambda vectors: np.pad(vectors, ((0, 0), (0, 256))))


@fault("width-differs-for-long-texts")
class WidthByLength(Endpoint):
    def text_vectors(self, texts: list[str]) -> Matrix:
        vectors = super().text_vectors(texts)
        return np.tile(vectors, 2) if max(map(len, texts), default=0) > 3000 else vectors


@numbered("body")("width-differs-by-call")
def of_another_width(body: Body, number: int) -> Body:
    half = number % 4 == 0
    return {kind: [row[: len(row) // 2 if half else None] for row in body[kind]] for kind in KINDS}
