"""Comparison of two sets of vectors: pairing, descriptions of differences, and search agreement."""

import numpy as np
import pytest

from conformance.comparison import vendor
from conformance.comparison.recording import Snapshot, searches
from conformance.comparison.similarity import Comparison, agreement, pairs
from conformance.data import models
from conformance.data.tolerances import Array

ONE = np.array([1, 0], dtype=np.float32)
OTHER = np.array([0, 1], dtype=np.float32)
RANDOM = np.random.default_rng(4)


def comparison(**there: Array) -> Comparison:
    """Compares texts whose vectors are `ONE` on this side with the given vectors on the other
    side."""
    return Comparison(pairs(dict.fromkeys(there, ONE), there), "texts", "somewhere")


def rows(count: int) -> Array:
    """Dissimilar vectors: (count, 16)."""
    return RANDOM.normal(size=(count, 16)).astype(np.float32)


def test_pairs_come_furthest_first_and_other_lengths_are_infinitely_far() -> None:
    here = {"a": ONE, "b": ONE, "c": ONE, "d": ONE}
    found = pairs(here, {"a": ONE, "b": -ONE, "c": np.ones(3, dtype=np.float32)})
    assert [pair.name for pair in found] == ["c", "b", "a"]
    assert str(found[0]) == "2 dimensions, not 3"
    assert found[0].distance == float("inf")
    assert found[1].cosine == pytest.approx(-1)
    assert found[2].distance == 0


def test_what_is_far_is_named_with_the_cause() -> None:
    assert comparison(a=ONE).close
    found = comparison(a=ONE, b=OTHER)
    assert not found.close
    assert found.got("another model").startswith("1 of 2 texts differ: b: cosine 0.000000")
    assert found.got("another model").endswith(". Likely reason: another model")
    assert not comparison().close
    assert comparison().got() == "no texts that both sides have vectors for"


@pytest.mark.parametrize("tag", list(models.load()))
def test_models_that_the_vendor_reads_otherwise_are_remarked_on(tag: str) -> None:
    model = models.find(tag)
    said = comparison(a=OTHER).expected(model)
    assert ("vendor's image" in said) is ("siglip" in tag or "metaclip" in tag)
    assert ("do not lowercase" in said) is ("siglip2" in tag)
    assert said.endswith(vendor.remark(model))


def test_searches_are_compared_by_their_results() -> None:
    queries, objects = rows(7), rows(30)
    moved = queries.copy()
    moved[3] *= -1
    same = agreement((queries, queries), (objects, objects))
    assert str(same) == "7 of 7 queries return the same top 10"
    assert str(agreement((queries, queries), (objects, rows(30)))).startswith("0 of 7")
    assert str(agreement((queries, moved), (objects, objects))).startswith("6 of 7")


def test_objects_alike_may_change_places() -> None:
    query, objects = rows(1), np.repeat(rows(1), 12, axis=0)
    noise = objects + RANDOM.normal(size=objects.shape).astype(np.float32) * 1e-6
    assert str(agreement((query, query), (objects, noise))).startswith("1 of 1")


def test_few_objects_are_no_choice() -> None:
    assert agreement((rows(2), rows(2)), (rows(10), rows(10))) is None
    assert agreement((rows(2), rows(2)), (rows(20), rows(20)[:, :4])) is None


def test_snapshots_are_searched_by_what_both_have() -> None:
    texts, images = ({str(n): row for n, row in enumerate(rows(k))} for k in (4, 12))
    fewer = Snapshot("there", dict(list(texts.items())[:3]), images)
    found = searches(Snapshot("here", texts, images), fewer)
    assert str(found) == "3 of 3 queries return the same top 10"
    assert searches(fewer, Snapshot("empty", {}, {})) is None
