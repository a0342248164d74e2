"""Endpoints that do not take Weaviate's requests as they are."""

from dataclasses import replace
from typing import Any, ClassVar

from tests.endpoints.endpoint import JSON, Asked, Endpoint, Refused
from tests.endpoints.registry import fault
from tests.endpoints.wire import Answer, Request


class Demanding(Endpoint):
    """Requests whose headers do not please are refused."""

    def vectorize(self, request: Request) -> Answer:
        """The answer, or a refusal."""
        if not self.pleases(request.headers):
            raise Refused(403, "not for you")
        return super().vectorize(request)

    def pleases(self, headers: Any) -> bool:
        """To be replaced."""
        return bool(headers)


@fault("needs-authorisation", "a token is asked for; Weaviate sends none", "VEC-01", "VEC-02")
class NeedsToken(Demanding):
    def pleases(self, headers: Any) -> bool:
        return "authorization" in headers


@fault("needs-accept", "an Accept header with JSON is asked for; Go sends none", "VEC-01", "VEC-02")
class NeedsAccept(Demanding):
    def pleases(self, headers: Any) -> bool:
        return "json" in headers.get("accept", "")


@fault("refuses-go", "a firewall takes Go-http-client for a robot", "WIR-03", "WIR-04")
class RefusesGo(Demanding):
    def pleases(self, headers: Any) -> bool:
        return not headers.get("user-agent", "").startswith("Go-http-client")


@fault("needs-charset", "Content-Type must say charset=utf-8", "VEC-01", "VEC-02")
class NeedsCharset(Demanding):
    def pleases(self, headers: Any) -> bool:
        return "charset" in headers.get("content-type", "")


class NeedsKeys(Endpoint):
    """A request without one of `keys` is refused."""

    keys: ClassVar[tuple[str, ...]] = ()

    def parse(self, value: Any) -> Asked:
        """What is asked for, or a refusal."""
        if isinstance(value, dict) and not all(key in value for key in self.keys):
            raise Refused(422, f"needs {' and '.join(self.keys)}")
        return super().parse(value)


@fault("needs-texts", "a request without texts is refused", "WIR-05", "VEC-02")
class NeedsTexts(NeedsKeys):
    keys: ClassVar = ("texts",)


@fault("needs-images", "a request without images is refused", "WIR-04", "VEC-01")
class NeedsImages(NeedsKeys):
    keys: ClassVar = ("images",)


@fault("empty-list-refused", "an empty list is refused", "VEC-16")
class EmptyListRefused(Endpoint):
    def parse(self, value: Any) -> Asked:
        if isinstance(value, dict) and [] in value.values():
            raise Refused(400, "must not be empty")
        return super().parse(value)


@fault("null-list-refused", "null for a list is refused", "VEC-17")
class NullRefused(Endpoint):
    def parse(self, value: Any) -> Asked:
        if isinstance(value, dict) and None in value.values():
            raise Refused(400, "must be a list")
        return super().parse(value)


@fault("unknown-fields-refused", "fields that are not known are refused", "VEC-19")
class UnknownRefused(Endpoint):
    def parse(self, value: Any) -> Asked:
        if isinstance(value, dict) and set(value) - {"texts", "images"}:
            raise Refused(400, "extra inputs are not permitted")
        return super().parse(value)


@fault("double-slash-404", "//vectorize is another path", "WIR-08", "VEC-20")
class DoubleSlash(Endpoint):
    def route(self, request: Request) -> Answer:
        if "//" in request.path:
            raise Refused(404, "Not Found")
        return super().route(request)


class Redirecting(Endpoint):
    """POST /vectorize redirects with `status` to `/vectorize/`, which is served."""

    status = 307

    def route(self, request: Request) -> Answer:
        """The redirect, or the answer behind it."""
        if request.path.endswith("/vectorize"):
            return Answer(self.status, headers={"Location": request.path + "/"})
        return super().route(replace(request, target=request.target.rstrip("/")))


@fault("vectorize-redirects", "vectorize redirects to a path with a slash", "VEC-13")
class Redirects307(Redirecting):
    pass


@fault("vectorize-moved", "vectorize has moved for good", "VEC-13")
class Redirects308(Redirecting):
    status = 308


@fault(
    "vectorize-redirects-with-vectors",
    "a redirect carries the vectors: Go takes it for an answer",
    "VEC-13",
)
class RedirectsWithVectors(Endpoint):
    def vectorize(self, request: Request) -> Answer:
        return replace(
            super().vectorize(request), status=302, headers={**JSON, "Location": "/result/7"}
        )


@fault("answered-later", "202 with a job to ask for later", "VEC-01", "VEC-02")
class AnsweredLater(Endpoint):
    def vectorize(self, request: Request) -> Answer:
        super().vectorize(request)
        return Answer(202, self.dump({"job": "7"}), dict(JSON))
