"""Searches return what the endpoint's vectors say."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from conformance import expect
from conformance.corpus.alignment import AlignedCorpus
from conformance.weaviate.content.arithmetic import moved_away, moved_to
from conformance.weaviate.content.attribution import attributed
from conformance.weaviate.content.documented_collection import ImportedItems
from conformance.weaviate.content.object_vectors import ObjectVectors
from conformance.weaviate.content.ranking import expect_ranking, first
from conformance.weaviate.server.deployment import Deployment

LIMIT = 3


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
    near_text: Callable[..., Any], imported: ImportedItems, vectors: ObjectVectors, limit: int
) -> None:
    query = imported.items[0].title
    expect_ranking(imported, vectors.text(query), near_text(query, limit), limit)


@pytest.mark.clause("WVT-10")
def test_near_text_with_two_concepts(
    near_text: Callable[..., Any], imported: ImportedItems, vectors: ObjectVectors
) -> None:
    concepts = [imported.items[1].title, imported.items[2].title]
    mean = vectors.of(texts=concepts).texts.vectors.mean(axis=0)
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
def test_near_image(
    deployment: Deployment, imported: ImportedItems, vectors: ObjectVectors
) -> None:
    item = imported.items[1]
    with attributed(deployment, "near_image fails"):
        found = imported.objects.query.near_image(
            item.poster, limit=LIMIT, return_metadata=["distance"]
        )
    expect_ranking(imported, vectors.image(item.image), found, LIMIT)


@pytest.mark.clause("WVT-14")
def test_move_to(
    near_text: Callable[..., Any], imported: ImportedItems, vectors: ObjectVectors
) -> None:
    from weaviate.classes.query import Move

    query, goal = imported.items[4].title, imported.items[5].title
    found = near_text(query, move_to=Move(force=0.8, concepts=[goal]))
    expect_ranking(imported, moved_to(vectors.text(query), vectors.text(goal), 0.8), found, LIMIT)


@pytest.mark.clause("WVT-14")
def test_move_away(
    near_text: Callable[..., Any], imported: ImportedItems, vectors: ObjectVectors
) -> None:
    from weaviate.classes.query import Move

    query, other = imported.items[6].title, imported.items[5].title
    found = near_text(query, move_away=Move(force=0.6, concepts=[other]))
    expect_ranking(
        imported, moved_away(vectors.text(query), vectors.text(other), 0.6), found, LIMIT
    )
