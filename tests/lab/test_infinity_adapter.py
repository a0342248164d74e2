"""The adapter translates between the contract and Infinity, for requests and responses."""

import base64
import json
from typing import Any

import httpx
import numpy as np
import pytest
from flask.testing import FlaskClient

from lab.benchmarks.infinity_adapter import Infinity, create_app

REFUSALS = {
    "broken": httpx.Response(400, json={"error": {"message": "cannot read it"}}),
    "short": httpx.Response(422, json={"detail": [{"msg": "too short"}]}),
}


class FakeInfinity:
    """Answers like infinity; a row's first number is the length of its input."""

    def __init__(self) -> None:
        self.calls: list[dict[str, Any]] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        if request.method == "GET":
            return httpx.Response(200, json={"data": [{"id": "a/model", "backend": "torch"}]})
        call = json.loads(request.content)
        self.calls.append(call)
        refusal = REFUSALS.get(call["input"][0])
        return refusal or httpx.Response(200, json={"data": [_row(each) for each in call["input"]]})


def _row(item: str) -> dict[str, str]:
    row = np.array([len(item), 0.1], np.float32)
    return {"embedding": base64.b64encode(row.tobytes()).decode()}


@pytest.fixture
def infinity() -> FakeInfinity:
    return FakeInfinity()


@pytest.fixture
def client(infinity: FakeInfinity) -> FlaskClient:
    transport = httpx.MockTransport(infinity)
    server = httpx.Client(base_url="http://infinity.test", transport=transport)
    return create_app(Infinity(server)).test_client()


def test_texts_and_images_keep_their_rows(client: FlaskClient, infinity: FakeInfinity) -> None:
    answer = client.post("/vectorize", json={"texts": ["a", "bcd"], "images": ["AAAA"]})

    tenth = float(np.float32(0.1))
    assert answer.get_json() == {
        "textVectors": [[1, tenth], [3, tenth]],
        "imageVectors": [[len("data:image/png;base64,AAAA"), tenth]],
    }
    assert {call["modality"] for call in infinity.calls} == {"text", "image"}


def test_more_images_than_infinity_takes_go_in_several_calls(
    client: FlaskClient, infinity: FakeInfinity
) -> None:
    answer = client.post("/vectorize", json={"images": ["A" * 4 * n for n in range(1, 41)]})

    assert [len(call["input"]) for call in infinity.calls] == [32, 8]
    lengths = [row[0] for row in answer.get_json()["imageVectors"]]
    assert lengths == sorted(set(lengths)), "in the order of the images"


@pytest.mark.parametrize(
    ("text", "status", "says"), [("broken", 400, "cannot read it"), ("short", 422, "too short")]
)
def test_a_refusal_keeps_its_status_and_its_words(
    client: FlaskClient, text: str, status: int, says: str
) -> None:
    answer = client.post("/vectorize", json={"texts": [text]})

    assert (answer.status_code, answer.get_json()) == (status, {"error": says})


def test_ready_says_whether_infinity_answers(client: FlaskClient) -> None:
    def unreachable(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused", request=request)

    gone = httpx.Client(base_url="http://gone.test", transport=httpx.MockTransport(unreachable))

    assert client.get("/.well-known/ready").status_code == 204
    assert create_app(Infinity(gone)).test_client().get("/.well-known/ready").status_code == 503
