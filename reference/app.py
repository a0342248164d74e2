"""The four routes of the contract, as a Flask application."""

from collections.abc import Iterable
from http import HTTPStatus
from typing import Any

from flask import Flask, Response, jsonify, request

from reference import json_bodies
from reference.admission import BODIES, REQUESTS, Caller, Gate
from reference.encoder_service import EncoderService
from reference.errors import RefusedError, UnavailableError
from reference.settings import Settings


def create_app(service: EncoderService, settings: Settings, gate: Gate | None = None) -> Flask:
    """The application that serves `service`'s encoder."""
    app = Flask("reference", static_folder=None)
    app.config["PROVIDE_AUTOMATIC_OPTIONS"] = False
    # Otherwise, //vectorize would be redirected to /vectorize, and Go does not follow redirects.
    app.url_map.merge_slashes = False
    app.wsgi_app = SingleSlash(app.wsgi_app)  # type: ignore[method-assign]
    json_bodies.register_errors(app)
    _add_probes(app, service)
    _add_meta(app, service, settings)
    _add_vectorize(app, service, settings, gate or Gate(REQUESTS, BODIES * settings.max_body))
    if settings.metrics:
        from reference import metrics  # Its library is only needed for this route.

        metrics.register(app, service)
    return app


class SingleSlash:
    """Serves `//vectorize`, which Weaviate requests if its configured URL ends in a slash."""

    def __init__(self, app: Any) -> None:
        self._app = app

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """Serve one request."""
        environ["PATH_INFO"] = "/" + environ.get("PATH_INFO", "").lstrip("/")
        answer: Iterable[bytes] = self._app(environ, start_response)
        return answer


def _add_probes(app: Flask, service: EncoderService) -> None:
    @app.get("/.well-known/live")
    def live() -> Response:
        return _empty()

    @app.get("/.well-known/ready")
    def ready() -> Response:
        if not service.ready:
            raise UnavailableError("the model is still loading")
        return _empty()


def _empty() -> Response:
    response = Response(status=HTTPStatus.NO_CONTENT)
    del response.headers["Content-Type"]
    return response


def _add_meta(app: Flask, service: EncoderService, settings: Settings) -> None:
    model = settings.model
    fixed = {
        "model": model.tag,
        "image_model": model.image_model,
        "text_model": model.text_model or model.image_model,
        "library": model.library,
        "weights": settings.weights,
        "device": settings.device,
        "workers": settings.workers,
    }

    @app.get("/meta")
    def meta() -> Response:
        return jsonify({**fixed, "ready": service.ready, **service.description})


def _add_vectorize(app: Flask, service: EncoderService, settings: Settings, gate: Gate) -> None:
    @app.post("/vectorize")
    def vectorize() -> Response:
        length = request.content_length or 0
        if length > settings.max_body:
            raise _too_large(f"the body has {length:,} bytes", settings.max_body)
        caller = Caller(request.environ.get("waitress.client_disconnected", lambda: False))
        try:
            with gate.entered(length, caller):
                return _answered(service, settings.max_items, caller)
        finally:
            caller.answered()


def _answered(service: EncoderService, max_items: int, caller: Caller) -> Response:
    wanted = json_bodies.parse(request.get_data(cache=False, parse_form_data=False))
    items = len(wanted.texts) + len(wanted.images)
    if items > max_items:
        raise _too_large(f"the request has {items:,} texts and images", max_items)
    text_vectors, image_vectors = service.vectors(wanted, caller)
    return Response(json_bodies.answer(text_vectors, image_vectors), mimetype="application/json")


def _too_large(what: str, limit: int) -> RefusedError:
    message = f"{what}; the limit is {limit:,}"
    return RefusedError(message, HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
