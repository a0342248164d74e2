"""Failures that Weaviate cannot show, or takes for success."""
# ruff: noqa: ARG002 - a hook takes what its stage is given

import time
from typing import Any

from tests.endpoints.endpoint import JSON, Endpoint, Refused, Write
from tests.endpoints.registry import fault
from tests.endpoints.wire import Answer, Request

BAD = ("ERR-01", "ERR-02")


class Failing(Endpoint):
    """Every failure answers with `status` and the object `told(message)`."""

    def told(self, message: str) -> Any:
        """To be replaced."""
        return {"error": message}

    def failure(self, status: int, message: str) -> Answer:
        """The answer to a failed request."""
        return Answer(status, self.dump(self.told(message)), dict(JSON))


@fault("error-missing", "failures have a status and {}", *BAD, "WIR-06")
class ErrorMissing(Failing):
    def told(self, message: str) -> Any:
        return {}


@fault("error-in-detail", "the framework's default: {'detail': ...}", *BAD)
class ErrorInDetail(Failing):
    def told(self, message: str) -> Any:
        return {"detail": message}


@fault("error-empty", "error is an empty string", *BAD)
class ErrorEmpty(Failing):
    def told(self, message: str) -> Any:
        return {"error": ""}


@fault("error-blank", "error is a line break: str() of an exception without a message", *BAD)
class ErrorBlank(Failing):
    def told(self, message: str) -> Any:
        return {"error": "\n"}


@fault("error-null", "error is null", *BAD)
class ErrorNull(Failing):
    def told(self, message: str) -> Any:
        return {"error": None}


@fault("error-object", "error is an object with code and message", *BAD)
class ErrorObject(Failing):
    def told(self, message: str) -> Any:
        return {"error": {"code": "bad_image", "message": message}}


@fault("error-list", "error is a list of messages", *BAD)
class ErrorList(Failing):
    def told(self, message: str) -> Any:
        return {"error": [message]}


@fault("error-true", "error is true, the text stands beside it", *BAD)
class ErrorTrue(Failing):
    def told(self, message: str) -> Any:
        return {"error": True, "message": message}


@fault("error-is-the-body", "the body of a failure is the message as a JSON string", *BAD)
class ErrorIsBody(Failing):
    def told(self, message: str) -> Any:
        return message


@fault("error-html", "failures are pages of the web server", *BAD)
class ErrorHtml(Endpoint):
    def failure(self, status: int, message: str) -> Answer:
        page = f"<html><body><h1>{status}</h1>{message}</body></html>"
        return Answer(status, page.encode(), {"Content-Type": "text/html"})


@fault("error-plain-text", "failures are plain text", *BAD)
class ErrorPlain(Endpoint):
    def failure(self, status: int, message: str) -> Answer:
        return Answer(status, message.encode(), {"Content-Type": "text/plain"})


@fault("error-without-body", "failures have a status and nothing else", *BAD)
class ErrorWithoutBody(Endpoint):
    def failure(self, status: int, message: str) -> Answer:
        return Answer(status)


@fault(
    "error-in-latin-1", "the message is cut inside a letter, so the body is not UTF-8 JSON", *BAD
)
class ErrorCut(Endpoint):
    def failure(self, status: int, message: str) -> Answer:
        return Answer(status, b'{"error": "' + message.encode() + b"\xc3", dict(JSON))


@fault("failure-200", "failures are 200 with an error", *BAD)
class Failure200(Endpoint):
    def failure(self, status: int, message: str) -> Answer:
        return super().failure(200, message)


@fault("failure-200-with-empty-lists", "failures are 200 with no vectors", *BAD, "ERR-03")
class Failure200Empty(Failing):
    def failure(self, status: int, message: str) -> Answer:
        empty = {"textVectors": [], "imageVectors": [], "error": message}
        return Answer(200, self.dump(empty), dict(JSON))


@fault("failure-302", "failures redirect to a page that explains them", *BAD)
class Failure302(Endpoint):
    def failure(self, status: int, message: str) -> Answer:
        return Answer(302, self.dump({"error": message}), {**JSON, "Location": "/help"})


@fault("failure-204", "failures are 204", *BAD)
class Failure204(Endpoint):
    def failure(self, status: int, message: str) -> Answer:
        return Answer(204)


@fault("failure-closes", "a bad image takes the worker down: no answer", *BAD)
class FailureCloses(Endpoint):
    def send(self, request: Request, answer: Answer, write: Write) -> bool:
        return answer.status < 400 and super().send(request, answer, write)


@fault("failure-hangs", "a bad image is never answered", *BAD, options=("--endpoint-timeout", "2"))
class FailureHangs(Endpoint):
    def decode(self, image: str) -> bytes:
        try:
            return super().decode(image)
        except Refused:
            time.sleep(6)
            raise
