"""Every failure as the contract wants it: JSON with a string `error`, never a page of HTML."""

import logging
from http import HTTPStatus

from flask import Flask, Response, jsonify
from werkzeug.exceptions import HTTPException

log = logging.getLogger(__name__)

ROUTES = (
    "GET /.well-known/live, GET /.well-known/ready, GET /meta and POST /vectorize are served here"
)


class RefusedError(Exception):
    """The caller's fault: answered with `status` (4xx) and the message as `error`."""

    def __init__(self, message: str, status: HTTPStatus = HTTPStatus.BAD_REQUEST) -> None:
        super().__init__(message)
        self.status = status


class UnavailableError(Exception):
    """Not now: answered with 503 and the message as `error`."""


class ClientGoneError(Exception):
    """Whoever asked has hung up: there is nobody to answer."""


def answer(message: str, status: int) -> Response:
    """`message` as the contract's error object."""
    response = jsonify(error=message)
    response.status_code = status
    return response


def register(app: Flask) -> None:
    """Make every exception of `app`, the framework's own included, a JSON answer."""
    app.register_error_handler(RefusedError, _refused)
    app.register_error_handler(UnavailableError, _unavailable)
    app.register_error_handler(ClientGoneError, _gone)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Exception, _own_fault)


def _refused(error: RefusedError) -> Response:
    return answer(str(error), error.status)


def _unavailable(error: UnavailableError) -> Response:
    response = answer(str(error), HTTPStatus.SERVICE_UNAVAILABLE)
    response.headers["Retry-After"] = "1"
    return response


def _gone(_error: ClientGoneError) -> Response:
    return answer("the client hung up", 499)  # as nginx counts it; nobody reads it


def _http(error: HTTPException) -> Response:
    status = error.code or HTTPStatus.INTERNAL_SERVER_ERROR
    hint = f": {ROUTES}" if status in (HTTPStatus.NOT_FOUND, HTTPStatus.METHOD_NOT_ALLOWED) else ""
    response = answer(f"{error.name}{hint}", status)
    # An Allow header is what makes a 405 useful; the other headers describe the HTML body.
    for name, value in error.get_headers():
        if name not in ("Content-Type", "Content-Length"):
            response.headers[name] = value
    return response


def _own_fault(error: Exception) -> Response:
    # The log has the traceback; the caller learns the kind only: paths and addresses stay here.
    log.error("a request failed", exc_info=error)
    message = f"the server failed on this request ({type(error).__name__}); its log says why"
    return answer(message, HTTPStatus.INTERNAL_SERVER_ERROR)
