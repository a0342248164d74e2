"""WVT: Weaviate starts with the endpoint, and keeps a collection's settings."""

from typing import Any

import pytest

from conformance import expect
from conformance.expect import given, statuses
from conformance.transport.endpoint import META, READY, Endpoint
from conformance.weaviate import documented_collection
from conformance.weaviate.deployment import HELD_PROBES, MODULE, Deployment, Objects


@pytest.mark.clause("WVT-01")
def test_starts_with_the_module(deployment: Deployment) -> None:
    modules = deployment.client.get_meta()["modules"]
    expect.require(MODULE in modules, f"modules {sorted(modules)}", f"{MODULE} among them")


@pytest.mark.clause("WVT-02")
def test_waits_for_a_late_endpoint(deployment: Deployment) -> None:
    if deployment.proxy is None or not deployment.server.ours:
        statuses.not_applicable("only seen where the suite starts Weaviate")
    probes = [passed.status for passed in deployment.proxy.passed if passed.path.endswith(READY)]
    late = probes[:HELD_PROBES] == [503] * HELD_PROBES and 200 <= probes[-1] <= 299
    expect.require(late, f"answers to the probes: {probes}", "503 at first, then ready")


@pytest.mark.clause("WVT-03")
def test_shows_the_endpoints_meta(deployment: Deployment, endpoint: Endpoint) -> None:
    exchange = endpoint.get(META)
    own = given.meta_object(exchange)
    theirs = deployment.client.get_meta()["modules"][MODULE]
    if not deployment.server.ours and set(theirs) != set(own):
        statuses.not_applicable("that server's CLIP_INFERENCE_API is another endpoint")
    wanted = f"the keys of the endpoint's own, {sorted(own)}"
    expect.require(set(theirs) == set(own), f"keys {sorted(theirs)} in /v1/meta", wanted, exchange)


def module_settings(objects: Objects) -> dict[str, object]:
    """The module's settings of the one named vector, as Weaviate keeps them."""
    vectors: dict[str, Any] = objects.config.get().to_dict()["vectorConfig"]
    ((module, settings),) = vectors[documented_collection.VECTOR]["vectorizer"].items()
    return {"module": module, **settings}


@pytest.mark.clause("WVT-04")
def test_settings_with_weights_read_back(deployment: Deployment) -> None:
    url = f"{deployment.endpoint_url}/other"
    found = module_settings(documented_collection.create(deployment, "Settings", inference_url=url))
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
    found = module_settings(documented_collection.create(deployment, "Settings", weighted=False))
    fields = found.get("imageFields"), found.get("textFields")
    expect.require(fields == (["poster"], ["title"]), str(found), "both fields")
    expect.require(not found.get("weights"), str(found), "no weights")
