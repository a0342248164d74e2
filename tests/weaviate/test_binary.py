"""The client's cache is read as the client writes it."""

from pathlib import Path

import pytest
from weaviate.embedded import EmbeddedOptions, EmbeddedV4

from conformance.data.weaviate_versions import DEFAULT_VERSION
from conformance.weaviate import server_selection


def put(version: str) -> None:
    """An empty file where the program of `version` belongs."""
    server_selection.program(version).touch()


def test_a_program_is_where_the_client_looks(tmp_path: Path) -> None:
    expected = tmp_path / server_selection.program("1.30.5").name
    expected.touch()
    options = EmbeddedOptions(str(tmp_path), binary_path=str(tmp_path), version="1.30.5")
    # It would download, and fail, if it looked elsewhere.
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


@pytest.mark.parametrize("version", ["latest", "1.39", "v1.39.0", "http://host/w.tar.gz", ""])
def test_only_a_release_number_is_a_version(version: str) -> None:
    with pytest.raises(server_selection.UnknownVersion, match="expected one like"):
        server_selection.check(version)
