"""Collections as on the documentation page are created, and their settings read back."""

from typing import Any

import pytest

from conformance import expect
from conformance.weaviate.content import documented_collection
from conformance.weaviate.server.deployment import Deployment
from conformance.weaviate.server.temporary_collections import Objects


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
