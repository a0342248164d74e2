"""Responses with the wrong rows, numbers or keys."""

import base64
from itertools import chain
from typing import Any

import numpy as np

from tests.endpoints.encoder import Matrix
from tests.endpoints.endpoint import Asked, Body, Endpoint
from tests.endpoints.registry import fault, inputs, outputs, refusals, variants

# Too many rows, too few, or rows that are too short.


class Rewritten(Endpoint):
    """Sends every list of rows through `rewrite`."""

    def rows(self, vectors: Matrix) -> Any:
        return self.rewrite(super().rows(vectors))

    def rewrite(self, rows: list[list[Any]]) -> Any:
        return rows


@fault("padded-batches")
class PaddedBatches(Rewritten):
    def rewrite(self, rows: list[list[Any]]) -> Any:
        return rows + [[0.0] * self.encoder.width] * (-len(rows) % 4)


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


rewritten = variants(Rewritten, "rewrite")
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


@fault("images-cut-at-8")
class ImagesCutAt8(Endpoint):
    def image_vectors(self, images: list[bytes]) -> Matrix:
        return super().image_vectors(images[:8])


# Rows that are not flat lists of finite numbers.


returned_body = outputs("body")
returned_body(
    "image-rows-nested",
    lambda body: {**body, "imageVectors": [[row] for row in body["imageVectors"]]},
)


@fault("rows-in-base64")
class RowsInBase64(Rewritten):
    def rewrite(self, rows: list[list[Any]]) -> Any:
        packed = [np.array(row, dtype="<f4").tobytes() for row in rows]
        return [base64.b64encode(row).decode() for row in packed]


class OneNumber(Rewritten):
    """Replaces one number of each row by `number`."""

    number: Any = None

    def rewrite(self, rows: list[list[Any]]) -> Any:
        """The rows with `number` in third place."""
        return [[*row[:2], self.number, *row[3:]] for row in rows]


one_number = variants(OneNumber, "number")
one_number("nan-in-rows", float("nan"))
one_number("infinity-in-rows", float("inf"))
one_number("beyond-float32", 1e39)
one_number("null-in-rows", None)
one_number("boolean-in-rows", True)


# The wrong keys, kinds or widths.


KINDS = ("textVectors", "imageVectors")


returned_body(
    "keys-in-snake-case",
    lambda body: {"text_vectors": body["textVectors"], "image_vectors": body["imageVectors"]},
)


@fault("keys-of-another-api")
class OtherKeys(Endpoint):
    def body(self, asked: Asked) -> Body:
        body = super().body(asked)
        rows = body["textVectors"] + body["imageVectors"]
        return {"data": [{"index": place, "embedding": row} for place, row in enumerate(rows)]}


@fault("answer-is-a-list")
class AnswerIsList(Endpoint):
    def dump(self, body: Any) -> bytes:
        return super().dump([body[kind] for kind in KINDS] if KINDS[0] in body else body)


returned_body("answer-wrapped", lambda body: {"result": body})


@fault("kinds-exchanged")
class KindsExchanged(Endpoint):
    def body(self, asked: Asked) -> Body:
        body = super().body(asked)
        return {"textVectors": body["imageVectors"], "imageVectors": body["textVectors"]}


@fault("kinds-exchanged-when-equal")
class KindsExchangedWhenEqual(KindsExchanged):
    def body(self, asked: Asked) -> Body:
        equal = len(asked.texts) == len(asked.images)
        return super().body(asked) if equal else Endpoint.body(self, asked)


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


returned_images = outputs("image_vectors")
returned_images("image-width-differs", lambda vectors: np.pad(vectors, ((0, 0), (0, 256))))


@fault("width-differs-by-call")
class WidthDiffersByCall(Endpoint):
    def body(self, asked: Asked) -> Body:
        body, half = super().body(asked), next(self.calls) % 4 == 0
        wide = self.encoder.width // 2 if half else None
        return {kind: [row[:wide] for row in body[kind]] for kind in KINDS}


@fault("null-in-the-twentieth-row")
class NullInTwentieth(Endpoint):
    def rows(self, vectors: Matrix) -> Any:
        rows = super().rows(vectors)
        if len(rows) > 19:
            rows[19][3] = None
        return rows
