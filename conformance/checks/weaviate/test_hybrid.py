"""Hybrid search ranks as its two halves do: the endpoint's vectors and the words."""

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

import pytest

from conformance import expect
from conformance.expect import statuses
from conformance.weaviate.content.attribution import attributed
from conformance.weaviate.content.documented_collection import ImportedItems
from conformance.weaviate.content.ranking import WITHIN, expect_order, first
from conformance.weaviate.server.deployment import Deployment

LIMIT = 3
Search = Callable[[str, float], Any]


@pytest.fixture
def hybrid(deployment: Deployment, imported: ImportedItems) -> Search:
    """Hybrid search for a query with an alpha."""

    def search(query: str, alpha: float) -> Any:
        with attributed(deployment, "hybrid fails"):
            return imported.objects.query.hybrid(query, alpha=alpha, limit=LIMIT)

    return search


def vector_distances(imported: ImportedItems, query: str) -> dict[UUID, float]:
    """The distance at which near_text finds each object."""
    found = imported.objects.query.near_text(
        query, limit=len(imported.ids), return_metadata=["distance"]
    )
    return {each.uuid: float(each.metadata.distance or 0) for each in found.objects}


def word_ranks(imported: ImportedItems, query: str) -> dict[UUID, float]:
    """The negative BM25 score of each object that has a word of the query: the best is lowest."""
    found = imported.objects.query.bm25(query, limit=len(imported.ids), return_metadata=["score"])
    return {each.uuid: -float(each.metadata.score or 0) for each in found.objects}


@pytest.mark.clause("WVT-13")
def test_the_vector_alone(deployment: Deployment, imported: ImportedItems, hybrid: Search) -> None:
    query = imported.items[3].title
    found = [each.uuid for each in hybrid(query, 1).objects]
    with attributed(deployment, "near_text fails"):
        distances = vector_distances(imported, query)
    expect.require(len(found) == LIMIT, f"{len(found)} objects", f"{LIMIT}, the limit")
    expect_order(imported, found, distances, "distance in near_text")


@pytest.mark.clause("WVT-13")
def test_the_words_alone(imported: ImportedItems, hybrid: Search) -> None:
    query = imported.items[3].title
    found = [each.uuid for each in hybrid(query, 0).objects]
    ranks = word_ranks(imported, query)
    expected = min(LIMIT, len(ranks))
    expect.require(len(found) == expected, f"{len(found)} objects", f"{expected} with a word of it")
    expect_order(imported, found, ranks, "negative BM25 score")


@pytest.mark.clause("WVT-13")
def test_what_both_put_first(
    deployment: Deployment, imported: ImportedItems, hybrid: Search
) -> None:
    for item in imported.items:
        with attributed(deployment, "near_text fails"):
            nearest = clear_winner(vector_distances(imported, item.title))
        if nearest is not None and nearest == clear_winner(word_ranks(imported, item.title)):
            found = first(hybrid(item.title, 0.5))
            expected = f"{nearest}, which near_text and the words both put first"
            expect.require(found == nearest, f"{found} first for {item.title!r}", expected)
            return
    statuses.not_applicable("no title for which near_text and the words put the same object first")


def clear_winner(values: Mapping[UUID, float]) -> UUID | None:
    """The object with the lowest value, if no other comes close."""
    in_order = sorted(values, key=lambda uuid: values[uuid])
    if len(in_order) < 2 or values[in_order[1]] - values[in_order[0]] <= WITHIN:
        return None
    return in_order[0]
