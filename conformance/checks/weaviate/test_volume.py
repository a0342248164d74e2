"""Many objects at Weaviate's own concurrency."""

import time
from collections.abc import Callable

import pytest

from conformance import expect
from conformance.weaviate.content import documented_collection as page
from conformance.weaviate.content.attribution import attributed, failed, one_line
from conformance.weaviate.content.import_items import Item
from conformance.weaviate.server.deployment import Deployment

COUNT = 200
EVERY = 10
"""One object in so many has a poster too: 20 images take a slow model long enough."""


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
        measure("weaviate import, requests at once", float(deployment.proxy.peak))
    if rejected:
        got = f"{len(rejected)} of {COUNT} rejected: {one_line(rejected[0].message)}"
        raise failed(deployment, mark, got)
    count = objects.aggregate.over_all(total_count=True).total_count
    expect.require(count == COUNT, f"{count} objects", f"{COUNT} objects")


def properties(items: list[Item], number: int) -> dict[str, str]:
    """The object of that number; no two titles are equal."""
    item = items[number % len(items)]
    row = {"title": f"{item.title}, number {number}"}
    return {**row, "poster": item.poster} if number % EVERY == 0 else row
