"""Answers of the wrong shape: counts, rows, widths, numbers, keys."""

import base64
from itertools import chain
from typing import Any

import numpy as np

from tests.endpoints.encoder import Matrix
from tests.endpoints.endpoint import Asked, Body, Endpoint, Refused
from tests.endpoints.registry import fault

KINDS = ("textVectors", "imageVectors")
COUNTS = ("VEC-01", "VEC-02", "VEC-03")
NUMBERS = ("VEC-04",)


class Rewritten(Endpoint):
    """Every list of rows goes through `rewrite` before it is sent."""

    def rows(self, vectors: Matrix) -> Any:
        """The rows as they stand in the body."""
        return self.rewrite(super().rows(vectors))

    def rewrite(self, rows: list[list[Any]]) -> Any:
        """To be replaced."""
        return rows


@fault("last-row-missing", "the last item of a list is left out", *COUNTS, "VEC-10", "VEC-11")
class LastRowMissing(Rewritten):
    def rewrite(self, rows: list[list[Any]]) -> Any:
        return rows[:-1] if len(rows) > 1 else rows


@fault("first-row-only", "only the first item of a list is encoded", *COUNTS, "VEC-10", "VEC-11")
class FirstRowOnly(Rewritten):
    def rewrite(self, rows: list[list[Any]]) -> Any:
        return rows[:1]


@fault("extra-row", "the batch's own mean is sent as one row more", *COUNTS)
class ExtraRow(Rewritten):
    def rewrite(self, rows: list[list[Any]]) -> Any:
        return rows + rows[:1]


@fault("padded-batches", "batches are padded to a multiple of four rows", *COUNTS)
class PaddedBatches(Rewritten):
    def rewrite(self, rows: list[list[Any]]) -> Any:
        return rows + [[0.0] * self.encoder.width] * (-len(rows) % 4)


@fault(
    "missing-rows-padded-with-empty", "a list holds an empty row for each kind not asked", *COUNTS
)
class EmptyRowForNothing(Rewritten):
    def rewrite(self, rows: list[list[Any]]) -> Any:
        return rows or [[]]


@fault("rows-nested", "each row is a list that holds the row", "VEC-04")
class RowsNested(Rewritten):
    def rewrite(self, rows: list[list[Any]]) -> Any:
        return [[row] for row in rows]


@fault("image-rows-nested", "image vectors come one level too deep", "VEC-04")
class ImageRowsNested(Endpoint):
    def body(self, asked: Asked) -> Body:
        body = super().body(asked)
        return {**body, "imageVectors": [[row] for row in body["imageVectors"]]}


@fault("single-row-flat", "one item gets its numbers without a list around them", "VEC-04")
class SingleRowFlat(Rewritten):
    def rewrite(self, rows: list[list[Any]]) -> Any:
        return rows[0] if len(rows) == 1 else rows


@fault("rows-concatenated", "all rows are one long row", "VEC-04", *COUNTS)
class RowsConcatenated(Rewritten):
    def rewrite(self, rows: list[list[Any]]) -> Any:
        return [list(chain.from_iterable(rows))] if rows else rows


@fault("rows-transposed", "components are rows and items are columns", *COUNTS, "VEC-08")
class RowsTransposed(Rewritten):
    def rewrite(self, rows: list[list[Any]]) -> Any:
        return [list(column) for column in zip(*rows, strict=True)]


@fault("rows-are-objects", 'rows are {"embedding": [...]}', *NUMBERS)
class RowsAreObjects(Rewritten):
    def rewrite(self, rows: list[list[Any]]) -> Any:
        return [{"embedding": row} for row in rows]


@fault("rows-in-object", "rows are keyed by their number", *NUMBERS)
class RowsInObject(Rewritten):
    def rewrite(self, rows: list[list[Any]]) -> Any:
        return {str(place): row for place, row in enumerate(rows)}


@fault("numbers-in-strings", "numbers are sent as strings", *NUMBERS)
class NumbersInStrings(Rewritten):
    def rewrite(self, rows: list[list[Any]]) -> Any:
        return [[str(number) for number in row] for row in rows]


@fault("rows-in-base64", "rows are base64 of float32", *NUMBERS)
class RowsInBase64(Rewritten):
    def rewrite(self, rows: list[list[Any]]) -> Any:
        packed = [np.array(row, dtype="<f4").tobytes() for row in rows]
        return [base64.b64encode(row).decode() for row in packed]


class OneNumber(Rewritten):
    """One number of each row is replaced by `number`."""

    number: Any = None

    def rewrite(self, rows: list[list[Any]]) -> Any:
        """The rows with `number` in the third place."""
        return [[*row[:2], self.number, *row[3:]] for row in rows]


@fault("nan-in-rows", "NaN stands in a row", *NUMBERS)
class NanInRows(OneNumber):
    number = float("nan")


@fault("infinity-in-rows", "Infinity stands in a row", *NUMBERS)
class InfinityInRows(OneNumber):
    number = float("inf")


@fault("beyond-float32", "1e39 stands in a row", *NUMBERS)
class BeyondFloat32(OneNumber):
    number = 1e39


@fault("null-in-rows", "null stands where a number was not finite", "VEC-04")
class NullInRows(OneNumber):
    number = None


@fault("boolean-in-rows", "true stands in a row", *NUMBERS)
class BooleanInRows(OneNumber):
    number = True


@fault("null-row", "the second of several rows is null", *COUNTS, "VEC-04", "VEC-07")
class NullRow(Rewritten):
    def rewrite(self, rows: list[list[Any]]) -> Any:
        return [None if place == 1 else row for place, row in enumerate(rows)]


@fault("empty-rows", "rows are empty lists", *COUNTS, "VEC-04", "VEC-07", "VEC-08")
class EmptyRows(Rewritten):
    def rewrite(self, rows: list[list[Any]]) -> Any:
        return [[] for _ in rows]


@fault("ragged-rows", "the second of several rows is one number short", *COUNTS, "VEC-07")
class RaggedRows(Rewritten):
    def rewrite(self, rows: list[list[Any]]) -> Any:
        return [row[:-1] if place == 1 else row for place, row in enumerate(rows)]


@fault("keys-in-snake-case", "the keys are text_vectors and image_vectors", *COUNTS)
class SnakeCase(Endpoint):
    def body(self, asked: Asked) -> Body:
        body = super().body(asked)
        return {"text_vectors": body["textVectors"], "image_vectors": body["imageVectors"]}


@fault("keys-of-another-api", "the answer is shaped like another vendor's embeddings", *COUNTS)
class OtherKeys(Endpoint):
    def body(self, asked: Asked) -> Body:
        body = super().body(asked)
        rows = body["textVectors"] + body["imageVectors"]
        return {"data": [{"index": place, "embedding": row} for place, row in enumerate(rows)]}


@fault("answer-is-a-list", "the body is a list of two lists", "VEC-04", *COUNTS)
class AnswerIsList(Endpoint):
    def dump(self, body: Any) -> bytes:
        return super().dump([body[kind] for kind in KINDS] if KINDS[0] in body else body)


@fault("answer-wrapped", 'the body is {"result": {...}}', *COUNTS)
class AnswerWrapped(Endpoint):
    def body(self, asked: Asked) -> Body:
        return {"result": super().body(asked)}


@fault("kinds-exchanged", "text and image vectors stand under each other's key", *COUNTS)
class KindsExchanged(Endpoint):
    def body(self, asked: Asked) -> Body:
        body = super().body(asked)
        return {"textVectors": body["imageVectors"], "imageVectors": body["textVectors"]}


@fault(
    "kinds-exchanged-when-equal", "one text beside one image: their vectors are exchanged", "VEC-03"
)
class KindsExchangedWhenEqual(KindsExchanged):
    def body(self, asked: Asked) -> Body:
        equal = len(asked.texts) == len(asked.images)
        return super().body(asked) if equal else Endpoint.body(self, asked)


@fault("images-left-out-of-both", "images are left out when there are texts too", "VEC-03")
class ImagesLeftOut(Endpoint):
    def body(self, asked: Asked) -> Body:
        return super().body(Asked(asked.texts, [] if asked.texts else asked.images))


@fault("texts-left-out-of-both", "texts are left out when there are images too", "VEC-03")
class TextsLeftOut(Endpoint):
    def body(self, asked: Asked) -> Body:
        return super().body(Asked([] if asked.images else asked.texts, asked.images))


@fault(
    "both-kinds-averaged", "texts and images together give one mean vector each", "VEC-03", "IMG-08"
)
class BothAveraged(Endpoint):
    def body(self, asked: Asked) -> Body:
        body = super().body(asked)
        if not (asked.texts and asked.images):
            return body
        mean = np.mean(body["textVectors"] + body["imageVectors"], axis=0).tolist()
        return {kind: [mean for _ in body[kind]] for kind in KINDS}


@fault("wrong-width", "vectors are of another model's width", "VEC-08")
class WrongWidth(Rewritten):
    def rewrite(self, rows: list[list[Any]]) -> Any:
        return [row[:384] for row in rows]


@fault("image-width-differs", "image vectors miss the projection and are wider", "VEC-07", "VEC-03")
class ImageWidthDiffers(Endpoint):
    def image_vectors(self, images: list[bytes]) -> Matrix:
        vectors = super().image_vectors(images)
        return np.pad(vectors, ((0, 0), (0, 256)))


@fault("width-differs-by-call", "every fourth answer is half as wide", "VEC-07", "VEC-08")
class WidthDiffersByCall(Endpoint):
    def body(self, asked: Asked) -> Body:
        body, half = super().body(asked), next(self.calls) % 4 == 0
        wide = self.encoder.width // 2 if half else None
        return {kind: [row[:wide] for row in body[kind]] for kind in KINDS}


@fault("width-differs-for-many", "above 16 items vectors get a component more", "VEC-07", "VEC-10")
class WidthDiffersForMany(Rewritten):
    def rewrite(self, rows: list[list[Any]]) -> Any:
        return [[*row, 0.0] for row in rows] if len(rows) > 16 else rows


class Limited(Endpoint):
    """Refuses more than `limit` items."""

    limit = 100

    def body(self, asked: Asked) -> Body:
        """The answer, or a refusal."""
        if len(asked.texts) + len(asked.images) > self.limit:
            raise Refused(413, f"at most {self.limit} items")
        return super().body(asked)


@fault("refuses-above-100", "more than 100 items are refused", "VEC-10")
class RefusesAbove100(Limited):
    pass


@fault("refuses-above-10", "more than 10 items are refused", "VEC-10", "VEC-11")
class RefusesAbove10(Limited):
    limit = 10


@fault(
    "one-image-only", "a request with more than one image is refused", "VEC-02", "VEC-03", "VEC-11"
)
class OneImageOnly(Endpoint):
    def body(self, asked: Asked) -> Body:
        if len(asked.images) > 1:
            raise Refused(400, "one image at a time")
        return super().body(asked)


@fault("cut-at-64", "items above the 64th are dropped without a word", "VEC-10")
class CutAt64(Rewritten):
    def rewrite(self, rows: list[list[Any]]) -> Any:
        return rows[:64]


@fault("images-cut-at-8", "images above the eighth are dropped without a word", "VEC-11")
class ImagesCutAt8(Endpoint):
    def image_vectors(self, images: list[bytes]) -> Matrix:
        return super().image_vectors(images[:8])
