"""Responses that are equivalent to the usual ones but differ in form."""

import json
import time
from typing import Any

import numpy as np

from tests.endpoints.encoder import Matrix
from tests.endpoints.endpoint import JSON, Body, Endpoint, Refused
from tests.endpoints.registry import legal, outputs, variants
from tests.endpoints.wire import Answer, Request

unchanged = variants(Endpoint)
unchanged("plain")
unchanged("lower-casing", needs=("lower-case",))
unchanged("published", needs=("published",))


def ok(_request: Request) -> Answer:
    return Answer(200, b'{"status": "ok"}', dict(JSON))


variants(Endpoint, "ready", "live")("probes-200", ok, ok)
variants(Endpoint, "live")(
    "live-302", lambda _request: Answer(302, headers={"Location": "/.well-known/ready"})
)


@legal("ready-late")
class ReadyLate(Endpoint):
    loaded = 0.0

    def start(self) -> None:
        self.loaded = time.monotonic() + 2

    def ready(self, request: Request) -> Answer:
        if time.monotonic() < self.loaded:
            raise Refused(503, "the model is loading")
        return super().ready(request)


@legal("meta-rich")
class MetaRich(Endpoint):
    def description(self) -> Body:
        layers = [{"heads": 8, "width": 512}] * 12
        return {"_name_or_path": self.encoder.name, "vision_config": {"layers": layers}, "ü": None}


returned_body = outputs("body")
returned_body(
    "extra-fields",
    lambda body: {"took": 0.1, "model": {"name": "x"}, **body, "version": [1, 2]},
)
returned_body("other-key-order", lambda body: dict(reversed(body.items())))
returned_body("null-for-absent", lambda body: {key: rows or None for key, rows in body.items()})
returned_body("missing-for-absent", lambda body: {key: rows for key, rows in body.items() if rows})
returned_body("error-null-beside-vectors", lambda body: {**body, "error": None})
returned_body("error-empty-beside-vectors", lambda body: {"error": "", **body})


class Numbers(Endpoint):
    """Writes the components of vectors with `write`."""

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


written = variants(Numbers, "write")
written("exponents", lambda number: f"{number:.8E}")
written("many-digits", lambda number: f"{number:.25f}" if number else "0")

dumped = variants(Endpoint, "dump")
dumped("pretty-printed", lambda body: json.dumps(body, indent=1).encode() + b"\n")
dumped(
    "compact",
    lambda body: json.dumps(
        body, separators=(",", ":"), ensure_ascii=False, sort_keys=True
    ).encode(),
)
