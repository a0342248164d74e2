"""WVT: Weaviate starts, and collections keep their settings and use their own endpoints."""

from typing import Any
from urllib.parse import urlsplit

import pytest

from conformance import expect
from conformance.data import statuses
from conformance.data.tolerances import REPEATED, distance
from conformance.expect import given
from conformance.expect.vector_cache import VectorCache
from conformance.transport.endpoint import META, READY, Endpoint, Target
from conformance.weaviate import documented_collection as page
from conformance.weaviate import second_endpoint
from conformance.weaviate.deployment import HELD_PROBES, MODULE, Deployment, Objects, attributed
from conformance.weaviate.documented_collection import WEIGHTS, Item
from conformance.weaviate.expected_results import combined, expect_stored, to_be_stored
from conformance.weaviate.second_endpoint import SecondEndpoint


@pytest.mark.clause("WVT-01")
def test_starts_with_the_module(deployment: Deployment) -> None:
    modules = deployment.client.get_meta()["modules"]
    expect.require(MODULE in modules, f"modules {sorted(modules)}", f"{MODULE} among them")


@pytest.mark.clause("WVT-02")
def test_waits_for_a_late_endpoint(deployment: Deployment) -> None:
    if deployment.proxy is None or not deployment.server.ours:
        statuses.not_applicable("can only be observed if the suite starts Weaviate")
    probes = [passed.status for passed in deployment.proxy.passed if passed.path.endswith(READY)]
    late = probes[:HELD_PROBES] == [503] * HELD_PROBES and 200 <= probes[-1] <= 299
    expect.require(late, f"responses to the probes: {probes}", "503 at first, then ready")


@pytest.mark.clause("WVT-03")
def test_shows_the_endpoints_meta(deployment: Deployment, endpoint: Endpoint) -> None:
    exchange = endpoint.get(META)
    own = given.meta_object(exchange)
    theirs = deployment.client.get_meta()["modules"][MODULE]
    if not deployment.server.ours and set(theirs) != set(own):
        statuses.not_applicable("the given server uses a different endpoint")
    wanted = f"the keys of the endpoint's /meta, {sorted(own)}"
    expect.require(set(theirs) == set(own), f"keys {sorted(theirs)} in /v1/meta", wanted, exchange)


def module_settings(objects: Objects) -> dict[str, object]:
    """The module's settings of the only named vector, as Weaviate stores them."""
    vectors: dict[str, Any] = objects.config.get().to_dict()["vectorConfig"]
    ((module, settings),) = vectors[page.VECTOR]["vectorizer"].items()
    return {"module": module, **settings}


@pytest.mark.clause("WVT-04")
def test_settings_with_weights_read_back(deployment: Deployment) -> None:
    url = f"{deployment.endpoint_url}/other"
    found = module_settings(page.create(deployment, "Settings", inference_url=url))
    wanted = {
        "module": "multi2vec-clip",
        "imageFields": ["poster"],
        "textFields": ["title"],
        "weights": {"imageFields": [0.9], "textFields": [0.1]},
        "inferenceUrl": url,
    }
    shown = {name: found.get(name) for name in wanted}
    expect.require(shown == wanted, str(found), str(wanted))


@pytest.mark.clause("WVT-04")
def test_settings_without_weights_read_back(deployment: Deployment) -> None:
    found = module_settings(page.create(deployment, "Settings", weighted=False))
    fields = found.get("imageFields"), found.get("textFields")
    expect.require(fields == (["poster"], ["title"]), str(found), "both fields")
    expect.require(not found.get("weights"), str(found), "no weights")


@pytest.mark.clause("WVT-15")
def test_two_endpoints_serve_one_server(
    deployment: Deployment, items: list[Item], cache: VectorCache
) -> None:
    if deployment.proxy is None:
        statuses.not_applicable(
            "the given Weaviate server cannot reach a second endpoint on this machine"
        )
    item, mark = items[0], deployment.mark()
    with SecondEndpoint().running() as other:
        elsewhere = page.create(deployment, "Second", inference_url=other.url)
        there = page.insert(deployment, elsewhere, [item])
        here = page.insert(deployment, page.create(deployment, "First"), [item])
        with attributed(deployment, "near_text fails"):
            elsewhere.query.near_text("elsewhere", limit=1)
            here.objects.query.near_text("here", limit=1)
    expect_stored(deployment, here, 0, to_be_stored(cache, item, WEIGHTS))
    rows = [second_endpoint.vector(item.title), second_endpoint.vector(item.poster)]
    apart = distance(there.stored(0), combined(rows, WEIGHTS))
    expect.require(
        apart <= REPEATED,
        f"a vector at a relative distance of {apart:.2g}",
        "the vector from the second endpoint",
    )
    asked = [passed.asked()["texts"] for passed in deployment.seen(mark)]
    mine = [[item.title], ["here"]]
    expect.require(asked == mine, f"texts {asked}", f"{mine}, sent to the first endpoint")
    asked_there = [request.get("texts") for request in other.asked]
    others = [[item.title], ["elsewhere"]]
    expect.require(asked_there == others, f"texts {asked_there}", f"{others}, sent to the second")


@pytest.mark.clause("WVT-16")
def test_a_path_prefix_is_kept(deployment: Deployment, target: Target, items: list[Item]) -> None:
    prefix = urlsplit(target.url).path
    if not prefix:
        statuses.not_applicable("the endpoint's URL has no path")
    if deployment.proxy is None:
        statuses.not_run("the requests of the given Weaviate server cannot be observed")
    mark = deployment.mark()
    objects = page.create(deployment, "Prefix", inference_url=deployment.endpoint_url)
    page.insert(deployment, objects, items[:1])
    paths = {passed.path for passed in deployment.seen(mark)}
    expected = {f"{prefix}/vectorize"}
    expect.require(paths == expected, f"paths {sorted(paths)}", f"paths {sorted(expected)}")


@pytest.mark.clause("WVT-17")
def test_a_trailing_slash_does_no_harm(
    deployment: Deployment, items: list[Item], cache: VectorCache
) -> None:
    objects = page.create(deployment, "Slash", inference_url=f"{deployment.endpoint_url}/")
    imported = page.insert(deployment, objects, items[:1])
    expect_stored(deployment, imported, 0, to_be_stored(cache, items[0], WEIGHTS))
