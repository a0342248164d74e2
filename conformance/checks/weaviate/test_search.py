"""WVT: searches rank objects by the endpoint's vectors."""

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

import numpy as np
import pytest

from conformance import expect
from conformance.corpus.alignment import AlignedCorpus
from conformance.data import statuses
from conformance.expect.vector_cache import VectorCache
from conformance.weaviate.deployment import Deployment, attributed
from conformance.weaviate.documented_collection import ImportedItems
from conformance.weaviate.expected_results import (
    WITHIN,
    expect_order,
    expect_ranking,
    first,
    moved_away,
    moved_to,
)

LIMIT = 3
Search = Callable[[str, float], Any]


@pytest.fixture
def near_text(deployment: Deployment, imported: ImportedItems) -> Callable[..., Any]:
    """near_text on the imported items, with distances."""

    def search(query: str | list[str], limit: int = LIMIT, **more: Any) -> Any:
        with attributed(deployment, "near_text fails"):
            return imported.objects.query.near_text(
                query, limit=limit, return_metadata=["distance"], **more
            )

    return search


@pytest.mark.clause("WVT-10")
@pytest.mark.parametrize("limit", [1, LIMIT])
def test_near_text(
    near_text: Callable[..., Any], imported: ImportedItems, cache: VectorCache, limit: int
) -> None:
    query = imported.items[0].title
    expect_ranking(imported, cache.text(query).vector, near_text(query, limit), limit)


@pytest.mark.clause("WVT-10")
def test_near_text_with_two_concepts(
    near_text: Callable[..., Any], imported: ImportedItems, cache: VectorCache
) -> None:
    concepts = [imported.items[1].title, imported.items[2].title]
    mean = cache.vectors(texts=concepts).texts.vectors.mean(axis=0)
    expect_ranking(imported, mean, near_text(concepts), LIMIT)


@pytest.mark.clause("WVT-11")
def test_near_text_finds_what_a_caption_describes(
    near_text: Callable[..., Any], imported: ImportedItems, corpus: AlignedCorpus
) -> None:
    found = [first(near_text(item.title, limit=1)) for item in imported.items]
    share = float(np.mean([got == wanted for got, wanted in zip(found, imported.ids, strict=True)]))
    expect.require(
        share >= corpus.must,
        f"{share:.0%} of the titles find their object ({corpus.name})",
        f"at least {corpus.must:.0%}",
    )


@pytest.mark.clause("WVT-12")
def test_near_image(deployment: Deployment, imported: ImportedItems, cache: VectorCache) -> None:
    item = imported.items[1]
    with attributed(deployment, "near_image fails"):
        found = imported.objects.query.near_image(
            item.poster, limit=LIMIT, return_metadata=["distance"]
        )
    expect_ranking(imported, cache.image(item.image).vector, found, LIMIT)


@pytest.mark.clause("WVT-14")
def test_move_to(
    near_text: Callable[..., Any], imported: ImportedItems, cache: VectorCache
) -> None:
    from weaviate.classes.query import Move

    query, goal = imported.items[4].title, imported.items[5].title
    found = near_text(query, move_to=Move(force=0.8, concepts=[goal]))
    expect_ranking(
        imported, moved_to(cache.text(query).vector, cache.text(goal).vector, 0.8), found, LIMIT
    )


@pytest.mark.clause("WVT-14")
def test_move_away(
    near_text: Callable[..., Any], imported: ImportedItems, cache: VectorCache
) -> None:
    from weaviate.classes.query import Move

    query, other = imported.items[6].title, imported.items[5].title
    found = near_text(query, move_away=Move(force=0.6, concepts=[other]))
    expect_ranking(
        imported, moved_away(cache.text(query).vector, cache.text(other).vector, 0.6), found, LIMIT
    )


@pytest.fixture
def hybrid(deployment: Deployment, imported: ImportedItems) -> Search:
    """Hybrid search for a query with a given alpha."""

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
    """The negative BM25 score of each object with a word of the query; the best is lowest."""
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
    words = f"{expected} that contain a word of the query"
    expect.require(len(found) == expected, f"{len(found)} objects", words)
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
            expected = f"{nearest}, which near_text and keyword search both rank first"
            expect.require(found == nearest, f"{found} ranked first for {item.title!r}", expected)
            return
    statuses.not_applicable("near_text and keyword search never rank the same object first")


def clear_winner(values: Mapping[UUID, float]) -> UUID | None:
    """The object with the lowest value, unless another one is close."""
    in_order = sorted(values, key=lambda uuid: values[uuid])
    if len(in_order) < 2 or values[in_order[1]] - values[in_order[0]] <= WITHIN:
        return None
    return in_order[0]
