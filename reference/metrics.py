"""An optional `/metrics` route in the Prometheus text format."""

import os
import time

from flask import Flask, Response, g, request
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4

from reference.encoder_service import EncoderService

BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 25, 50)


def register(app: Flask, service: EncoderService) -> None:
    """Count the requests of `app`, and serve the counts and the number of waiting items."""
    registry = CollectorRegistry()
    requests = Counter(
        "clip_requests", "Vectorize requests by status", ["status"], registry=registry
    )
    seconds = Histogram(
        "clip_request_seconds", "Response times", registry=registry, buckets=BUCKETS
    )
    waiting = Gauge(
        "clip_items_waiting",
        "Items waiting for the model",
        registry=registry,
        multiprocess_mode="livesum",
    )

    @app.before_request
    def begin() -> None:
        g.begun = time.perf_counter()
        waiting.set(service.waiting)

    @app.after_request
    def count(response: Response) -> Response:
        if request.path == "/vectorize":
            requests.labels(response.status_code).inc()
            seconds.observe(time.perf_counter() - g.begun)
            waiting.set(service.waiting)
        return response

    @app.get("/metrics")
    def metrics() -> Response:
        return Response(
            generate_latest(_all_workers() or registry), content_type=CONTENT_TYPE_PLAIN_0_0_4
        )


def _all_workers() -> CollectorRegistry | None:
    """The counts of all workers, if this is one of several (see `workers.Supervisor`)."""
    if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
        return None
    from prometheus_client.multiprocess import MultiProcessCollector

    registry = CollectorRegistry()
    MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    return registry
