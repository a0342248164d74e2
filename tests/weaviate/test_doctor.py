"""The doctor with a real Weaviate server: no false alarms, and Weaviate's own messages."""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import httpx
import pytest

from conformance.command import cli
from conformance.doctor.diagnosis import Diagnosis, advice
from conformance.doctor.go_url import go_says
from conformance.doctor.weaviate_server import WeaviateDoctor
from conformance.weaviate.server import KEY, Server
from tests.doctor.test_go_url import MALFORMED, UNKNOWN
from tests.weaviate import real
from tests.weaviate.real import BareServer

pytestmark = real.needed
Settings = Mapping[str, Any]
PROPERTIES = {"body": "text", "photo": "blob", "tags": "text[]", "title": "text"}
TEXTS = {"textFields": ["body", "title"]}


@pytest.fixture(scope="module")
def weaviate(endpoint_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with real.started(tmp_path_factory.mktemp("good"), endpoint_url, {}) as running:
        assert running.is_ready()
        yield running.server


def post(server: Server, path: str, body: Mapping[str, Any]) -> httpx.Response:
    headers = {"Authorization": f"Bearer {server.key}"}
    return httpx.post(f"{server.url}{path}", json=body, headers=headers, timeout=60)


@pytest.fixture
def create(weaviate: Server) -> Iterator[Callable[[Settings], str]]:
    """Call it with settings of multi2vec-clip for a collection Films, removed afterward."""

    def call(settings: Settings) -> str:
        vectors = {"v": {"vectorizer": {"multi2vec-clip": settings}, "vectorIndexType": "hnsw"}}
        rows = [{"name": name, "dataType": [kind]} for name, kind in PROPERTIES.items()]
        made = {"class": "Films", "properties": rows, "vectorConfig": vectors}
        assert post(weaviate, "/v1/schema", made).is_success
        return "Films"

    yield call
    headers = {"Authorization": f"Bearer {weaviate.key}"}
    httpx.delete(f"{weaviate.url}/v1/schema/Films", headers=headers)


def problems(server: Server, url: str, collection: str | None = None) -> Diagnosis:
    found = Diagnosis("")
    WeaviateDoctor(server, found).examine(None, url, {}, collection)
    return found


def test_nothing_is_wrong_where_all_is_well(
    weaviate: Server,
    endpoint_url: str,
    create: Callable[[Settings], str],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv(KEY, str(weaviate.key))
    weighted = {"textFields": [0.2, 0.8], "imageFields": [0.5]}
    name = create({**TEXTS, "imageFields": ["photo"], "weights": weighted})
    words = [endpoint_url, "--weaviate", weaviate.url, "--collection", name.lower()]
    assert cli.main(["doctor", *words, "--timeout", "60"]) == 0, capsys.readouterr().out
    shown = capsys.readouterr().out
    assert "1.39.0" in shown
    assert "fields body, title, photo" in shown


REFUSED: dict[str, tuple[Settings, Mapping[str, Any], str]] = {
    "a weighted list": (
        {"textFields": ["tags", "title"], "weights": {"textFields": [0.2, 0.8]}},
        {"tags": ["a", "b"], "title": "c"},
        "weighted-list",
    ),
}
REFUSED |= {
    f"inferenceUrl {value!r}": ({**TEXTS, "inferenceUrl": value}, {"title": "a"}, "inference-url")
    for value in (*MALFORMED, *UNKNOWN)
    if go_says(value) != "fail with status 404: ..."
}


@pytest.mark.parametrize("name", REFUSED)
def test_weaviates_words_are_its_own(
    name: str, weaviate: Server, endpoint_url: str, create: Callable[[Settings], str]
) -> None:
    settings, properties, id_ = REFUSED[name]
    collection = create(settings)
    answer = post(weaviate, "/v1/objects", {"class": collection, "properties": properties})
    [problem] = problems(weaviate, endpoint_url, collection).problems
    assert problem.id == id_
    assert problem.weaviate in answer.json()["error"][0]["message"]


def test_an_absent_text_is_found_in_the_objects(
    weaviate: Server, endpoint_url: str, create: Callable[[Settings], str]
) -> None:
    name = create({**TEXTS, "weights": {"textFields": [0.2, 0.8]}})
    for properties in ({"body": "a", "title": "b"}, {"title": "b"}):
        assert post(weaviate, "/v1/objects", {"class": name, "properties": properties}).is_success
    [problem] = problems(weaviate, endpoint_url, name).problems
    assert problem.text.startswith("Films, vector v: 1 of 2 objects have no 'body'")


UNREACHABLE = {
    "validated": (
        {"MODULES_VALIDATE_BASE_URL": "true", "CLIP_WAIT_FOR_STARTUP": "false"},
        "MODULES_VALIDATE_BASE_URL is on",
        "refusing to dial internal address",
    ),
    "nothing is listening": (
        {"CLIP_INFERENCE_API": "http://127.0.0.1:9", "CLIP_WAIT_FOR_STARTUP": "false"},
        "Nothing is listening at CLIP_INFERENCE_API",
        "connection refused",
    ),
    "no scheme": (
        {"CLIP_INFERENCE_API": "127.0.0.1:9", "CLIP_WAIT_FOR_STARTUP": "false"},
        "CLIP_INFERENCE_API has no scheme",
        "first path segment in URL cannot contain colon",
    ),
    "a proxy": (
        {
            "CLIP_INFERENCE_API": "http://clip:8080",
            "CLIP_WAIT_FOR_STARTUP": "false",
            "HTTP_PROXY": "http://127.0.0.1:9",
        },
        "Weaviate sends its requests through a proxy",
        "proxyconnect tcp",
    ),
}


@pytest.mark.parametrize("name", UNREACHABLE)
def test_a_weaviate_that_cannot_reach_its_endpoint_says_why(
    name: str, endpoint_url: str, tmp_path: Path
) -> None:
    variables, cause, words = UNREACHABLE[name]
    with real.started(tmp_path, endpoint_url, variables) as running:
        assert running.is_ready()
        [problem] = problems(running.server, endpoint_url).problems
    assert problem.id == "module-error"
    assert problem.cause.startswith(cause)
    assert words in problem.weaviate


def test_a_weaviate_without_the_module_is_told(endpoint_url: str, tmp_path: Path) -> None:
    with real.started(tmp_path, endpoint_url, {"ENABLE_MODULES": ""}) as running:
        assert running.is_ready()
        [problem] = problems(running.server, endpoint_url).problems
        body = {"class": "X", "vectorConfig": {"v": {"vectorizer": {"multi2vec-clip": TEXTS}}}}
        refused = post(running.server, "/v1/schema", body).json()["error"][0]["message"]
    assert problem.id == "no-module"
    assert problem.weaviate.splitlines()[0] in refused


def words_of(id_: str, **facts: object) -> str:
    needed = {"seconds": 1, "why": "", "path": "", "failure": "", "host": "h", **facts}
    return advice(id_, needed).weaviate


ENDS = {
    "a time without unit": (
        {"MODULES_CLIENT_TIMEOUT": "50"},
        words_of("client-timeout", value="50"),
    ),
    "nothing is listening": (
        {"CLIP_INFERENCE_API": "http://127.0.0.1:9"},
        words_of("nothing-listens", url="http://127.0.0.1:9", address="127.0.0.1:9"),
    ),
    "no address": (
        {"CLIP_INFERENCE_API": ""},
        "init vectorizer: required variable CLIP_INFERENCE_API is not set",
    ),
    "a quoted default": (
        {"DEFAULT_VECTORIZER_MODULE": "'multi2vec-clip'"},
        words_of("default-module", value="", modules="", quoted="\"'multi2vec-clip'\""),
    ),
}


@pytest.mark.parametrize("name", ENDS)
def test_the_log_of_one_that_does_not_start_has_the_words(
    name: str, endpoint_url: str, tmp_path: Path
) -> None:
    variables, words = ENDS[name]
    with real.started(tmp_path, endpoint_url, variables) as running:
        assert says(running, words), running.log.read_text(errors="replace")


def says(running: BareServer, words: str) -> bool:
    """Whether the log contains the words, as plain text or in a JSON string."""
    return running.says(words.replace('"', '\\"'))
