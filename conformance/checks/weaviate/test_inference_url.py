"""A collection may name its own endpoint."""

from urllib.parse import urlsplit

import numpy as np
import pytest

from conformance import expect
from conformance.data import tolerances
from conformance.data.tolerances import distance
from conformance.expect import statuses
from conformance.transport.target import Target
from conformance.weaviate.content import documented_collection as page
from conformance.weaviate.content.arithmetic import combined
from conformance.weaviate.content.attribution import through
from conformance.weaviate.content.documented_collection import WEIGHTS
from conformance.weaviate.content.import_items import Item
from conformance.weaviate.content.object_vectors import ObjectVectors
from conformance.weaviate.server.deployment import Deployment
from conformance.weaviate.wire import stub_endpoint


@pytest.mark.clause("WVT-15")
def test_two_endpoints_serve_one_server(
    deployment: Deployment, items: list[Item], own: ObjectVectors
) -> None:
    if deployment.proxy is None:
        statuses.not_applicable("a second endpoint on this machine is out of that Weaviate's reach")
    item, mark = items[0], deployment.mark()
    with stub_endpoint.serving() as other:
        elsewhere = page.create(deployment, "Second", inference_url=other.url)
        there = page.fill(deployment, elsewhere, [item])
        here = page.fill(deployment, page.create(deployment, "First"), [item])
        with through(deployment, "near_text fails"):
            elsewhere.query.near_text("elsewhere", limit=1)
            here.objects.query.near_text("here", limit=1)
    theirs = combined(
        [stub_endpoint.vector(item.title), stub_endpoint.vector(item.poster)], WEIGHTS
    )
    apart = distance(there.stored(0), theirs), distance(here.stored(0), own.stored(item, WEIGHTS))
    expect.require(
        max(apart) <= tolerances.REPEATED, f"off by {apart}", "each its own endpoint's vectors"
    )
    asked = [passed.asked()["texts"] for passed in deployment.seen(mark)]
    expect.require(
        asked == [[item.title], ["here"]], f"texts {asked}", "only those of one collection"
    )
    texts = [request.get("texts") for request in other.asked]
    expect.require(
        texts == [[item.title], ["elsewhere"]], f"texts {texts}", "only those of the other"
    )


@pytest.mark.clause("WVT-16")
def test_a_path_prefix_is_kept(deployment: Deployment, target: Target, items: list[Item]) -> None:
    prefix = urlsplit(target.url).path
    if not prefix:
        statuses.not_applicable("the endpoint's URL has no path")
    mark = deployment.mark()
    page.fill(
        deployment,
        page.create(deployment, "Prefix", inference_url=deployment.endpoint_url),
        items[:1],
    )
    paths = {passed.path for passed in deployment.seen(mark)}
    known = {f"{prefix}/vectorize"} if deployment.proxy else set()
    expect.require(paths == known, f"paths {sorted(paths)}", f"paths {sorted(known)}")


@pytest.mark.clause("WVT-17")
def test_a_trailing_slash_does_no_harm(
    deployment: Deployment, items: list[Item], own: ObjectVectors
) -> None:
    objects = page.create(deployment, "Slash", inference_url=f"{deployment.endpoint_url}/")
    films = page.fill(deployment, objects, items[:1])
    apart = distance(films.stored(0), own.stored(items[0], WEIGHTS))
    expect.require(bool(np.isclose(apart, 0, atol=tolerances.REPEATED)), f"off by {apart:.2g}", "0")
