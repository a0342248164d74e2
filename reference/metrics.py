"""An optional `/metrics` route in the Prometheus text format."""

import os
import time
from collections.abc import Callable
from typing import Any

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4

from reference.encoder_service import EncoderService
from reference.json_bodies import Response

Respond = Callable[[str, dict[str, Any]], Response]
"""The response to a path and a WSGI environment."""

BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 25, 50)


class Metrics:
    """Counts of requests and of waiting items."""

    def __init__(self, service: EncoderService) -> None:
        self._service = service
        self._registry = CollectorRegistry()
        self._requests = Counter(
            "clip_requests", "Vectorize requests by status", ["status"], registry=self._registry
        )
        self._seconds = Histogram(
            "clip_request_seconds", "Response times", registry=self._registry, buckets=BUCKETS
        )
        self._waiting = Gauge(
            "clip_items_waiting",
            "Items waiting for the model",
            registry=self._registry,
            multiprocess_mode="livesum",
        )

    def counted(self, respond: Respond) -> Respond:
        """`respond`, with vectorize requests counted."""

        def counting(path: str, environ: dict[str, Any]) -> Response:
            begun = time.perf_counter()
            self._waiting.set(self._service.waiting)
            response = respond(path, environ)
            if path == "/vectorize":
                self._requests.labels(int(response.status)).inc()
                self._seconds.observe(time.perf_counter() - begun)
                self._waiting.set(self._service.waiting)
            return response

        return counting

    def show(self, _: dict[str, Any]) -> Response:
        """The counts, of all workers if there are several."""
        headers = (("Content-Type", CONTENT_TYPE_PLAIN_0_0_4),)
        return Response(200, generate_latest(_all_workers() or self._registry), headers)


def _all_workers() -> CollectorRegistry | None:
    """The counts of all workers, if this is one of several (see `workers.Supervisor`)."""
    if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
        return None
    from prometheus_client.multiprocess import MultiProcessCollector

    registry = CollectorRegistry()
    MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    return registry
