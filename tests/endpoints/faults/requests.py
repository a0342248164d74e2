"""Endpoints that reject or misread requests from Weaviate's client and other clients."""
# ruff: noqa: ARG002 - hooks have the parameters of their stages

import base64
import json
import re
from dataclasses import replace
from typing import Any

import numpy as np

from tests.endpoints.encoder import single
from tests.endpoints.endpoint import HTML, JSON, Asked, Endpoint, Refused, Write
from tests.endpoints.registry import delays, fault, inputs, outputs, refusals, variants
from tests.endpoints.wire import Answer, Request

# Endpoints that reject Weaviate's requests.


def header(request: Request, name: str) -> str:
    """The value of a header; empty if there is none."""
    return request.headers.get(name, "")


body_refused = refusals("vectorize")
body_refused("needs-authorisation", 403, lambda request: not header(request, "authorization"))
body_refused("needs-accept", 403, lambda request: "json" not in header(request, "accept"))
body_refused("refuses-go", 403, lambda request: "Go-http-client" in header(request, "user-agent"))
body_refused("needs-charset", 403, lambda request: "charset" not in header(request, "content-type"))
body_refused("form-body-expected", 415, lambda request: b"texts=" not in request.body)
body_refused("get-expected", 405, lambda _request: True)

value_refused = refusals("parse")
for kind in ("texts", "images"):
    value_refused(
        f"needs-{kind}", 422, lambda value, kind=kind: isinstance(value, dict) and kind not in value
    )

value_refused(
    "empty-list-refused", 400, lambda value: isinstance(value, dict) and [] in value.values()
)
value_refused(
    "null-list-refused", 400, lambda value: isinstance(value, dict) and None in value.values()
)
value_refused(
    "unknown-fields-refused",
    400,
    lambda value: isinstance(value, dict) and set(value) - {"texts", "images"},
)
value_refused(
    "null-texts-refused",
    400,
    lambda value: isinstance(value, dict) and value.get("texts", ()) is None,
)


value_refused(
    "unknown-objects-refused",
    400,
    lambda value: isinstance(value, dict) and dict in map(type, value.values()),
)


@fault("fields-join-texts")
class FieldsJoinTexts(Endpoint):
    """Encodes the strings of unknown fields with each text."""

    def parse(self, value: Any) -> Asked:
        asked = super().parse(value)
        added = [each for each in value.values() if isinstance(each, str)]
        return replace(asked, texts=[" ".join([text, *added]) for text in asked.texts])


class Redirecting(Endpoint):
    """Redirects POST /vectorize with `status` to `/vectorize/`, which works."""

    status = 307

    def route(self, request: Request) -> Answer:
        if request.path.endswith("/vectorize"):
            return Answer(self.status, headers={"Location": request.path + "/"})
        return super().route(replace(request, target=request.target.rstrip("/")))


redirecting = variants(Redirecting, "status")
redirecting("vectorize-redirects", 307)
redirecting("vectorize-moved", 308)


@fault("forwarded-http-redirects")
class RedirectingToTls(Endpoint):
    def route(self, request: Request) -> Answer:
        if header(request, "x-forwarded-proto") == "http":
            return Answer(301, headers={"Location": f"https://clip.example{request.target}"})
        return super().route(request)


answered = outputs("vectorize")
answered(
    "vectorize-redirects-with-vectors",
    lambda answer: replace(answer, status=302, headers={**JSON, "Location": "/result/7"}),
)
answered("answered-later", lambda _answer: Answer(202, b'{"job": "7"}', dict(JSON)))


# Endpoints that understand only one kind of client.

route_refused = refusals("route")
route_refused(
    "accept-is-needed",
    406,
    lambda request: request.method == "POST" and "accept" not in request.headers,
)
route_refused("double-slash-404", 404, lambda request: "//" in request.path)
route_refused("head-405", 405, lambda request: request.method == "HEAD")


@fault("head-unready")
class HeadUnready(Endpoint):
    def ready(self, request: Request) -> Answer:
        return Answer(503) if request.method == "HEAD" else Answer(204)


@fault("head-with-body")
class HeadWithBody(Endpoint):
    def ready(self, request: Request) -> Answer:
        return Answer(200, b'{"status": "ok"}', {"Content-Type": "application/json"})

    live = ready

    def send(self, request: Request, answer: Answer, write: Write) -> bool:
        return super().send(replace(request, method="GET"), answer, write)


body_refused("expectation-failed", 415, lambda request: "expect" in request.headers)
body_refused("chunked-refused", 415, lambda request: "transfer-encoding" in request.headers)
body_refused(
    "long-chunked-refused",
    411,
    lambda request: "transfer-encoding" in request.headers and len(request.body) > 16384,
)
body_refused(
    "charset-refused", 415, lambda request: "charset" in header(request, "content-type").lower()
)
body_refused(
    "uppercase-charset-refused", 415, lambda request: "UTF-8" in header(request, "content-type")
)
body_refused("forwarded-refused", 415, lambda request: "x-forwarded-for" in request.headers)

with_software = variants(Endpoint, "software")
with_software("packets-decoded-apart", "decoding")
with_software("one-caller-at-a-time", "one-thread")
with_software("first-packet-only", "impatient")


@inputs("load")("body-decoded-in-blocks")
def decoded_in_blocks(body: bytes) -> bytes:
    blocks = (body[start : start + 2**16] for start in range(0, len(body), 2**16))
    return b"".join(block.decode("utf-8", "replace").encode() for block in blocks)


@inputs("load")("first-block-decoded-separately")
def first_block_decoded(body: bytes) -> bytes:
    blocks = body[:8192], body[8192:]
    return b"".join(block.decode("utf-8", "replace").encode() for block in blocks)


@inputs("load")("trailing-data-ignored")
def first_value(body: bytes) -> bytes:
    try:
        text = body.decode().lstrip()
        return text[: json.JSONDecoder().raw_decode(text)[1]].encode()
    except ValueError:
        return body


@inputs("load")("trailing-commas-ignored")
def without_trailing_commas(body: bytes) -> bytes:
    return re.sub(rb",\s*([]}])", rb"\1", body)


# Image towers that fail on large, small, or unusual images.

narrow = refusals("picture_vector")
narrow("one-pixel-fails", 500, lambda picture: picture.size == (1, 1))
narrow("thin-pictures-fail", 500, lambda picture: max(picture.size) > 100 * min(picture.size))
narrow("tall-pictures-fail", 500, lambda picture: picture.width == 1 < picture.height)
narrow("wide-pictures-fail", 500, lambda picture: max(picture.size) > 2000)
narrow("above-2-megapixels-fails", 500, lambda picture: picture.width * picture.height > 2_000_000)
narrow(
    "decoded-above-40-mb-refused",
    413,
    lambda picture: picture.width * picture.height * len(picture.getbands()) > 40_000_000,
)
hanging = delays("picture_vector")
hanging(
    "large-pictures-hang",
    lambda picture: 8 if picture.width * picture.height > 2_000_000 else 0,
    endpoint_timeout=3,
)
delays("opened_vector")(
    "large-webp-hangs",
    lambda file: 8 if file[8:12] == b"WEBP" and len(file) > 100_000 else 0,
    endpoint_timeout=3,
)


class SmallBodies(Endpoint):
    """Answers bodies above `most` bytes with the web server's own page."""

    most = 2**20

    def vectorize(self, request: Request) -> Answer:
        if len(request.body) > self.most:
            page = b"<html><h1>413 Request Entity Too Large</h1></html>"
            return Answer(413, page, HTML)
        return super().vectorize(request)


small_bodies = variants(SmallBodies, "most")
small_bodies("above-1-mib-413", 2**20)
small_bodies("above-8-mib-413", 8 * 2**20)

string_refused = refusals("decode")
string_refused("images-are-urls", 400, lambda _image: True)
string_refused("base64-in-lines-only", 400, lambda image: len(image) > 100_000)


# Faults that only a real Weaviate server, or a recording of its requests, reveals.

request_refused = refusals("body")
request_refused("mixed-requests-refused", 400, lambda asked: asked.texts and asked.images)
given_texts = inputs("text_vectors")
given_texts("texts-alphabetical-expected", lambda texts: sorted(texts, key=str.casefold))
given_texts(
    "alone-is-a-query",
    lambda texts: [f"{'query' if len(texts) == 1 else 'passage'}: {text}" for text in texts],
)
given_images = inputs("image_vectors")
given_images("one-image-twice", lambda images: images * 2 if len(images) == 1 else images)
returned_texts = outputs("text_vectors")
returned_texts(
    "several-texts-averaged",
    lambda vectors: vectors.mean(axis=0, keepdims=True) if len(vectors) > 1 else vectors,
)
returned_images = outputs("image_vectors")
returned_images(
    "image-alone-is-better",
    lambda vectors: (
        vectors if len(vectors) > 1 else single(vectors + 0.1 * np.roll(vectors, 1, axis=1))
    ),
)


@fault("images-need-data-uri")
class NeedsDataUri(Endpoint):
    def decode(self, image: str) -> bytes:
        head, _, data = image.partition(",")
        if not head.startswith("data:"):
            raise Refused(400, "expected a data: URI")
        return super().decode(data)


@fault("url-safe-base64-only")
class UrlSafe(Endpoint):
    def decode(self, image: str) -> bytes:
        if "+" in image or "/" in image:
            return base64.urlsafe_b64decode(image.replace("+", "").replace("/", "") + "===")
        return super().decode(image)


inputs("route")(
    "prefix-not-served",
    lambda request: replace(request, target="/") if request.path.startswith("//") else request,
)
