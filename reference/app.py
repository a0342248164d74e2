"""The four routes of the contract, as a WSGI application.

It uses no web framework, since the framework's routing and its request and response objects took a
quarter of a text's processor time (docs/performance.md).
"""

from collections.abc import Callable, Iterable
from http import HTTPStatus
from http.client import responses
from typing import TYPE_CHECKING

from reference import json_bodies
from reference.admission import BODIES, REQUESTS, Caller, Gate
from reference.encoder_service import EncoderService
from reference.errors import RefusedError, UnavailableError
from reference.json_bodies import JSON, Response
from reference.settings import Settings

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIEnvironment

ROUTES = (
    "GET /.well-known/live, GET /.well-known/ready, GET /meta, and POST /vectorize are served here"
)


class Application:
    """Serves `service`'s encoder."""

    def __init__(
        self, service: EncoderService, settings: Settings, gate: Gate | None = None
    ) -> None:
        self._service = service
        self._settings = settings
        self._gate = gate or Gate(REQUESTS, BODIES * settings.max_body)
        self._routes: dict[str, tuple[str, Callable[[WSGIEnvironment], Response]]] = {
            "/.well-known/live": ("GET", lambda _: Response(HTTPStatus.NO_CONTENT)),
            "/.well-known/ready": ("GET", self._ready),
            "/meta": ("GET", self._meta),
            "/vectorize": ("POST", self._vectorize),
        }
        self._respond: Callable[[str, WSGIEnvironment], Response] = self._answered
        if settings.metrics:
            from reference.metrics import Metrics  # Its library is only needed for this route.

            metrics = Metrics(service)
            self._respond = metrics.counted(self._answered)
            self._routes["/metrics"] = ("GET", metrics.show)

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        """Serve one request."""
        # Weaviate requests //vectorize if its configured URL ends in a slash, and does not follow
        # redirects.
        path = "/" + environ.get("PATH_INFO", "").lstrip("/")
        response = self._respond(path, environ)
        headers = list(response.headers)
        if response.status != HTTPStatus.NO_CONTENT:
            headers.append(("Content-Length", str(len(response.body))))
        start_response(f"{response.status} {responses.get(response.status, 'Unknown')}", headers)
        return [] if environ["REQUEST_METHOD"] == "HEAD" else [response.body]

    def _answered(self, path: str, environ: "WSGIEnvironment") -> Response:
        try:
            if path not in self._routes:
                raise RefusedError(f"Not Found: {ROUTES}", HTTPStatus.NOT_FOUND)
            method, view = self._routes[path]
            allowed = (method, "HEAD") if method == "GET" else (method,)
            if environ["REQUEST_METHOD"] not in allowed:
                status = HTTPStatus.METHOD_NOT_ALLOWED
                allow = (("Allow", ", ".join(allowed)),)
                return json_bodies.refusal(f"Method Not Allowed: {ROUTES}", status, allow)
            return view(environ)
        except Exception as error:
            return json_bodies.failure(error)

    def _ready(self, _: "WSGIEnvironment") -> Response:
        if not self._service.ready:
            raise UnavailableError("the model is still loading")
        return Response(HTTPStatus.NO_CONTENT)

    def _meta(self, _: "WSGIEnvironment") -> Response:
        settings, model = self._settings, self._settings.model
        fixed = {
            "model": model.tag,
            "image_model": model.image_model,
            "text_model": model.text_model or model.image_model,
            "library": model.library,
            "weights": settings.weights,
            "device": settings.device,
            "workers": settings.workers,
            "ready": self._service.ready,
        }
        body = json_bodies.document({**fixed, **self._service.description})
        return Response(HTTPStatus.OK, body, JSON)

    def _vectorize(self, environ: "WSGIEnvironment") -> Response:
        length, limit = int(environ.get("CONTENT_LENGTH") or 0), self._settings.max_body
        if length > limit:
            raise _too_large(f"the body has {length:,} bytes", limit)
        caller = Caller(environ.get("waitress.client_disconnected", lambda: False))
        try:
            with self._gate.entered(length, caller):
                return self._vectors(environ["wsgi.input"].read(length), caller)
        finally:
            caller.answered()

    def _vectors(self, body: bytes, caller: Caller) -> Response:
        wanted, limit = json_bodies.parse(body), self._settings.max_items
        items = len(wanted.texts) + len(wanted.images)
        if items > limit:
            raise _too_large(f"the request has {items:,} texts and images", limit)
        vectors = self._service.vectors(wanted, caller)
        return Response(HTTPStatus.OK, json_bodies.answer(*vectors), JSON)


def _too_large(what: str, limit: int) -> RefusedError:
    message = f"{what}; the limit is {limit:,}"
    return RefusedError(message, HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
