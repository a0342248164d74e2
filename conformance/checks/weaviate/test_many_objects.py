"""WVT: a large parallel import and a corrupt image within a batch."""

import time
from base64 import b64encode
from collections.abc import Callable
from uuid import uuid4

import pytest

from conformance import expect
from conformance.transport.endpoint import Endpoint
from conformance.weaviate import documented_collection as page
from conformance.weaviate.deployment import Deployment, attributed, error_text, failed, failures
from conformance.weaviate.documented_collection import Item

COUNT = 200
POSTER_EVERY = 10
"""Only every tenth object also has a poster, since a slow model needs long even for 20 images."""


@pytest.mark.clause("WVT-22")
def test_many_objects(
    deployment: Deployment, items: list[Item], measure: Callable[[str, float], None]
) -> None:
    objects, mark, start = page.create(deployment, "Many"), deployment.mark(), time.perf_counter()
    with attributed(deployment, "the import fails"), objects.batch.fixed_size(100) as batch:
        for number in range(COUNT):
            batch.add_object(properties=properties(items, number))
    seconds, rejected = time.perf_counter() - start, objects.batch.failed_objects
    measure("weaviate import, objects per second", round(COUNT / seconds, 1))
    if deployment.proxy:
        measure("weaviate import, simultaneous requests", float(deployment.proxy.peak))
    if rejected:
        got = f"{len(rejected)} of {COUNT} rejected: {error_text(rejected[0].message)}"
        raise failed(deployment, mark, got)
    count = objects.aggregate.over_all(total_count=True).total_count
    expect.require(count == COUNT, f"{count} objects", f"{COUNT} objects")


def properties(items: list[Item], number: int) -> dict[str, str]:
    """The properties of an object; no two titles are equal."""
    item = items[number % len(items)]
    row = {"title": f"{item.title}, number {number}"}
    return {**row, "poster": item.poster} if number % POSTER_EVERY == 0 else row


BROKEN = b"This is a text, and no image at all."


@pytest.mark.clause("WVT-21")
def test_one_broken_image_fails_alone(
    deployment: Deployment, endpoint: Endpoint, items: list[Item]
) -> None:
    objects, mark = page.create(deployment, "Broken"), deployment.mark()
    bad = {"title": items[0].title, "poster": b64encode(BROKEN).decode()}
    ids = [uuid4() for _ in range(4)]
    rows = [items[0].properties(), items[1].properties(), bad, items[2].properties()]
    with objects.batch.fixed_size(100) as batch:
        for uuid, properties in zip(ids, rows, strict=True):
            batch.add_object(properties=properties, uuid=uuid)
    rejected = {str(each.object_.uuid): each.message for each in objects.batch.failed_objects}
    expect.require(
        set(rejected) == {str(ids[2])},
        f"{len(rejected)} failed objects",
        "only the one with the corrupt image",
    )
    refusals = [passed.to_exchange() for passed in failures(deployment, mark)]
    refused = (refusals or [endpoint.vectorize([items[0].title], [BROKEN])])[0]
    words, shown = (
        without_line_breaks(expect.refusal(refused)),
        without_line_breaks(rejected[str(ids[2])]),
    )
    expect.require(words in shown, shown, f"the endpoint's message: {words!r}", refused)
    stored = sum(objects.query.fetch_object_by_id(uuid) is not None for uuid in ids)
    expect.require(stored == 3, f"{stored} objects stored", "the 3 valid ones")


def without_line_breaks(text: str) -> str:
    """The text without its line breaks, which gRPC does not preserve."""
    return " ".join(text.split())
