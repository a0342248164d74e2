"""Other legal ways to refuse a request."""

from typing import Any

from tests.endpoints.endpoint import JSON, Asked, Body, Endpoint, Refused
from tests.endpoints.registry import legal
from tests.endpoints.wire import Answer, Request


@legal("empty-lists-beside-error", "failures have empty lists in addition to the error")
class ListsBesideError(Endpoint):
    def failure(self, status: int, message: str) -> Answer:
        body: Body = {"textVectors": [], "imageVectors": None, "error": message}
        return Answer(status, self.dump(body), dict(JSON))


@legal("empty-request-refused", "{} is refused")
class EmptyRefused(Endpoint):
    def parse(self, value: Any) -> Asked:
        if value == {}:
            raise Refused(400, "nothing to encode")
        return super().parse(value)


@legal("empty-request-500", "{} causes a 500")
class Empty500(Endpoint):
    def parse(self, value: Any) -> Asked:
        if value == {}:
            raise KeyError
        return super().parse(value)


class Statuses(Endpoint):
    """Every refusal of vectorize has the status `other`."""

    other = 500

    def failure(self, status: int, message: str) -> Answer:
        return super().failure(self.other if status == 400 else status, message)


@legal("refusals-are-500", "invalid input returns 500 with an error")
class Refusals500(Statuses):
    pass


@legal("refusals-are-422", "invalid input returns 422 with an error")
class Refusals422(Statuses):
    other = 422


@legal("refusals-are-418", "invalid input returns an unexpected status")
class Refusals418(Statuses):
    other = 418


@legal("refusals-are-503", "invalid input returns 503 with an error")
class Refusals503(Statuses):
    other = 503


@legal("long-error", "the error is 20,000 letters of many scripts long")
class LongError(Endpoint):
    def failure(self, status: int, message: str) -> Answer:
        return super().failure(status, f"{message}: größer, 大きい, \U0001f600 " * 500)


@legal("error-with-detail", "the response has a detail, a code and a link in addition to the error")
class ErrorWithDetail(Endpoint):
    def failure(self, status: int, message: str) -> Answer:
        told = {"detail": [{"msg": message}], "error": message, "code": 7, "see": None}
        return Answer(status, self.dump(told), dict(JSON))


@legal("data-uri-read", "a data: URI is read as the image that it contains")
class DataUriRead(Endpoint):
    def decode(self, image: str) -> bytes:
        return super().decode(image.partition(",")[2] if image.startswith("data:") else image)


@legal("base64-read-leniently", "line breaks inside base64 are skipped")
class Lenient(Endpoint):
    def decode(self, image: str) -> bytes:
        return super().decode("".join(image.split()))


@legal("null-list-refused", "null for a list is refused")
class NullRefused(Endpoint):
    def parse(self, value: Any) -> Asked:
        if isinstance(value, dict) and None in value.values():
            raise Refused(400, "must be a list")
        return super().parse(value)


@legal("unknown-field-refused", "unknown fields are refused")
class UnknownRefused(Endpoint):
    def parse(self, value: Any) -> Asked:
        if isinstance(value, dict) and set(value) - {"texts", "images"}:
            raise Refused(400, "extra inputs are not permitted")
        return super().parse(value)


@legal("double-slash-404", "//vectorize is not served")
class DoubleSlash(Endpoint):
    def route(self, request: Request) -> Answer:
        if "//" in request.path:
            raise Refused(404, "Not Found")
        return super().route(request)
