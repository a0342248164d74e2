"""The compare and doctor commands on every kind of collection in a real Weaviate server."""

from base64 import b64encode
from collections.abc import Iterator
from typing import Any

import pytest
from weaviate import WeaviateClient
from weaviate.classes.config import Configure, DataType, Property
from weaviate.classes.tenants import Tenant, TenantActivityStatus

from conformance.command import cli
from conformance.corpus import photographs
from conformance.doctor.diagnosis import advice
from conformance.weaviate.server import KEY, Server
from tests.weaviate import real

pytestmark = real.needed
CLIP = Configure.Vectors.multi2vec_clip
TITLES = [f"a {color} cat" for color in ("red", "green", "blue", "black")]
SHORT = [0.5] * 64


@pytest.fixture(scope="module")
def server(endpoint_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A real Weaviate server with a collection of each kind."""
    with real.started(tmp_path_factory.mktemp("server"), endpoint_url, {}) as running:
        assert running.is_ready()
        with running.server.connect() as client:
            fill(client)
        yield running.server


def fill(client: WeaviateClient) -> None:
    """Collections that match, or that have a different dimension, tenants, named vectors, or no
    vectorizer."""
    one = CLIP(text_fields=["title"])
    for title in TITLES:
        create(client, "Products", one).data.insert({"title": title})
        create(client, "Shorter", one).data.insert({"title": title}, vector=SHORT)
        brought = create(client, "Brought", Configure.Vectors.self_provided())
        brought.data.insert({"title": title}, vector=SHORT)
    both = CLIP(text_fields=["title"], image_fields=["photo"])
    pictured = create(client, "Pictures", both)
    pictured.data.insert(
        {"title": "a cat", "photo": b64encode(photographs.raw("chelsea")).decode()}
    )
    named = [CLIP(name="one", text_fields=["title"]), CLIP(name="two", text_fields=["note"])]
    made = create(client, "Named", named)
    made.data.insert({"title": "a cat", "note": "a note"})
    tenants = create(client, "Tenants", one, Configure.multi_tenancy(enabled=True))
    cold = TenantActivityStatus.INACTIVE
    tenants.tenants.create([Tenant(name="a", activity_status=cold), Tenant(name="b")])
    tenants.with_tenant("b").data.insert({"title": "a cat"})


def create(client: WeaviateClient, name: str, vectors: Any, tenancy: Any = None) -> Any:
    if not client.collections.exists(name):
        fields = [Property(name=each, data_type=DataType.TEXT) for each in ("title", "note")]
        fields.append(Property(name="photo", data_type=DataType.BLOB))
        client.collections.create(
            name, properties=fields, vector_config=vectors, multi_tenancy_config=tenancy
        )
    return client.collections.get(name)


NONE = "Brought has vectorizer none: its objects come with their own vectors"
COMPARED: dict[str, tuple[list[str], int, str]] = {
    "Products": ([], 0, "objects: 4 of 4 the same; lowest cosine 1.0000"),
    "Pictures": ([], 0, "objects: 1 of 1 the same; lowest cosine 1.0000"),
    "Shorter": ([], 1, "a different model: vectors have 512 dimensions now, and had 64"),
    "Tenants": ([], 0, "Tenants (tenant b) at http"),
    "Named": ([], 0, "objects: 2 of 2 the same"),
    "named": (["--vector", "two"], 0, "objects: 1 of 1 the same"),
    "tenants": (["--tenant", "a"], 4, "tenant a of Tenants is not active (COLD)"),
    "Brought": ([], 4, NONE),
}


@pytest.mark.parametrize("name", COMPARED)
def test_compare(
    name: str,
    server: Server,
    endpoint_url: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    options, status, said = COMPARED[name]
    monkeypatch.setenv(KEY, str(server.key))
    words = ["compare", f"weaviate:{server.url}/{name}", endpoint_url, *options]
    assert cli.main(words) == status
    assert said in "".join(capsys.readouterr())


SEEN: dict[str, tuple[int, str]] = {
    "Products": (0, "a stored vector matches the current one"),
    "Shorter": (1, "Shorter, vector default: stored vectors have 64 dimensions, but the"),
    "Tenants": (0, "reading tenant b"),
    "Named": (0, "Named, vector two a stored vector matches the current one"),
    "Brought": (
        1,
        "Brought uses the vectorizer none, so its objects must be imported with vectors",
    ),
}


@pytest.mark.parametrize("name", SEEN)
def test_doctor(
    name: str,
    server: Server,
    endpoint_url: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    status, said = SEEN[name]
    monkeypatch.setenv(KEY, str(server.key))
    words = [endpoint_url, "--weaviate", server.url, "--collection", name, "--timeout", "60"]
    assert cli.main(["doctor", *words]) == status
    assert said in " ".join(capsys.readouterr().out.split())


def test_near_image_on_vectorizer_none_fails_with_the_words_that_doctor_has(server: Server) -> None:
    with server.connect() as client:
        found = client.collections.get("Brought").query
        with pytest.raises(Exception, match="could not vectorize input") as failed:
            found.near_image("aGk=", limit=1)
    assert advice("own-vectors", {"name": "Brought"}).weaviate.splitlines()[0] in str(failed.value)
