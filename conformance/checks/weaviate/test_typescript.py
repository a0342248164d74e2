"""The TypeScript client gets what the Python client gets."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any
from uuid import uuid4

import numpy as np
import pytest
from weaviate.classes.query import MetadataQuery

from conformance import expect
from conformance.data import tolerances
from conformance.data.tolerances import distance
from conformance.expect import statuses
from conformance.weaviate.content import typescript_client
from conformance.weaviate.content.attribution import failed, failures
from conformance.weaviate.content.documented_collection import Films
from conformance.weaviate.content.object_vectors import ObjectVectors
from conformance.weaviate.content.ranking import WITHIN
from conformance.weaviate.server.deployment import Deployment

LIMIT = 3
TEXT, IMAGE, OWN = 2, 5, 4
"""Places of the items that are searched with and brought."""


@dataclass(frozen=True)
class Told:
    """What the program was told, and what it answered."""

    task: dict[str, Any]
    answer: dict[str, Any]


@pytest.fixture(scope="module")
def told(deployment: Deployment, films: Films, own: ObjectVectors) -> Told:
    """The program's answer to one task over the same items as the Python client's."""
    mark, task = deployment.mark(), make_task(deployment, films, own)
    try:
        return Told(task, typescript_client.run(typescript_client.FOLDER / "check.ts", task))
    except typescript_client.Missing as problem:
        statuses.not_run(str(problem))
    except typescript_client.Broken as problem:
        if deployment.proxy and not failures(deployment, mark):
            raise
        raise failed(deployment, mark, f"the program fails: {problem}") from problem


def make_task(deployment: Deployment, films: Films, own: ObjectVectors) -> dict[str, Any]:
    """The document that conformance/weaviate/typescript/task.ts describes."""
    server = asdict(deployment.server)
    item = films.items[OWN]
    return {
        **{name: server[name] for name in ("host", "port", "secure", "key")},
        "grpcPort": deployment.server.grpc_port,
        "collection": deployment.collections.name("TypeScript"),
        "ownCollection": deployment.collections.name("TypeScriptOwn"),
        "inferenceUrl": deployment.inference_url,
        "films": [{"id": str(uuid4()), **each.properties()} for each in films.items],
        "text": films.items[TEXT].title,
        "image": films.items[IMAGE].poster,
        "limit": LIMIT,
        "own": {
            "id": str(uuid4()),
            "title": item.title,
            "vector": own.image(item.image).tolist(),
        },
    }


@pytest.mark.clause("WVT-23")
def test_import(told: Told, films: Films) -> None:
    errors = told.answer["errors"]
    expect.require(not errors, f"errors {errors}", "no failed object")
    for place, film in enumerate(told.task["films"]):
        vector = np.asarray(told.answer["vectors"][film["id"]], dtype=np.float32)
        apart = distance(vector, films.stored(place))
        within = f"the Python client's within {tolerances.REPEATED:g}"
        expect.require(
            apart <= tolerances.REPEATED, f"{film['title']!r} off by {apart:.2g}", within
        )


@pytest.mark.clause("WVT-24")
@pytest.mark.parametrize("search", ["nearText", "nearImage", "hybrid"])
def test_search(told: Told, films: Films, search: str) -> None:
    wanted = python_search(films, search).objects
    got = told.answer[search]
    ids = [film["id"] for film in told.task["films"]]
    places = [ids.index(each["id"]) for each in got]
    expect.require(
        places == [films.place(each.uuid) for each in wanted], f"items {places}", "Python's ranking"
    )
    if search != "hybrid":
        expect_distances([each["distance"] for each in got], wanted)


@pytest.mark.clause("WVT-25")
def test_own_vector(told: Told) -> None:
    own, answer = told.task["own"], told.answer
    kept = np.asarray(answer["ownVector"], np.float32), np.asarray(own["vector"], np.float32)
    expect.require(np.array_equal(*kept), "another vector", "the vector that was brought")
    nearest = answer["ownFound"][0]
    found = nearest["id"] == own["id"] and abs(nearest["distance"]) < 1e-5
    expect.require(found, str(nearest), "the object itself at distance 0")


def python_search(films: Films, search: str) -> Any:
    """The same search with the Python client."""
    query = films.objects.query
    distances = MetadataQuery(distance=True)
    if search == "nearText":
        return query.near_text(films.items[TEXT].title, limit=LIMIT, return_metadata=distances)
    if search == "nearImage":
        return query.near_image(films.items[IMAGE].poster, limit=LIMIT, return_metadata=distances)
    return query.hybrid(films.items[TEXT].title, alpha=1, limit=LIMIT)


def expect_distances(got: Sequence[float], wanted: Sequence[Any]) -> None:
    """The distances are those of the Python client."""
    due = [each.metadata.distance for each in wanted]
    expect.require(bool(np.allclose(got, due, atol=WITHIN)), f"distances {got}", str(due))
