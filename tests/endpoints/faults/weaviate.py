"""Faults that show in what only a real Weaviate, or a recording of it, sends or sees."""
# ruff: noqa: ARG002 - a hook takes what its stage is given

import base64
from dataclasses import replace

import numpy as np

from tests.endpoints.encoder import Matrix, single
from tests.endpoints.endpoint import Asked, Body, Endpoint, Refused
from tests.endpoints.registry import fault
from tests.endpoints.wire import Answer, Request


@fault("mixed-requests-refused", "texts and images in one request are refused", "WIR-03", "VEC-03")
class MixedRefused(Endpoint):
    def body(self, asked: Asked) -> Body:
        if asked.texts and asked.images:
            raise Refused(400, "either texts or images")
        return super().body(asked)


@fault(
    "several-texts-averaged", "the texts of a request become one mean vector", "VEC-01", "VEC-03"
)
class TextsAveraged(Endpoint):
    def text_vectors(self, texts: list[str]) -> Matrix:
        vectors = super().text_vectors(texts)
        return vectors.mean(axis=0, keepdims=True) if len(texts) > 1 else vectors


@fault("one-image-twice", "one image alone gets two rows: itself and its mirror image", "VEC-02")
class ImageTwice(Endpoint):
    def image_vectors(self, images: list[bytes]) -> Matrix:
        return super().image_vectors(images * 2 if len(images) == 1 else images)


@fault(
    "alone-is-a-query", "a text alone is taken for a query and gets a prefix", "TXT-04", "VEC-03"
)
class AloneIsQuery(Endpoint):
    def text_vectors(self, texts: list[str]) -> Matrix:
        prefix = "query: " if len(texts) == 1 else "passage: "
        return super().text_vectors([prefix + text for text in texts])


@fault(
    "image-alone-is-better",
    "an image alone is encoded with test-time augmentation",
    "IMG-08",
    "VEC-03",
)
class AloneIsBetter(Endpoint):
    def image_vectors(self, images: list[bytes]) -> Matrix:
        vectors = super().image_vectors(images)
        turned = np.roll(vectors, 1, axis=1)
        return vectors if len(images) > 1 else single(vectors + 0.1 * turned)


@fault(
    "images-need-data-uri", "bare base64 is refused, a data: URI is asked for", "VEC-02", "WIR-05"
)
class NeedsDataUri(Endpoint):
    def decode(self, image: str) -> bytes:
        head, _, data = image.partition(",")
        if not head.startswith("data:"):
            raise Refused(400, "expected a data: URI")
        return super().decode(data)


@fault("images-are-urls", "strings of images are taken for addresses to fetch", "VEC-02", "WIR-05")
class ImagesAreUrls(Endpoint):
    def decode(self, image: str) -> bytes:
        raise Refused(400, f"cannot fetch {image[:20]}")


@fault(
    "url-safe-base64-only",
    "base64 is read in its URL-safe alphabet: + and / are lost",
    "VEC-02",
    "WIR-05",
)
class UrlSafe(Endpoint):
    def decode(self, image: str) -> bytes:
        if "+" in image or "/" in image:
            return base64.urlsafe_b64decode(image.replace("+", "").replace("/", "") + "===")
        return super().decode(image)


@fault("form-body-expected", "the body is read as a form", "VEC-01", "VEC-02")
class FormExpected(Endpoint):
    def vectorize(self, request: Request) -> Answer:
        if b"texts=" not in request.body:
            raise Refused(415, "expected a form")
        return super().vectorize(request)


@fault("get-expected", "vectorize is a route for GET", "VEC-01", "VEC-02")
class GetExpected(Endpoint):
    def vectorize(self, request: Request) -> Answer:
        raise Refused(405, "Method Not Allowed")


@fault("prefix-not-served", "links behind a path prefix lose it: only the root is served", "VEC-20")
class PrefixLost(Endpoint):
    def route(self, request: Request) -> Answer:
        if request.path.startswith("//"):
            return super().route(replace(request, target="/"))
        return super().route(request)


@fault(
    "texts-alphabetical-expected",
    "texts are put into alphabetical order of their words",
    "VEC-05",
    "VEC-03",
)
class TextsByWords(Endpoint):
    def text_vectors(self, texts: list[str]) -> Matrix:
        return super().text_vectors(sorted(texts, key=str.casefold))
