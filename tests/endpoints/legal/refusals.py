"""Unusual but conformant ways to reject a request."""

from typing import Any

from tests.endpoints.endpoint import HTML, JSON, Asked, Body, Endpoint
from tests.endpoints.registry import inputs, legal, refusals, variants
from tests.endpoints.wire import Answer, Request


@legal("empty-request-500")
class Empty500(Endpoint):
    def parse(self, value: Any) -> Asked:
        if value == {}:
            raise KeyError
        return super().parse(value)


class Statuses(Endpoint):
    """Every rejection by /vectorize has the status `other`."""

    other = 500

    def failure(self, status: int, message: str) -> Answer:
        return super().failure(self.other if status == 400 else status, message)


statuses = variants(Statuses, "other")
statuses("refusals-are-500", 500)
statuses("refusals-are-422", 422)
statuses("refusals-are-418", 418)
statuses("refusals-are-503", 503)


@legal("empty-lists-beside-error")
class ListsBesideError(Endpoint):
    def failure(self, status: int, message: str) -> Answer:
        told: Body = {"textVectors": [], "imageVectors": None, "error": message}
        return Answer(status, self.dump(told), dict(JSON))


@legal("long-error")
class LongError(Endpoint):
    def failure(self, status: int, message: str) -> Answer:
        return super().failure(status, f"{message}: größer, 大きい, \U0001f600 " * 500)


@legal("error-with-detail")
class ErrorWithDetail(Endpoint):
    def failure(self, status: int, message: str) -> Answer:
        told = {"detail": [{"msg": message}], "error": message, "code": 7, "see": None}
        return Answer(status, self.dump(told), dict(JSON))


value_refused = refusals("parse")
value_refused("empty-request-refused", 400, lambda value: value == {})
value_refused(
    "null-list-refused", 400, lambda value: isinstance(value, dict) and None in value.values()
)
value_refused(
    "unknown-field-refused",
    400,
    lambda value: isinstance(value, dict) and set(value) - {"texts", "images"},
)
refusals("route")("double-slash-404", 404, lambda request: "//" in request.path)


@legal("double-slash-redirected")
class DoubleSlashRedirected(Endpoint):
    def route(self, request: Request) -> Answer:
        if "//" not in request.path:
            return super().route(request)
        return Answer(307, b"<html>Moved</html>", HTML | {"Location": "/vectorize"})


given_string = inputs("decode")
given_string(
    "data-uri-read",
    lambda image: image.partition(",")[2] if image.startswith("data:") else image,
)
given_string("base64-read-leniently", lambda image: "".join(image.split()))
