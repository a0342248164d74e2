"""Keys, kinds and widths that are not what was asked for."""

from typing import Any

import numpy as np

from tests.endpoints.encoder import Matrix
from tests.endpoints.endpoint import Asked, Body, Endpoint
from tests.endpoints.faults.counts import COUNTS, Rewritten
from tests.endpoints.registry import fault

KINDS = ("textVectors", "imageVectors")


@fault("keys-in-snake-case", "the keys are text_vectors and image_vectors", *COUNTS)
class SnakeCase(Endpoint):
    def body(self, asked: Asked) -> Body:
        body = super().body(asked)
        return {"text_vectors": body["textVectors"], "image_vectors": body["imageVectors"]}


@fault("keys-of-another-api", "the answer is shaped like another vendor's embeddings", *COUNTS)
class OtherKeys(Endpoint):
    def body(self, asked: Asked) -> Body:
        body = super().body(asked)
        rows = body["textVectors"] + body["imageVectors"]
        return {"data": [{"index": place, "embedding": row} for place, row in enumerate(rows)]}


@fault("answer-is-a-list", "the body is a list of two lists", "VEC-04", *COUNTS)
class AnswerIsList(Endpoint):
    def dump(self, body: Any) -> bytes:
        return super().dump([body[kind] for kind in KINDS] if KINDS[0] in body else body)


@fault("answer-wrapped", 'the body is {"result": {...}}', *COUNTS)
class AnswerWrapped(Endpoint):
    def body(self, asked: Asked) -> Body:
        return {"result": super().body(asked)}


@fault("kinds-exchanged", "text and image vectors stand under each other's key", *COUNTS)
class KindsExchanged(Endpoint):
    def body(self, asked: Asked) -> Body:
        body = super().body(asked)
        return {"textVectors": body["imageVectors"], "imageVectors": body["textVectors"]}


@fault(
    "kinds-exchanged-when-equal", "one text beside one image: their vectors are exchanged", "VEC-03"
)
class KindsExchangedWhenEqual(KindsExchanged):
    def body(self, asked: Asked) -> Body:
        equal = len(asked.texts) == len(asked.images)
        return super().body(asked) if equal else Endpoint.body(self, asked)


@fault("images-left-out-of-both", "images are left out when there are texts too", "VEC-03")
class ImagesLeftOut(Endpoint):
    def body(self, asked: Asked) -> Body:
        return super().body(Asked(asked.texts, [] if asked.texts else asked.images))


@fault("texts-left-out-of-both", "texts are left out when there are images too", "VEC-03")
class TextsLeftOut(Endpoint):
    def body(self, asked: Asked) -> Body:
        return super().body(Asked([] if asked.images else asked.texts, asked.images))


@fault(
    "both-kinds-averaged", "texts and images together give one mean vector each", "VEC-03", "IMG-08"
)
class BothAveraged(Endpoint):
    def body(self, asked: Asked) -> Body:
        body = super().body(asked)
        if not (asked.texts and asked.images):
            return body
        mean = np.mean(body["textVectors"] + body["imageVectors"], axis=0).tolist()
        return {kind: [mean for _ in body[kind]] for kind in KINDS}


@fault("wrong-width", "vectors are of another model's width", "VEC-08")
class WrongWidth(Rewritten):
    def rewrite(self, rows: list[list[Any]]) -> Any:
        return [row[:384] for row in rows]


@fault("image-width-differs", "image vectors miss the projection and are wider", "VEC-07", "VEC-03")
class ImageWidthDiffers(Endpoint):
    def image_vectors(self, images: list[bytes]) -> Matrix:
        vectors = super().image_vectors(images)
        return np.pad(vectors, ((0, 0), (0, 256)))


@fault("width-differs-by-call", "every fourth answer is half as wide", "VEC-07", "VEC-08")
class WidthDiffersByCall(Endpoint):
    def body(self, asked: Asked) -> Body:
        body, half = super().body(asked), next(self.calls) % 4 == 0
        wide = self.encoder.width // 2 if half else None
        return {kind: [row[:wide] for row in body[kind]] for kind in KINDS}


@fault("width-differs-for-many", "above 16 items vectors get a component more", "VEC-07", "VEC-10")
class WidthDiffersForMany(Rewritten):
    def rewrite(self, rows: list[list[Any]]) -> Any:
        return [[*row, 0.0] for row in rows] if len(rows) > 16 else rows
