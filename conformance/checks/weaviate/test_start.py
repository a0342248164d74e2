"""Weaviate starts with the endpoint, waits for it, and shows what it says of itself."""

from typing import Any

import pytest

from conformance import expect
from conformance.expect import statuses
from conformance.transport.endpoint import META, READY, Endpoint
from conformance.transport.exchange import Exchange
from conformance.transport.go_reader import GoParseError, read_meta
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
    exchange = expect.answered(endpoint.get(META))
    theirs, own = deployment.client.get_meta()["modules"][MODULE], readable(exchange)
    if not deployment.server.ours and set(theirs) != set(own):
        statuses.not_applicable("that server's CLIP_INFERENCE_API is another endpoint")
    wanted = f"the keys of the endpoint's own, {sorted(own)}"
    expect.require(set(theirs) == set(own), f"keys {sorted(theirs)} in /v1/meta", wanted, exchange)


def readable(exchange: Exchange) -> dict[str, Any]:
    """What the endpoint says at /meta, as Weaviate reads it."""
    try:
        return read_meta(exchange.body)
    except GoParseError as problem:
        raise expect.fail(str(problem), "a JSON object", exchange) from None
