"""``--weaviate WHERE``: which servers a run is to have."""

import pytest

from conformance.weaviate.server.binary import DEFAULT_VERSION, UnknownVersion
from conformance.weaviate.server.server_selection import VENDOR_IMAGE, select_servers


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
    (server,) = select_servers(option)
    assert (server.kind, server.where) == (kind, where)


def test_several_servers_keep_their_order_and_names() -> None:
    servers = select_servers("docker:1.34,embedded:1.38.2,docker:1.39")
    assert [server.name for server in servers] == ["docker:1.34", "embedded:1.38.2", "docker:1.39"]


@pytest.mark.parametrize(
    ("option", "says"),
    [
        ("embedded:1", "no Weaviate version"),
        ("docker:1.34,off", "several servers are"),
        ("docker,http://localhost:8080", "several servers are"),
        ("docker,docker", "twice"),
    ],
)
def test_what_cannot_be_is_one_line(option: str, says: str) -> None:
    with pytest.raises(UnknownVersion, match=says) as raised:
        select_servers(option)
    assert "\n" not in str(raised.value)
