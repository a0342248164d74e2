"""A collection may name its own endpoint."""

from urllib.parse import urlsplit

import numpy as np
import pytest

from conformance import expect, outcome, tolerance
from conformance.target import Target
from conformance.tolerance import distance
from conformance.weaviate import films as page
from conformance.weaviate import second
from conformance.weaviate.arithmetic import combined
from conformance.weaviate.blame import through
from conformance.weaviate.films import WEIGHTS
from conformance.weaviate.own import OwnVectors
from conformance.weaviate.sample import Item
from conformance.weaviate.stack import Stack


@pytest.mark.clause("WVT-15")
def test_two_endpoints_serve_one_server(stack: Stack, items: list[Item], own: OwnVectors) -> None:
    if stack.proxy is None:
        outcome.not_applicable("a second endpoint on this machine is out of that Weaviate's reach")
    item, mark = items[0], stack.mark()
    with second.serving() as other:
        elsewhere = page.create(stack, "Second", inference_url=other.url)
        there = page.fill(stack, elsewhere, [item])
        here = page.fill(stack, page.create(stack, "First"), [item])
        with through(stack, "near_text fails"):
            elsewhere.query.near_text("elsewhere", limit=1)
            here.objects.query.near_text("here", limit=1)
    theirs = combined([second.vector(item.title), second.vector(item.poster)], WEIGHTS)
    apart = distance(there.stored(0), theirs), distance(here.stored(0), own.stored(item, WEIGHTS))
    expect.that(
        max(apart) <= tolerance.REPEATED, f"off by {apart}", "each its own endpoint's vectors"
    )
    asked = [passed.asked()["texts"] for passed in stack.seen(mark)]
    expect.that(asked == [[item.title], ["here"]], f"texts {asked}", "only those of one collection")
    texts = [request.get("texts") for request in other.asked]
    expect.that(texts == [[item.title], ["elsewhere"]], f"texts {texts}", "only those of the other")


@pytest.mark.clause("WVT-16")
def test_a_path_prefix_is_kept(stack: Stack, target: Target, items: list[Item]) -> None:
    prefix = urlsplit(target.url).path
    if not prefix:
        outcome.not_applicable("the endpoint's URL has no path")
    mark = stack.mark()
    page.fill(stack, page.create(stack, "Prefix", inference_url=stack.endpoint_url), items[:1])
    paths = {passed.path for passed in stack.seen(mark)}
    known = {f"{prefix}/vectorize"} if stack.proxy else set()
    expect.that(paths == known, f"paths {sorted(paths)}", f"paths {sorted(known)}")


@pytest.mark.clause("WVT-17")
def test_a_trailing_slash_does_no_harm(stack: Stack, items: list[Item], own: OwnVectors) -> None:
    objects = page.create(stack, "Slash", inference_url=f"{stack.endpoint_url}/")
    films = page.fill(stack, objects, items[:1])
    apart = distance(films.stored(0), own.stored(items[0], WEIGHTS))
    expect.that(bool(np.isclose(apart, 0, atol=tolerance.REPEATED)), f"off by {apart:.2g}", "0")
