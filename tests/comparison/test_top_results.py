"""How many searches return the same objects on both sides."""

import numpy as np

from conformance.comparison.recording import Snapshot, searches
from conformance.comparison.similarity import agreement, stacked
from conformance.data.tolerances import Array

RANDOM = np.random.default_rng(4)


def rows(count: int) -> Array:
    """Vectors that are not like each other: (count, 16)."""
    return RANDOM.normal(size=(count, 16)).astype(np.float32)


def test_the_same_vectors_return_the_same() -> None:
    queries, objects = rows(7), rows(30)
    found = agreement((queries, queries), (objects, objects))
    assert str(found) == "7 of 7 queries return the same top 10"


def test_another_model_returns_others() -> None:
    queries, objects = rows(7), rows(30)
    found = agreement((queries, queries), (objects, rows(30)))
    assert found is not None
    assert found.same == 0


def test_one_query_that_moved_is_counted() -> None:
    queries, objects = rows(7), rows(30)
    moved = queries.copy()
    moved[3] *= -1
    found = agreement((queries, moved), (objects, objects))
    assert found is not None
    assert found.same == 6


def test_objects_alike_may_change_places() -> None:
    query, objects = rows(1), np.repeat(rows(1), 12, axis=0)
    noise = objects + RANDOM.normal(size=objects.shape).astype(np.float32) * 1e-6
    found = agreement((query, query), (objects, noise))
    assert found is not None
    assert found.same == 1


def test_few_objects_are_no_choice() -> None:
    assert agreement((rows(2), rows(2)), (rows(10), rows(10))) is None
    assert stacked([]) is None
    assert stacked([rows(1)[0], rows(1)[0][:4]]) is None


def test_snapshots_are_searched_by_what_both_have() -> None:
    texts, images = rows(4), rows(12)
    here = Snapshot("here", dict(enumerate_names(texts)), dict(enumerate_names(images)))
    fewer = Snapshot("there", dict(enumerate_names(texts[:3])), dict(enumerate_names(images)))
    assert str(searches(here, fewer)) == "3 of 3 queries return the same top 10"
    assert searches(here, Snapshot("empty", {}, {})) is None


def enumerate_names(vectors: Array) -> list[tuple[str, Array]]:
    """Vectors with names."""
    return [(str(number), row) for number, row in enumerate(vectors)]
