"""Callers that hang up: where in a request, and how."""

import time
from collections.abc import Callable
from itertools import cycle

from conformance.transport.endpoint import JSON, VECTORIZE, Items
from conformance.transport.raw_caller import RawCaller

TEXTS = 8
NOTICED_WITHIN = 0.1
"""Seconds after which a busy endpoint has seen that its callers are gone."""
BODY = Items(["a caller that hangs up", "in the middle of it"] * (TEXTS // 2)).body()
HEADERS = {**JSON, "Content-Length": str(len(BODY))}


def in_the_head(caller: RawCaller) -> None:
    """Before the head is whole."""
    caller.write(caller.head("POST", VECTORIZE, HEADERS)[:40])


def before_the_body(caller: RawCaller) -> None:
    """After the head."""
    caller.write(caller.head("POST", VECTORIZE, HEADERS))


def in_the_body(caller: RawCaller) -> None:
    """After half of the body."""
    caller.write(caller.head("POST", VECTORIZE, HEADERS) + BODY[: len(BODY) // 2])


def while_it_waits(caller: RawCaller) -> None:
    """When everything is sent and nothing is answered."""
    caller.write(caller.head("POST", VECTORIZE, HEADERS) + BODY)


def in_the_response(caller: RawCaller) -> None:
    """When the response begins."""
    while_it_waits(caller)
    caller.has_answer(caller.timeout)


MOMENTS: dict[str, Callable[[RawCaller], None]] = {
    "in the head": in_the_head,
    "before the body": before_the_body,
    "in the body": in_the_body,
    "while waiting": while_it_waits,
    "in the response": in_the_response,
}


def hang_up(url: str, timeout: float, moment: str, times: int) -> None:
    """So many callers in turn that hang up at that moment, every other one with a reset."""
    for _, reset in zip(range(times), cycle([False, True]), strict=False):
        caller = RawCaller(url, timeout)
        MOMENTS[moment](caller)
        caller.hang_up(reset)
    time.sleep(NOTICED_WITHIN)
