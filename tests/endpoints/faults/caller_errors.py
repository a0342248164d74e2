"""Callers' mistakes that are answered badly."""
# ruff: noqa: ARG002 - a hook takes what its stage is given

import traceback
from typing import Any

from PIL import ImageFile

from tests.endpoints.encoder import Matrix
from tests.endpoints.endpoint import JSON, Asked, Endpoint, Refused
from tests.endpoints.faults.recovery import BadImageWhite
from tests.endpoints.registry import fault
from tests.endpoints.wire import Answer


@fault("truncated-accepted", "a truncated image is filled with grey", "ERR-05")
class TruncatedAccepted(Endpoint):
    def image_vector(self, image: bytes) -> Matrix:
        with self.lock:
            ImageFile.LOAD_TRUNCATED_IMAGES = True
            try:
                return super().image_vector(image)
            finally:
                ImageFile.LOAD_TRUNCATED_IMAGES = False


@fault("data-uri-white", "a data: URI gives the vector of a white image", "ERR-06")
class DataUriWhite(BadImageWhite):
    def image_vector(self, image: bytes) -> Matrix:
        return super().image_vector(image) if not image else Endpoint.image_vector(self, image)

    def decode(self, image: str) -> bytes:
        return b"" if image.startswith("data:") else Endpoint.decode(self, image)


@fault("bad-json-is-empty", "a body that is not JSON counts as {}: 200", "ERR-07")
class BadJsonEmpty(Endpoint):
    def load(self, body: bytes) -> Any:
        try:
            return super().load(body)
        except Refused:
            return {}


@fault("bad-json-html", "a body that is not JSON gets the framework's page", "ERR-07")
class BadJsonHtml(Endpoint):
    def failure(self, status: int, message: str) -> Answer:
        if "not JSON" in message:
            return Answer(400, b"<title>400 Bad Request</title>", {"Content-Type": "text/html"})
        return super().failure(status, message)


@fault("bad-json-422", "a body that is not JSON gets 422 and a list of details", "ERR-07")
class BadJson422(Endpoint):
    def failure(self, status: int, message: str) -> Answer:
        if "not JSON" in message:
            return Answer(422, self.dump({"detail": [{"msg": message}]}), dict(JSON))
        return super().failure(status, message)


@fault("string-is-a-list", "a string where a list belongs becomes one vector a letter", "ERR-08")
class StringIsList(Endpoint):
    def parse(self, value: Any) -> Asked:
        if isinstance(value, dict) and isinstance(value.get("texts"), str):
            value = {**value, "texts": list(value["texts"])}
        return super().parse(value)


@fault("wrong-types-422", "wrong types get 422 and a list of details", "ERR-08")
class WrongTypes422(Endpoint):
    def failure(self, status: int, message: str) -> Answer:
        if "list of strings" in message:
            return Answer(422, self.dump({"detail": [{"msg": message}]}), dict(JSON))
        return super().failure(status, message)


@fault("wrong-types-dropped", "items that are no strings are dropped", "ERR-08", "ERR-03")
class WrongTypesDropped(Endpoint):
    def parse(self, value: Any) -> Asked:
        if isinstance(value, dict):
            value = {key: self.kept(item) for key, item in value.items()}
        return super().parse(value)

    def kept(self, item: Any) -> Any:
        """The strings of a list; anything else counts as no list."""
        return [one for one in item if isinstance(one, str)] if isinstance(item, list) else None


@fault("always-500", "every mistake of the caller is a 500", "ERR-09")
class Always500(Endpoint):
    def failure(self, status: int, message: str) -> Answer:
        return super().failure(500 if status == 400 else status, message)


@fault("traceback-in-error", "the traceback is the error", "ERR-10")
class TracebackInError(Endpoint):
    def failure(self, status: int, message: str) -> Answer:
        return super().failure(status, traceback.format_exc() or message)


@fault("address-in-error", "the error shows an object's address", "ERR-10")
class AddressInError(Endpoint):
    def failure(self, status: int, message: str) -> Answer:
        told = "cannot identify image file <_io.BytesIO object at 0x7f3a5c1d2e90>"
        return super().failure(status, told)


@fault("path-in-error", "the error names files of the server", "ERR-10")
class PathInError(Endpoint):
    def failure(self, status: int, message: str) -> Answer:
        return super().failure(status, f"{message} (/app/src/server/images.py line 31)")
