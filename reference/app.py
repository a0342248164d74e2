"""The four routes of the contract, as a Flask application."""

import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from http import HTTPStatus
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from flask import Flask, Response, jsonify, request

from reference import errors, images, request_body, response_body
from reference.encoder_service import EncoderService
from reference.settings import Settings

CALLERS = 256
"""Vectorize requests held at a time; more than any Weaviate sends (twice its processors)."""


class Gate:
    """Bounds how many requests are held, and how many of those have their body in memory."""

    def __init__(self, held: int, active: int) -> None:
        self._held = threading.BoundedSemaphore(held)
        self._active = threading.BoundedSemaphore(active)

    @contextmanager
    def entered(self) -> Iterator[None]:
        """Wait for one's turn; raises `UnavailableError` at once if too many wait already."""
        if not self._held.acquire(blocking=False):
            raise errors.UnavailableError("too many requests at a time; try again")
        try:
            with self._active:
                yield
        finally:
            self._held.release()


def create_app(holder: EncoderService, settings: Settings, gate: Gate | None = None) -> Flask:
    """The application that serves `holder`'s encoder."""
    app = Flask("reference", static_folder=None)
    app.config["PROVIDE_AUTOMATIC_OPTIONS"] = False
    app.url_map.merge_slashes = False  # or //vectorize is a redirect, which Go does not follow
    app.wsgi_app = SingleSlash(app.wsgi_app)  # type: ignore[method-assign]
    errors.register(app)
    _probes(app, holder)
    _meta(app, holder, settings)
    _vectorize(app, holder, settings, gate or Gate(CALLERS, active=4))
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


def _probes(app: Flask, holder: EncoderService) -> None:
    @app.get("/.well-known/live")
    def live() -> Response:
        return _empty()

    @app.get("/.well-known/ready")
    def ready() -> Response:
        if not holder.ready:
            raise errors.UnavailableError("the model is still loading")
        return _empty()


def _empty() -> Response:
    response = Response(status=HTTPStatus.NO_CONTENT)
    del response.headers["Content-Type"]
    return response


def _meta(app: Flask, holder: EncoderService, settings: Settings) -> None:
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
        state = {"ready": holder.ready, "dimensions": holder.dimensions}
        return jsonify(**fixed, **state, versions=_versions(holder.packages))


def _versions(packages: Iterable[str]) -> dict[str, str]:
    """Versions of those that are installed: the libraries do without some."""
    versions = {}
    for name in packages:
        with suppress(PackageNotFoundError):
            versions[name] = version(name)
    return versions


def _vectorize(app: Flask, holder: EncoderService, settings: Settings, gate: Gate) -> None:
    @app.post("/vectorize")
    def vectorize() -> Response:
        _check_length(request.content_length or 0, settings.max_body)
        with gate.entered():
            wanted = request_body.parse(request.get_data(cache=False, parse_form_data=False))
            read = (
                images.read(encoded, f"images[{index}]", settings.max_pixels)
                for index, encoded in enumerate(wanted.images)
            )
            image_vectors = holder.images(read)
            text_vectors = list(holder.texts(wanted.texts))
        return Response(
            response_body.body(text_vectors, image_vectors), mimetype="application/json"
        )


def _check_length(length: int, limit: int) -> None:
    if length > limit:
        raise errors.RefusedError(
            f"the body has {length:,} bytes; the limit is {limit:,}",
            HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
        )
