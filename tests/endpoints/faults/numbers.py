"""Rows and numbers that are no flat lists of finite numbers."""

import base64
from itertools import chain
from typing import Any

import numpy as np

from tests.endpoints.endpoint import Asked, Body, Endpoint
from tests.endpoints.faults.counts import COUNTS, Rewritten
from tests.endpoints.registry import fault

NUMBERS = ("VEC-04",)


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
