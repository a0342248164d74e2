"""Exceptions that become error responses or one-line messages at startup."""

from http import HTTPStatus


class RefusedError(Exception):
    """The client's error: answered with `status` (4xx) and the message as `error`."""

    def __init__(self, message: str, status: HTTPStatus = HTTPStatus.BAD_REQUEST) -> None:
        super().__init__(message)
        self.status = status


class UnavailableError(Exception):
    """A temporary condition: answered with 503 and the message as `error`."""


class ClientGoneError(Exception):
    """The client has disconnected, so nobody reads the response."""


class UnloadableError(Exception):
    """A model that cannot be served; the message is a one-line reason."""
