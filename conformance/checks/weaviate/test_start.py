"""Weaviate starts with the endpoint, waits for it, and shows what it says of itself."""

import pytest

from conformance import expect
from conformance.expect import given, statuses
from conformance.transport.endpoint import META, READY, Endpoint
from conformance.weaviate.server.deployment import HELD_PROBES, MODULE, Deployment


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
