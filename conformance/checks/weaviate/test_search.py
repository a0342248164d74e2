"""Searches return what the endpoint's vectors say."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from weaviate.classes.query import MetadataQuery, Move

from conformance import expect
from conformance.corpus.alignment import AlignedCorpus
from conformance.weaviate.content.arithmetic import moved_away, moved_to
from conformance.weaviate.content.attribution import through
from conformance.weaviate.content.documented_collection import Films
from conformance.weaviate.content.object_vectors import ObjectVectors
from conformance.weaviate.content.ranking import distances, expect_ranking, first
from conformance.weaviate.server.deployment import Deployment

LIMIT = 3
DISTANCE = MetadataQuery(distance=True)


@pytest.fixture
def near_text(deployment: Deployment, films: Films) -> Callable[..., Any]:
    """near_text on the films, with distances."""

    def search(query: str | list[str], limit: int = LIMIT, **more: Any) -> Any:
        with through(deployment, "near_text fails"):
            return films.objects.query.near_text(
                query, limit=limit, return_metadata=DISTANCE, **more
            )

    return search


@pytest.mark.clause("WVT-10")
@pytest.mark.parametrize("limit", [1, LIMIT])
def test_near_text(
    near_text: Callable[..., Any], films: Films, own: ObjectVectors, limit: int
) -> None:
    query = films.items[0].title
    expect_ranking(films, own.text(query), near_text(query, limit), limit)


@pytest.mark.clause("WVT-10")
def test_near_text_with_two_concepts(
    near_text: Callable[..., Any], films: Films, own: ObjectVectors
) -> None:
    concepts = [films.items[1].title, films.items[2].title]
    mean = own.of(texts=concepts).texts.vectors.mean(axis=0)
    expect_ranking(films, mean, near_text(concepts), LIMIT)


@pytest.mark.clause("WVT-11")
def test_near_text_finds_what_a_caption_describes(
    near_text: Callable[..., Any], films: Films, corpus: AlignedCorpus
) -> None:
    found = [first(near_text(item.title, limit=1)) for item in films.items]
    share = float(np.mean([got == wanted for got, wanted in zip(found, films.ids, strict=True)]))
    expect.require(
        share >= corpus.must,
        f"{share:.0%} of the titles find their object ({corpus.name})",
        f"at least {corpus.must:.0%}",
    )


@pytest.mark.clause("WVT-12")
def test_near_image(deployment: Deployment, films: Films, own: ObjectVectors) -> None:
    item = films.items[1]
    with through(deployment, "near_image fails"):
        found = films.objects.query.near_image(item.poster, limit=LIMIT, return_metadata=DISTANCE)
    expect_ranking(films, own.image(item.image), found, LIMIT)


@pytest.mark.clause("WVT-13")
def test_hybrid_with_the_vector_alone(
    deployment: Deployment, near_text: Callable[..., Any], films: Films
) -> None:
    query = films.items[3].title
    with through(deployment, "hybrid fails"):
        found = films.objects.query.hybrid(query, alpha=1, limit=LIMIT)
    ranked = [each.uuid for each in near_text(query).objects]
    expect.require(
        [each.uuid for each in found.objects] == ranked, "another ranking", "near_text's"
    )


@pytest.mark.clause("WVT-13")
@pytest.mark.parametrize("alpha", [0, 0.5])
def test_hybrid_with_words(
    deployment: Deployment, films: Films, own: ObjectVectors, alpha: float
) -> None:
    stored = [films.stored(place) for place in range(len(films.ids))]
    titles = [item.title for item in films.items]
    # Such an object is nearest by its words anyway, so both halves agree on it.
    nearest = [int(np.argmin(distances(own.text(title), stored))) for title in titles]
    agreed = [place for place, near in enumerate(nearest) if place == near]
    expect.require(bool(agreed), "no title is nearest to its own object", "at least one")
    with through(deployment, "hybrid fails"):
        found = films.objects.query.hybrid(titles[agreed[0]], alpha=alpha, limit=LIMIT)
    wanted = films.ids[agreed[0]]
    expect.require(
        first(found) == wanted, f"{first(found)} first", f"{wanted}: words and vector agree"
    )


@pytest.mark.clause("WVT-14")
def test_move_to(near_text: Callable[..., Any], films: Films, own: ObjectVectors) -> None:
    query, goal = films.items[4].title, films.items[5].title
    found = near_text(query, move_to=Move(force=0.8, concepts=[goal]))
    expect_ranking(films, moved_to(own.text(query), own.text(goal), 0.8), found, LIMIT)


@pytest.mark.clause("WVT-14")
def test_move_away(near_text: Callable[..., Any], films: Films, own: ObjectVectors) -> None:
    query, other = films.items[6].title, films.items[5].title
    found = near_text(query, move_away=Move(force=0.6, concepts=[other]))
    expect_ranking(films, moved_away(own.text(query), own.text(other), 0.6), found, LIMIT)
