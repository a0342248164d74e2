"""``--weaviate WHERE``: which server a run is to have."""

import pytest

from conformance.data.weaviate_versions import DEFAULT_VERSION
from conformance.weaviate.server_selection import VENDOR_IMAGE, UnknownVersion, select_server


@pytest.mark.parametrize(
    ("option", "kind", "where"),
    [
        ("off", "off", ""),
        ("embedded", "embedded", DEFAULT_VERSION),
        ("embedded:1.38.2", "embedded", "1.38.2"),
        ("docker", "docker", f"{VENDOR_IMAGE}:{DEFAULT_VERSION}"),
        ("docker:1.39", "docker", f"{VENDOR_IMAGE}:1.39"),
        ("docker:1.40.0-rc.0", "docker", f"{VENDOR_IMAGE}:1.40.0-rc.0"),
        ("docker:mirror.example/weaviate:1.39.0", "docker", "mirror.example/weaviate:1.39.0"),
        ("docker:my-weaviate", "docker", "my-weaviate"),
        ("http://localhost:8080", "url", "http://localhost:8080"),
    ],
)
def test_a_server(option: str, kind: str, where: str) -> None:
    server = select_server(option)
    assert (server.kind, server.where) == (kind, where)


@pytest.mark.parametrize(
    ("option", "says"),
    [
        ("embedded:1", "is not a Weaviate version"),
        ("docker:1.34,docker:1.39", "a run has one"),
    ],
)
def test_what_cannot_be_is_one_line(option: str, says: str) -> None:
    with pytest.raises(UnknownVersion, match=says):
        select_server(option)
