"""Rows too many, too few, or too short."""

from typing import Any

from tests.endpoints.encoder import Matrix
from tests.endpoints.endpoint import Asked, Body, Endpoint, Refused
from tests.endpoints.registry import fault

COUNTS = ("VEC-01", "VEC-02", "VEC-03")


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
