"""How ``--weaviate WHERE`` selects a server, and how binaries in the client's cache are found."""

from pathlib import Path

import pytest
from weaviate.embedded import EmbeddedOptions, EmbeddedV4

from conformance.data.clauses import DEFAULT_VERSION
from conformance.weaviate import server_selection
from conformance.weaviate.server import Unavailable, server_at
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
        ("embedded:latest", "expected one like"),
        ("embedded:v1.39.0", "expected one like"),
        ("embedded:http://host/w.tar.gz", "expected one like"),
        ("docker:1.34,docker:1.39", "a run uses only one"),
    ],
)
def test_what_cannot_be_is_one_line(option: str, says: str) -> None:
    with pytest.raises(UnknownVersion, match=says):
        select_server(option)


@pytest.mark.parametrize(
    ("grpc", "host", "port"),
    [(None, "", 50051), ("50052", "", 50052), ("weaviate-grpc:50053", "weaviate-grpc", 50053)],
)
def test_grpc_may_be_on_another_host(grpc: str | None, host: str, port: int) -> None:
    server = server_at("https://weaviate.example", grpc)
    assert (server.url, server.grpc_host, server.grpc_port) == (
        "https://weaviate.example:443",
        host,
        port,
    )


@pytest.mark.parametrize(
    ("url", "grpc"),
    [
        ("required", None),
        ("embeded:1.39.0", None),
        ("http://localhost:8080/v1", None),
        ("localhost:8080", "weaviate-grpc"),
        ("localhost:8080", "weaviate-grpc:all"),
    ],
)
def test_an_address_that_cannot_be_is_one_line(url: str, grpc: str | None) -> None:
    with pytest.raises(Unavailable, match="is not a"):
        server_at(url, grpc)


def put(version: str) -> None:
    """Create an empty file where the program of `version` belongs."""
    server_selection.program(version).touch()


def test_a_program_is_where_the_client_looks(tmp_path: Path) -> None:
    expected = tmp_path / server_selection.program("1.30.5").name
    expected.touch()
    options = EmbeddedOptions(str(tmp_path), binary_path=str(tmp_path), version="1.30.5")
    # The client would try to download the program, and fail, if it looked elsewhere.
    EmbeddedV4(options).ensure_weaviate_binary_exists()
    assert list(tmp_path.iterdir()) == [expected]


def test_the_cache_is_the_clients_own() -> None:
    assert server_selection.cache() == Path(EmbeddedOptions().binary_path)


@pytest.mark.usefixtures("empty_cache")
def test_an_empty_cache_holds_nothing() -> None:
    assert server_selection.cached() == []
    assert server_selection.at_hand() is None


def test_looking_creates_no_folder(empty_cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    missing = empty_cache / "none"
    monkeypatch.setattr(server_selection, "cache", lambda: missing)
    assert server_selection.at_hand() is None
    assert not missing.exists()


@pytest.mark.usefixtures("empty_cache")
def test_the_newest_program_is_used_unless_the_default_is_there() -> None:
    for version in ("1.26.0", "1.30.5", "1.31.10", "1.31.9"):
        put(version)
    assert server_selection.cached() == ["1.31.10", "1.31.9", "1.30.5"]
    assert server_selection.at_hand() == "1.31.10"
    put(DEFAULT_VERSION)
    assert server_selection.at_hand() == DEFAULT_VERSION


def test_without_the_client_there_is_none_and_an_extra_is_named(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(server_selection, "has_client", lambda: False)
    monkeypatch.setattr(server_selection, "at_hand", lambda: DEFAULT_VERSION)
    found = select_server(None)
    assert found.kind == "off"
    assert found.hint.endswith('pip install "multi2vec-clip-conformance[weaviate]"')
