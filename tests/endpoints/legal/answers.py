"""Equivalent responses in another form."""
# ruff: noqa: ARG002 - hooks have the parameters of their stages

import json
import time
from typing import Any

import numpy as np

from tests.endpoints.encoder import Matrix
from tests.endpoints.endpoint import JSON, Asked, Body, Endpoint, Refused
from tests.endpoints.registry import legal
from tests.endpoints.wire import Answer, Request


@legal("plain", "the fake encoder without any change")
class Plain(Endpoint):
    pass


@legal(
    "lower-casing",
    "a SigLIP 2 tag: 1152 dimensions, squashed images, lowercased texts",
    needs=("lower-case",),
)
class LowerCasing(Endpoint):
    pass


@legal(
    "published",
    "published weights: the photographs and their table of cosine similarities",
    needs=("published",),
)
class Published(Endpoint):
    pass


@legal("probes-200", "probes return 200 with a JSON body")
class Probes200(Endpoint):
    def ready(self, request: Request) -> Answer:
        return Answer(200, b'{"status": "ok"}', dict(JSON))

    live = ready


@legal("live-302", "live redirects, which Kubernetes counts as alive")
class LiveRedirects(Endpoint):
    def live(self, request: Request) -> Answer:
        return Answer(302, headers={"Location": "/.well-known/ready"})


@legal("ready-late", "ready returns 503 for the first two seconds")
class ReadyLate(Endpoint):
    loaded = 0.0

    def start(self) -> None:
        self.loaded = time.monotonic() + 2

    def ready(self, request: Request) -> Answer:
        if time.monotonic() < self.loaded:
            raise Refused(503, "the model is loading")
        return super().ready(request)


@legal("meta-rich", "/meta is the model's whole configuration, nested")
class MetaRich(Endpoint):
    def description(self) -> Body:
        layers = [{"heads": 8, "width": 512}] * 12
        return {"_name_or_path": self.encoder.name, "vision_config": {"layers": layers}, "ü": None}


@legal("extra-fields", "the response has additional fields")
class ExtraFields(Endpoint):
    def body(self, asked: Asked) -> Body:
        return {"took": 0.1, "model": {"name": "x"}, **super().body(asked), "version": [1, 2]}


@legal("other-key-order", "imageVectors come first")
class OtherOrder(Endpoint):
    def body(self, asked: Asked) -> Body:
        return dict(reversed(super().body(asked).items()))


@legal("null-for-absent", "the kind that was not requested is null")
class NullForAbsent(Endpoint):
    def body(self, asked: Asked) -> Body:
        return {key: rows or None for key, rows in super().body(asked).items()}


@legal("missing-for-absent", "the kind that was not requested has no key")
class MissingForAbsent(Endpoint):
    def body(self, asked: Asked) -> Body:
        return {key: rows for key, rows in super().body(asked).items() if rows}


@legal("error-null-beside-vectors", "error is null in a response with vectors")
class ErrorNullBeside(Endpoint):
    def body(self, asked: Asked) -> Body:
        return {**super().body(asked), "error": None}


@legal("error-empty-beside-vectors", "error is an empty string in a response with vectors")
class ErrorEmptyBeside(Endpoint):
    def body(self, asked: Asked) -> Body:
        return {"error": "", **super().body(asked)}


class Numbers(Endpoint):
    """Numbers are written by `write`."""

    def rows(self, vectors: Matrix) -> Any:
        return vectors

    def dump(self, body: Any) -> bytes:
        shown = [f"{json.dumps(key)}: {self.shown(value)}" for key, value in body.items()]
        return ("{" + ", ".join(shown) + "}").encode()

    def shown(self, value: Any) -> str:
        if not isinstance(value, np.ndarray):
            return json.dumps(value)
        rows = (", ".join(map(self.write, row.tolist())) for row in value)
        return "[" + ", ".join(f"[{row}]" for row in rows) + "]"

    def write(self, number: float) -> str:
        return repr(number)


@legal("exponents", "numbers are written with exponents")
class Exponents(Numbers):
    def write(self, number: float) -> str:
        return f"{number:.8E}"


@legal("many-digits", "numbers are written with 25 digits, zeros as integers")
class ManyDigits(Numbers):
    def write(self, number: float) -> str:
        return f"{number:.25f}" if number else "0"


@legal("pretty-printed", "JSON is indented and ends with a line break")
class Pretty(Endpoint):
    def dump(self, body: Any) -> bytes:
        return json.dumps(body, indent=1).encode() + b"\n"


@legal("compact", "JSON without whitespace, with unescaped characters and sorted keys")
class Compact(Endpoint):
    def dump(self, body: Any) -> bytes:
        text = json.dumps(body, separators=(",", ":"), ensure_ascii=False, sort_keys=True)
        return text.encode()
