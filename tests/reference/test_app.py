"""The four routes, with a fake encoder."""

import dataclasses
import json
import threading
from concurrent.futures import Future

import pytest
import torch
from flask.testing import FlaskClient
from PIL import Image

from reference.admission import Gate
from reference.app import create_app
from reference.encoder_service import EncoderService
from reference.inputs import Inputs
from reference.settings import Settings
from tests.reference.conftest import MeanColor, loaded, png

RED = png(Image.new("RGB", (4, 4), (200, 0, 0)))
TEN_THOUSAND_TEXTS = json.dumps({"texts": ["a"] * 10_000}).encode()
GREEN = png(Image.new("RGB", (4, 4), (0, 100, 0)))


@pytest.mark.parametrize("path", ["/.well-known/live", "/.well-known/ready"])
def test_probes_are_204_and_empty(client: FlaskClient, path: str) -> None:
    answer = client.get(path)
    assert (answer.status_code, answer.data) == (204, b"")


def test_meta_names_what_is_served(client: FlaskClient) -> None:
    meta = client.get("/meta").get_json()
    assert (meta["model"], meta["weights"], meta["device"]) == ("mean-color", "stand-in", "cpu")
    assert (meta["ready"], meta["dimensions"]) == (True, 3)
    assert set(meta["versions"]) == {"numpy", "pillow"}


@pytest.mark.parametrize("path", ["/vectorize", "//vectorize", "///vectorize"])
def test_texts_and_images_in_order(client: FlaskClient, path: str) -> None:
    body = {"texts": ["ab", ""], "images": [GREEN, RED]}
    answer = client.post("/", json=body, environ_overrides={"PATH_INFO": path})
    assert answer.status_code == 200
    assert answer.mimetype == "application/json"
    assert answer.get_json() == {
        "textVectors": [[2, 97, 98], [0, 32, 32]],
        "imageVectors": [[0, 100, 0], [200, 0, 0]],
    }


def test_nothing_asked_is_two_empty_lists(client: FlaskClient) -> None:
    answer = client.post("/vectorize", data=b"{}")
    assert answer.get_json() == {"textVectors": [], "imageVectors": []}


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "says"),
    [
        ("GET", "/", b"", 404, "POST /vectorize"),
        ("GET", "/docs", b"", 404, "POST /vectorize"),
        ("GET", "/vectorize", b"", 405, "POST /vectorize"),
        ("OPTIONS", "/vectorize", b"", 405, "POST /vectorize"),
        ("POST", "/meta", b"", 405, "GET /meta"),
        ("POST", "/vectorize/", b"{}", 404, "POST /vectorize"),
        ("POST", "/vectorize", b"", 400, "empty"),
        ("POST", "/vectorize", b"nonsense", 400, "not JSON"),
        ("POST", "/vectorize", b'{"texts": [1]}', 400, "texts[0]"),
        ("POST", "/vectorize", b'{"images": ["AAAA"]}', 400, "images[0]"),
        ("POST", "/vectorize", b" " * (2**20 + 1), 413, "limit is 1,048,576"),
        ("POST", "/vectorize", TEN_THOUSAND_TEXTS, 413, "10,000 texts and images; the limit is"),
    ],
)
def test_every_failure_is_json(
    client: FlaskClient, method: str, path: str, body: bytes, status: int, says: str
) -> None:
    answer = client.open(path, method=method, data=body)
    assert answer.status_code == status
    assert answer.mimetype == "application/json"
    assert set(answer.get_json()) == {"error"}
    assert says in answer.get_json()["error"]


def test_one_bad_image_fails_the_whole_request(client: FlaskClient) -> None:
    answer = client.post("/vectorize", json={"texts": ["a"], "images": [RED, "AAAA", GREEN]})
    assert answer.status_code == 400
    assert answer.get_json()["error"].startswith("images[1]: not an image")


def test_a_form_header_does_not_hide_the_body(client: FlaskClient) -> None:
    header = "application/x-www-form-urlencoded"
    answer = client.post("/vectorize", data=b'{"texts": ["a"]}', content_type=header)
    assert answer.get_json()["textVectors"] == [[1, 97, 97]]


def test_before_the_model_is_ready(settings: Settings) -> None:
    client = create_app(EncoderService(Future(), max_pixels=1), settings).test_client()
    assert client.get("/.well-known/live").status_code == 204
    for answer in (client.get("/.well-known/ready"), client.post("/vectorize", json={})):
        assert answer.status_code == 503
        assert "still loading" in answer.get_json()["error"]
    assert client.get("/meta").get_json()["ready"] is False


class Broken(MeanColor):
    """Fails on one text, and returns NaN for another."""

    def text_vectors(self, inputs: Inputs) -> torch.Tensor:
        rows = super().text_vectors(inputs)
        if (rows[:, 0] == len("fail")).any():
            raise RuntimeError("<object at 0x7f00deadbeef>")
        return torch.where(rows[:, :1] == len("nan"), torch.nan, rows)


@pytest.mark.parametrize("text", ["fail", "nan"])
def test_the_encoders_own_fault_is_500_and_leaks_nothing(settings: Settings, text: str) -> None:
    client = create_app(loaded(Broken()), settings).test_client()
    answer = client.post("/vectorize", json={"texts": [text]})
    assert answer.status_code == 500
    assert "0x" not in answer.get_json()["error"]
    assert client.post("/vectorize", json={"texts": ["a"]}).status_code == 200


def test_too_many_callers_are_told_so(settings: Settings) -> None:
    entered, leave = threading.Event(), threading.Event()

    class Slow(MeanColor):
        def text_vectors(self, inputs: Inputs) -> torch.Tensor:
            if (inputs["row"][:, 0] == len("slow")).any():
                entered.set()
                leave.wait(100)
            return super().text_vectors(inputs)

    app = create_app(loaded(Slow()), settings, Gate(requests=1, body_bytes=2**20))
    first = threading.Thread(
        target=lambda: app.test_client().post("/vectorize", json={"texts": ["slow"]})
    )
    first.start()
    entered.wait(100)
    answer = app.test_client().post("/vectorize", json={"texts": ["a"]})
    leave.set()
    first.join()
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "1")
    assert app.test_client().post("/vectorize", json={"texts": ["a"]}).status_code == 200


def test_widened_vectors_are_as_wide_as_asked(settings: Settings) -> None:
    wide = dataclasses.replace(settings, dimensions=7)
    client = create_app(loaded(MeanColor(), 7), wide).test_client()
    answer = client.post("/vectorize", json={"texts": ["a"], "images": [RED]}).get_json()
    assert [len(answer["textVectors"][0]), len(answer["imageVectors"][0])] == [7, 7]
    assert client.get("/meta").get_json()["dimensions"] == 7
