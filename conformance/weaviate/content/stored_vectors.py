"""Stored vectors beside those that the endpoint's own vectors give."""

from conformance import expect
from conformance.data.tolerances import ACROSS_REQUESTS, distance
from conformance.expect import Observation
from conformance.transport.exchange import Exchange
from conformance.weaviate.content.documented_collection import ImportedItems
from conformance.weaviate.content.import_items import Item
from conformance.weaviate.server.deployment import Deployment


def expect_stored(
    deployment: Deployment, imported: ImportedItems, index: int, expected: Observation
) -> None:
    """The stored vector of an item is the expected one, as closely as those of two requests are.

    A failure shows Weaviate's own request for it and the suite's.
    """
    item = imported.items[index]
    apart = distance(imported.stored(index), expected.vector)
    close = apart <= ACROSS_REQUESTS
    expect.require(
        close,
        f"the stored vector of {item.title!r} at a relative distance of {apart:.2g}",
        f"the combination of the endpoint's vectors, within {ACROSS_REQUESTS:g}",
        *([] if close else [*_requests_for(deployment, item), expected.exchange]),
    )


def _requests_for(deployment: Deployment, item: Item) -> list[Exchange]:
    """Weaviate's last request for an item, where it was seen."""
    wanted = {"texts": [item.title], "images": [item.poster]}
    found = [passed for passed in deployment.seen(0) if passed.asked() == wanted]
    return [passed.to_exchange() for passed in found[-1:]]
