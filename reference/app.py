"""The four routes of the contract, as a Flask application."""

from collections.abc import Iterable
from contextlib import suppress
from http import HTTPStatus
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from flask import Flask, Response, jsonify, request

from reference import errors, request_body, response_body
from reference.admission import BODIES, CALLERS, Gate
from reference.caller import Caller
from reference.encoder_service import EncoderService
from reference.settings import Settings


def create_app(service: EncoderService, settings: Settings, gate: Gate | None = None) -> Flask:
    """The application that serves `service`'s encoder."""
    app = Flask("reference", static_folder=None)
    app.config["PROVIDE_AUTOMATIC_OPTIONS"] = False
    app.url_map.merge_slashes = False  # or //vectorize is a redirect, which Go does not follow
    app.wsgi_app = SingleSlash(app.wsgi_app)  # type: ignore[method-assign]
    errors.register(app)
    _probes(app, service)
    _meta(app, service, settings)
    _vectorize(app, service, settings, gate or Gate(CALLERS, BODIES * settings.max_body))
    if settings.metrics:
        from reference import metrics  # only who asks for it needs its library

        metrics.register(app, service)
    return app


class SingleSlash:
    """Serves `//vectorize`, what Weaviate asks for if its configured URL ends in a slash."""

    def __init__(self, app: Any) -> None:
        self._app = app

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """Serve one request."""
        environ["PATH_INFO"] = "/" + environ.get("PATH_INFO", "").lstrip("/")
        answer: Iterable[bytes] = self._app(environ, start_response)
        return answer


def _probes(app: Flask, service: EncoderService) -> None:
    @app.get("/.well-known/live")
    def live() -> Response:
        return _empty()

    @app.get("/.well-known/ready")
    def ready() -> Response:
        if not service.ready:
            raise errors.UnavailableError("the model is still loading")
        return _empty()


def _empty() -> Response:
    response = Response(status=HTTPStatus.NO_CONTENT)
    del response.headers["Content-Type"]
    return response


def _meta(app: Flask, service: EncoderService, settings: Settings) -> None:
    model = settings.model
    fixed = {
        "model": model.tag,
        "image_model": model.image_model,
        "text_model": model.text_model or model.image_model,
        "library": model.library,
        "weights": settings.weights,
        "device": settings.device,
    }

    @app.get("/meta")
    def meta() -> Response:
        state = {"ready": service.ready, **service.description}
        return jsonify(**fixed, **state, versions=_versions(service.packages))


def _versions(packages: Iterable[str]) -> dict[str, str]:
    """Versions of those that are installed: the libraries do without some."""
    versions = {}
    for name in packages:
        with suppress(PackageNotFoundError):
            versions[name] = version(name)
    return versions


def _vectorize(app: Flask, service: EncoderService, settings: Settings, gate: Gate) -> None:
    @app.post("/vectorize")
    def vectorize() -> Response:
        length = request.content_length or 0
        _check_length(length, settings.max_body)
        caller = Caller(request.environ.get("waitress.client_disconnected", lambda: False))
        try:
            with gate.entered(length, caller):
                return _answered(service, settings, caller)
        finally:
            caller.answered()


def _answered(service: EncoderService, settings: Settings, caller: Caller) -> Response:
    wanted = request_body.parse(request.get_data(cache=False, parse_form_data=False))
    _check_number(len(wanted.texts) + len(wanted.images), settings.max_items)
    text_vectors, image_vectors = service.vectors(wanted, caller)
    return Response(response_body.body(text_vectors, image_vectors), mimetype="application/json")


def _check_length(length: int, limit: int) -> None:
    if length > limit:
        raise errors.RefusedError(
            f"the body has {length:,} bytes; the limit is {limit:,}",
            HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
        )


def _check_number(items: int, limit: int) -> None:
    if items > limit:
        raise errors.RefusedError(
            f"the request has {items:,} texts and images; the limit is {limit:,}",
            HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
        )
