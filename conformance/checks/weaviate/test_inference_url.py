"""A collection may name its own endpoint."""

from urllib.parse import urlsplit

import pytest

from conformance import expect
from conformance.data.tolerances import REPEATED, distance
from conformance.expect import statuses
from conformance.transport.endpoint import Target
from conformance.weaviate import documented_collection as page
from conformance.weaviate import second_endpoint
from conformance.weaviate.deployment import Deployment, attributed
from conformance.weaviate.documented_collection import WEIGHTS, Item
from conformance.weaviate.expected_results import ObjectVectors, combined, expect_stored
from conformance.weaviate.second_endpoint import SecondEndpoint


@pytest.mark.clause("WVT-15")
def test_two_endpoints_serve_one_server(
    deployment: Deployment, items: list[Item], vectors: ObjectVectors
) -> None:
    if deployment.proxy is None:
        statuses.not_applicable("a second endpoint on this machine is out of that Weaviate's reach")
    item, mark = items[0], deployment.mark()
    with SecondEndpoint().running() as other:
        elsewhere = page.create(deployment, "Second", inference_url=other.url)
        there = page.insert(deployment, elsewhere, [item])
        here = page.insert(deployment, page.create(deployment, "First"), [item])
        with attributed(deployment, "near_text fails"):
            elsewhere.query.near_text("elsewhere", limit=1)
            here.objects.query.near_text("here", limit=1)
    expect_stored(deployment, here, 0, vectors.stored(item, WEIGHTS))
    rows = [second_endpoint.vector(item.title), second_endpoint.vector(item.poster)]
    apart = distance(there.stored(0), combined(rows, WEIGHTS))
    expect.require(
        apart <= REPEATED,
        f"a vector at a relative distance of {apart:.2g}",
        "the other's own vector",
    )
    asked = [passed.asked()["texts"] for passed in deployment.seen(mark)]
    mine = [[item.title], ["here"]]
    expect.require(asked == mine, f"texts {asked}", f"{mine}, those of one collection")
    asked_there = [request.get("texts") for request in other.asked]
    others = [[item.title], ["elsewhere"]]
    expect.require(asked_there == others, f"texts {asked_there}", f"{others}, those of the other")


@pytest.mark.clause("WVT-16")
def test_a_path_prefix_is_kept(deployment: Deployment, target: Target, items: list[Item]) -> None:
    prefix = urlsplit(target.url).path
    if not prefix:
        statuses.not_applicable("the endpoint's URL has no path")
    if deployment.proxy is None:
        statuses.not_run("nobody sees under which path that Weaviate asks the endpoint")
    mark = deployment.mark()
    objects = page.create(deployment, "Prefix", inference_url=deployment.endpoint_url)
    page.insert(deployment, objects, items[:1])
    paths = {passed.path for passed in deployment.seen(mark)}
    expected = {f"{prefix}/vectorize"}
    expect.require(paths == expected, f"paths {sorted(paths)}", f"paths {sorted(expected)}")


@pytest.mark.clause("WVT-17")
def test_a_trailing_slash_does_no_harm(
    deployment: Deployment, items: list[Item], vectors: ObjectVectors
) -> None:
    objects = page.create(deployment, "Slash", inference_url=f"{deployment.endpoint_url}/")
    imported = page.insert(deployment, objects, items[:1])
    expect_stored(deployment, imported, 0, vectors.stored(items[0], WEIGHTS))
