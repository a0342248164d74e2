"""How long good answers took, by the kind of request; listens to a client."""

import json
from collections.abc import Sequence

from conformance.transport.exchange import Exchange

Sample = tuple[str, float]
"""The kind of request, and seconds."""
LARGE = 1_000_000
"""Bytes of a request body from which nobody counts the items in it."""
PROBES = {"/.well-known/ready": "ready", "/.well-known/live": "live", "/meta": "meta"}


class Stopwatch:
    """Keeps a sample of every exchange that succeeded, until it is asked for them."""

    def __init__(self) -> None:
        self.samples: list[Sample] = []

    def heard(self, exchanges: Sequence[Exchange]) -> None:
        """Listener of `Client`: exchanges that were made together."""
        good = [each for each in exchanges if each.failure is None and 200 <= each.status < 300]
        together = ", at once" if len(exchanges) > 1 else ""
        self.samples += [(kind(each) + together, round(each.seconds, 4)) for each in good]

    def taken(self) -> list[Sample]:
        """The samples since this was last asked."""
        samples, self.samples = self.samples, []
        return samples


def kind(exchange: Exchange) -> str:
    """What was asked for."""
    for path, name in PROBES.items():
        if exchange.method == "GET" and exchange.url.endswith(path):
            return name
    if exchange.method != "POST":
        return "other"
    if len(exchange.request_body) > LARGE:
        return "large requests"
    return _of_items(exchange.request_body)


def _of_items(body: bytes) -> str:
    try:
        asked = json.loads(body)
        texts, images = (len(asked.get(name) or ()) for name in ("texts", "images"))
    except (ValueError, TypeError, AttributeError, RecursionError):
        return "other"
    known = {(1, 0): "one text", (0, 1): "one image", (0, 0): "nothing"}
    return known.get((texts, images), "several items")
