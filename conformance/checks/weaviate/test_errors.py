"""An endpoint's error reaches the user, and only the object that caused it is lost."""

from base64 import b64encode
from uuid import uuid4

import pytest

from conformance import expect
from conformance.transport.endpoint import Endpoint
from conformance.weaviate.content import documented_collection as page
from conformance.weaviate.content.attribution import failures
from conformance.weaviate.content.import_items import Item
from conformance.weaviate.server.deployment import Deployment

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
    failed = {str(each.object_.uuid): each.message for each in objects.batch.failed_objects}
    expect.require(set(failed) == {str(ids[2])}, f"{len(failed)} failed objects", "the broken one")
    refusals = [passed.to_exchange() for passed in failures(deployment, mark)]
    refused = (refusals or [endpoint.vectorize([items[0].title], [BROKEN])])[0]
    words, shown = plain(expect.refusal(refused)), plain(failed[str(ids[2])])
    expect.require(words in shown, shown, f"the endpoint's words: {words!r}", refused)
    stored = sum(objects.query.fetch_object_by_id(uuid) is not None for uuid in ids)
    expect.require(stored == 3, f"{stored} objects stored", "the other 3")


def plain(text: str) -> str:
    """The text without its line breaks, which the way through gRPC does not keep."""
    return " ".join(text.split())
