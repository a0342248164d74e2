"""The TypeScript client gets what the Python client gets."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any
from uuid import uuid4

import numpy as np
import pytest

from conformance import expect
from conformance.data.tolerances import ACROSS_REQUESTS, distance
from conformance.expect import statuses
from conformance.weaviate.content import typescript_client
from conformance.weaviate.content.attribution import failed, failures
from conformance.weaviate.content.documented_collection import ImportedItems
from conformance.weaviate.content.object_vectors import ObjectVectors
from conformance.weaviate.content.ranking import WITHIN
from conformance.weaviate.server.deployment import Deployment

LIMIT = 3
TEXT, IMAGE, BROUGHT = 2, 5, 4
"""Indices of the items that are searched with and brought."""


@dataclass(frozen=True)
class ProgramRun:
    """What the program was asked to do, and what it answered."""

    task: dict[str, Any]
    answer: dict[str, Any]


@pytest.fixture(scope="module")
def program_run(
    deployment: Deployment, imported: ImportedItems, vectors: ObjectVectors
) -> ProgramRun:
    """The program's answer to one task over the same items as the Python client's."""
    mark, task = deployment.mark(), make_task(deployment, imported, vectors)
    try:
        return ProgramRun(task, typescript_client.run(typescript_client.FOLDER / "check.ts", task))
    except typescript_client.Missing as problem:
        statuses.not_run(str(problem))
    except typescript_client.Broken as problem:
        if deployment.proxy and not failures(deployment, mark):
            raise
        raise failed(deployment, mark, f"the program fails: {problem}") from problem


def make_task(
    deployment: Deployment, imported: ImportedItems, vectors: ObjectVectors
) -> dict[str, Any]:
    """The document that conformance/weaviate/typescript/task.ts describes."""
    server = asdict(deployment.server)
    item = imported.items[BROUGHT]
    return {
        **{name: server[name] for name in ("host", "port", "secure", "key")},
        "grpcPort": deployment.server.grpc_port,
        "collection": deployment.collections.name("TypeScript"),
        "broughtCollection": deployment.collections.name("TypeScriptBrought"),
        "inferenceUrl": deployment.inference_url,
        "items": [{"id": str(uuid4()), **each.properties()} for each in imported.items],
        "text": imported.items[TEXT].title,
        "image": imported.items[IMAGE].poster,
        "limit": LIMIT,
        "brought": {
            "id": str(uuid4()),
            "title": item.title,
            "vector": vectors.image(item.image).tolist(),
        },
    }


@pytest.mark.clause("WVT-23")
def test_import(program_run: ProgramRun, imported: ImportedItems) -> None:
    errors = program_run.answer["errors"]
    expect.require(not errors, f"errors {errors}", "no failed object")
    for index, item in enumerate(program_run.task["items"]):
        vector = np.asarray(program_run.answer["vectors"][item["id"]], dtype=np.float32)
        apart = distance(vector, imported.stored(index))
        within = f"the Python client's within {ACROSS_REQUESTS:g}"
        expect.require(apart <= ACROSS_REQUESTS, f"{item['title']!r} off by {apart:.2g}", within)


@pytest.mark.clause("WVT-24")
@pytest.mark.parametrize("search", ["nearText", "nearImage", "hybrid"])
def test_search(program_run: ProgramRun, imported: ImportedItems, search: str) -> None:
    wanted = python_search(imported, search).objects
    got = program_run.answer[search]
    ids = [item["id"] for item in program_run.task["items"]]
    indices = [ids.index(each["id"]) for each in got]
    expect.require(
        indices == [imported.index_of(each.uuid) for each in wanted],
        f"items {indices}",
        "Python's ranking",
    )
    if search != "hybrid":
        expect_distances([each["distance"] for each in got], wanted)


@pytest.mark.clause("WVT-25")
def test_own_vector(program_run: ProgramRun) -> None:
    given, answer = program_run.task["brought"], program_run.answer
    kept = np.asarray(answer["broughtVector"], np.float32), np.asarray(given["vector"], np.float32)
    expect.require(np.array_equal(*kept), "another vector", "the vector that was brought")
    nearest = answer["broughtFound"][0]
    found = nearest["id"] == given["id"] and abs(nearest["distance"]) < 1e-5
    expect.require(found, str(nearest), "the object itself at distance 0")


def python_search(imported: ImportedItems, search: str) -> Any:
    """The same search with the Python client."""
    query = imported.objects.query
    if search == "nearText":
        return query.near_text(
            imported.items[TEXT].title, limit=LIMIT, return_metadata=["distance"]
        )
    if search == "nearImage":
        return query.near_image(
            imported.items[IMAGE].poster, limit=LIMIT, return_metadata=["distance"]
        )
    return query.hybrid(imported.items[TEXT].title, alpha=1, limit=LIMIT)


def expect_distances(got: Sequence[float], wanted: Sequence[Any]) -> None:
    """The distances are those of the Python client."""
    due = [each.metadata.distance for each in wanted]
    expect.require(bool(np.allclose(got, due, atol=WITHIN)), f"distances {got}", str(due))
