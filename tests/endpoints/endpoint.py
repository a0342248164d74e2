"""A conformant endpoint built from stages, which faults and conformant variations can replace."""
# ruff: noqa: ARG002 - subclasses may need the parameters

import base64
import json
import re
import threading
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from io import BytesIO
from itertools import count
from typing import Any

import numpy as np
from PIL import Image, UnidentifiedImageError

from reference.images import without_metadata
from tests.endpoints import image_encoder, wire
from tests.endpoints.encoder import Encoder, Matrix
from tests.endpoints.wire import Answer, Request

JSON = {"Content-Type": "application/json"}
HTML = {"Content-Type": "text/html"}
TEXT = {"Content-Type": "text/plain"}
Write = Callable[[bytes], None]
Body = dict[str, Any]

VECTORS: dict[tuple[Encoder, bytes], Matrix] = {}
"""Vectors of image files by encoder and digest, for endpoints with unchanged image stages."""


class Refused(Exception):
    """The request cannot be served; the response has this status and a JSON `error`."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.message = message


@dataclass
class Asked:
    """The items of a request; the images are files, decoded from base64."""

    texts: list[str]
    images: list[bytes]


class Endpoint:
    """The four routes in stages; `lock`, `calls`, and `known` are for use by replaced stages."""

    prefix = ""
    idle_seconds: float = 120
    backlog = 128
    software = "sockets"
    """The server software: a name in `server.SOFTWARE`."""

    def __init__(self, encoder: Encoder) -> None:
        self.encoder = encoder
        self.lock = threading.Lock()
        self.calls = count(1)
        self.known: dict[Any, Any] = {}

    def start(self) -> None:
        """Called once the server is listening."""

    # --- the whole exchange -------------------------------------------------------------------

    def answer(self, request: Request) -> Answer:
        """The answer to one request; never raises."""
        try:
            return self.route(request)
        except Refused as refused:
            return self.failure(refused.status, refused.message)
        except UnidentifiedImageError:
            return self.failure(400, "an image cannot be read")
        except Exception as broken:
            return self.failure(500, f"internal error: {type(broken).__name__}")

    def send(self, request: Request, answer: Answer, write: Write) -> bool:
        """Writes the answer; returns whether the connection stays open."""
        write(wire.render(answer, request))
        return wire.keeps_open(request, answer)

    def route(self, request: Request) -> Answer:
        path = re.sub("/+", "/", request.path)
        routes = {
            "/.well-known/live": ("GET", self.live),
            "/.well-known/ready": ("GET", self.ready),
            "/meta": ("GET", self.meta),
            "/vectorize": ("POST", self.vectorize),
        }
        method, handler = routes.get(path.removeprefix(self.prefix), ("", None))
        if handler is None or not path.startswith(self.prefix):
            raise Refused(404, f"no such route: {path}")
        if method != request.method.replace("HEAD", "GET"):
            raise Refused(405, f"{path} takes {method}")
        return handler(request)

    # --- the routes ---------------------------------------------------------------------------

    def live(self, request: Request) -> Answer:
        return Answer(204)

    def ready(self, request: Request) -> Answer:
        return Answer(204)

    def meta(self, request: Request) -> Answer:
        return Answer(200, self.dump(self.description()), dict(JSON))

    def description(self) -> Body:
        """The object behind `/meta`."""
        return {"model": self.encoder.name, "dimension": self.encoder.width, "device": "cpu"}

    def vectorize(self, request: Request) -> Answer:
        """Vectors for the texts and images of one request."""
        if len(request.body) > wire.MAX_BODY:
            raise Refused(413, f"at most {wire.MAX_BODY} bytes")
        asked = self.parse(self.load(request.body))
        return Answer(200, self.dump(self.body(asked)), dict(JSON))

    def failure(self, status: int, message: str) -> Answer:
        return Answer(status, self.dump({"error": message}), dict(JSON))

    # --- the stages of vectorize --------------------------------------------------------------

    def load(self, body: bytes) -> Any:
        try:
            return json.loads(body)
        except ValueError as broken:
            raise Refused(400, "the body is not JSON") from broken

    def parse(self, value: Any) -> Asked:
        if not isinstance(value, dict):
            raise Refused(400, "the body must be a JSON object")
        texts, images = (strings(value, key) for key in ("texts", "images"))
        return Asked(texts, [self.decode(image) for image in images])

    def decode(self, image: str) -> bytes:
        try:
            return base64.b64decode(image, validate=True)
        except ValueError as broken:
            raise Refused(400, "an image is not base64") from broken

    def body(self, asked: Asked) -> Body:
        texts, images = self.text_vectors(asked.texts), self.image_vectors(asked.images)
        return {"textVectors": self.rows(texts), "imageVectors": self.rows(images)}

    def text_vectors(self, texts: list[str]) -> Matrix:
        """Rows for the texts of one request: (count, width)."""
        return stack([self.text_vector(text) for text in texts], self.encoder.width)

    def image_vectors(self, images: list[bytes]) -> Matrix:
        """Rows for the images of one request: (count, width)."""
        return stack([self.image_vector(image) for image in images], self.encoder.width)

    def text_vector(self, text: str) -> Matrix:
        """The vector of one text: (width,)."""
        return self.encoder.text(text)

    def image_vector(self, image: bytes) -> Matrix:
        """The vector of one image file: (width,)."""
        key = self.encoder, sha256(image).digest()
        known = self.encoder.known_image(image)
        known = VECTORS.get(key) if known is None and self.looks_as_ever() else known
        if known is not None:
            return known
        vector = self.opened_vector(image)
        if self.looks_as_ever():
            VECTORS[key] = vector
        return vector

    def looks_as_ever(self) -> bool:
        """Whether no image stage is replaced, so that a file has its usual vector, which is
        cached."""
        kind = type(self)
        return (
            kind.opened_vector is Endpoint.opened_vector
            and kind.opened is Endpoint.opened
            and kind.picture_vector is Endpoint.picture_vector
        )

    def opened_vector(self, image: bytes) -> Matrix:
        """The vector of an image file that is not in `known`: (width,)."""
        try:
            with self.opened(image) as picture:
                return self.picture_vector(picture)
        except (UnidentifiedImageError, OSError, ValueError, SyntaxError) as broken:
            raise Refused(400, "an image cannot be read") from broken
        except Image.DecompressionBombError as broken:
            raise Refused(413, "an image has too many pixels") from broken

    def opened(self, image: bytes) -> Image.Image:
        """The picture in an image file; metadata that Pillow rejects is left out."""
        try:
            return read_by_pillow(image)
        except (OSError, ValueError, SyntaxError):
            return read_by_pillow(without_metadata(image) or image)

    def picture_vector(self, picture: Image.Image) -> Matrix:
        """One opened picture of any mode: (width,)."""
        return self.encoder.picture(image_encoder.rgb(picture))

    def rows(self, vectors: Matrix) -> Any:
        return np.round(vectors.astype(np.float64), 8).tolist()

    def dump(self, body: Any) -> bytes:
        return json.dumps(body).encode()


def read_by_pillow(image: bytes) -> Image.Image:
    """The picture in an image file, as Pillow reads it. Raises what Pillow raises."""
    picture = Image.open(BytesIO(image))
    picture.load()
    return picture


def strings(value: Body, key: str) -> list[str]:
    """The list of strings at `key`, which is empty if it is absent or null. Raises Refused."""
    found = value.get(key)
    found = [] if found is None else found
    if not isinstance(found, list) or not all(isinstance(item, str) for item in found):
        raise Refused(400, f"{key} must be a list of strings")
    return found


def stack(vectors: list[Matrix], width: int) -> Matrix:
    """Rows in one array: (count, width), even if there are none."""
    return np.array(vectors, dtype=np.float32).reshape(len(vectors), -1 if vectors else width)
