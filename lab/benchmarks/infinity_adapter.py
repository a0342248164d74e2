"""An adapter that exposes the contract's routes in front of an Infinity server, to benchmark it.

``python -m lab.benchmarks.infinity_adapter URL --port 8082``. Each caller has a thread that waits
for Infinity's response, so that Infinity batches across callers as usual. Texts and images are
forwarded unchanged; an error from Infinity is passed on with its status and message.
`docs/other-servers.md` describes how Infinity was installed and started, and what the suite found.
"""

import argparse
import base64
import json
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from http import HTTPStatus
from typing import Any, Final

import httpx
import numpy as np
import waitress
from flask import Flask, Response, jsonify, request

from reference import errors, json_bodies

THREADS: Final = 64
IMAGES_A_CALL: Final = 32
"""Infinity's limit for one call (`ITEMS_LIMIT_SMALL` in its fastapi_schemas)."""

TEXTS_A_CALL: Final = 2048
TIMEOUT: Final = httpx.Timeout(50, connect=5)
"""Seconds; Weaviate itself gives up after 50."""

LARGEST_BODY: Final = 2**30

Rows = list[list[float]]


class Infinity:
    """The server behind the adapter. If it serves only one model, requests need not name the
    model."""

    def __init__(self, client: httpx.Client) -> None:
        self._client = client
        self._beside = ThreadPoolExecutor(THREADS)

    def ready(self) -> bool:
        """Whether infinity's health check succeeds."""
        try:
            return self._client.get("/health").is_success
        except httpx.HTTPError:
            return False

    def model(self) -> dict[str, Any]:
        """Infinity's description of the served model."""
        answer = self._client.get("/models")
        first: dict[str, Any] = answer.raise_for_status().json()["data"][0]
        return {"model": first["id"], "backend": first["backend"], "server": "infinity"}

    def vectors(self, texts: Sequence[str], images: Sequence[str]) -> tuple[Rows, Rows]:
        """Rows (n, d) of texts and of base64 images; both kinds are requested at once."""
        beside = self._beside.submit(self._texts, texts) if texts and images else None
        rows = self._images(images)
        return beside.result() if beside else self._texts(texts), rows

    def _texts(self, texts: Sequence[str]) -> Rows:
        return self._rows("text", texts, TEXTS_A_CALL)

    def _images(self, images: Sequence[str]) -> Rows:
        # The media type is ignored, since Pillow detects it.
        uris = [f"data:image/png;base64,{image}" for image in images]
        return self._rows("image", uris, IMAGES_A_CALL)

    def _rows(self, modality: str, inputs: Sequence[str], most: int) -> Rows:
        starts = range(0, len(inputs), most)
        calls = (self._call(modality, inputs[start : start + most]) for start in starts)
        return [row for rows in calls for row in rows]

    def _call(self, modality: str, inputs: Sequence[str]) -> Rows:
        # base64 is the default of OpenAI's client, and is cheaper than JSON numbers for both sides.
        body = {"modality": modality, "input": inputs, "encoding_format": "base64"}
        try:
            answer = self._client.post("/embeddings", json=body)
        except httpx.HTTPError as error:
            raise errors.UnavailableError(f"infinity does not respond: {error!r}") from error
        if not answer.is_success:
            raise errors.RefusedError(_message(answer), HTTPStatus(answer.status_code))
        return [_row(item["embedding"]) for item in answer.json()["data"]]


def _row(encoded: str) -> list[float]:
    row: list[float] = np.frombuffer(base64.b64decode(encoded), np.float32).tolist()
    return row


def _message(answer: httpx.Response) -> str:
    """Infinity's error message: an object with a message, or FastAPI's list of messages."""
    document = answer.json() if "json" in answer.headers.get("Content-Type", "") else {}
    if "detail" in document:
        return "; ".join(str(part["msg"]) for part in document["detail"])
    return str(document.get("error", {}).get("message", answer.text[:200]))


def create_app(infinity: Infinity) -> Flask:
    """The contract's four routes."""
    app = Flask("infinity-adapter", static_folder=None)
    app.url_map.merge_slashes = False  # Otherwise, //vectorize would be redirected.
    json_bodies.register_errors(app)

    @app.get("/.well-known/live")
    def live() -> tuple[str, int]:
        return "", HTTPStatus.NO_CONTENT

    @app.get("/.well-known/ready")
    def ready() -> tuple[str, int]:
        if not infinity.ready():
            raise errors.UnavailableError("infinity does not respond")
        return "", HTTPStatus.NO_CONTENT

    @app.get("/meta")
    def meta() -> Response:
        return jsonify(infinity.model())

    @app.post("/vectorize")
    def vectorize() -> Response:
        wanted = json_bodies.parse(request.get_data())
        texts, images = infinity.vectors(wanted.texts, wanted.images)
        body = json.dumps({"textVectors": texts, "imageVectors": images})
        return Response(body, mimetype="application/json")

    return app


def main(arguments: Sequence[str]) -> int:
    """Serve until a signal arrives."""
    parser = argparse.ArgumentParser(prog="python -m lab.benchmarks.infinity_adapter")
    parser.add_argument("url", help="where infinity listens, such as http://127.0.0.1:7997")
    parser.add_argument("--port", type=int, default=8082)
    asked = parser.parse_args(arguments)
    limits = httpx.Limits(max_connections=None, max_keepalive_connections=2 * THREADS)
    client = httpx.Client(base_url=asked.url, timeout=TIMEOUT, limits=limits, trust_env=False)
    app = create_app(Infinity(client))
    waitress.serve(
        app,
        host="127.0.0.1",
        port=asked.port,
        threads=THREADS,
        max_request_body_size=LARGEST_BODY,
    )
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
