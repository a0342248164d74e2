"""Why an exchange ended without a whole response: typed, so that nobody has to read the message."""

import zlib
from dataclasses import dataclass
from enum import StrEnum

import httpx

from conformance.transport.gzip_body import MAX_RESPONSE, TooLarge


class FailureKind(StrEnum):
    """What kept the response from coming whole."""

    NO_CONNECTION = "no connection"
    TIMED_OUT = "timed out"
    CLOSED_KEPT_CONNECTION = "kept connection closed"
    """The peer closed a connection that it had kept, after the request was sent on it."""
    INCOMPLETE = "incomplete"
    """The connection broke off, or what came is not HTTP."""
    TOO_LARGE = "too large"
    BROKEN_GZIP = "broken gzip"


@dataclass(frozen=True)
class Failure:
    """One failed exchange; `message` is a line for people."""

    kind: FailureKind
    message: str

    def __str__(self) -> str:
        return self.message


def classify(problem: Exception, timeout: float, *, reused: bool) -> Failure:
    """The failure behind an exception of the HTTP client; `reused` says that the connection was."""
    if isinstance(problem, TimeoutError):
        return Failure(FailureKind.TIMED_OUT, f"no whole answer within {timeout:g} s")
    if isinstance(problem, TooLarge):
        return Failure(FailureKind.TOO_LARGE, f"the answer exceeds {MAX_RESPONSE // 2**20} MiB")
    if isinstance(problem, zlib.error):
        return Failure(FailureKind.BROKEN_GZIP, f"the answer's gzip is broken: {problem}")
    words = str(problem) or type(problem).__name__
    if isinstance(problem, httpx.ConnectError):
        return Failure(FailureKind.NO_CONNECTION, f"no connection: {words}")
    if reused and _closed_before_the_response(problem):
        message = f"the kept connection was closed without an answer: {words}"
        return Failure(FailureKind.CLOSED_KEPT_CONNECTION, message)
    if _is_silent(problem):
        return Failure(FailureKind.INCOMPLETE, "the connection was closed without an answer")
    return Failure(FailureKind.INCOMPLETE, f"no whole answer: {words}")


def _closed_before_the_response(problem: Exception) -> bool:
    if isinstance(problem, (httpx.ReadError, httpx.WriteError)):
        return True
    return _is_silent(problem)


def _is_silent(problem: Exception) -> bool:
    silent = "without sending a response" in str(problem)
    return isinstance(problem, httpx.RemoteProtocolError) and silent
