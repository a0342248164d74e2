"""SIGTERM under load, and callers who hang up."""

import signal
import socket
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx

from tests.reference.conftest import Checkpoint
from tests.reference.test_process import start  # noqa: F401  (a fixture)

Start = Callable[..., Any]


def test_sigterm_finishes_what_is_in_flight(start: Start, checkpoint: Checkpoint) -> None:  # noqa: F811
    run = start("clip", "--weights", str(checkpoint("clip")))
    run.wait_ready()
    body = {"texts": [f"text {number} " * (number % 9 + 1) for number in range(200)]}
    with ThreadPoolExecutor(8) as pool:
        calls = [
            pool.submit(httpx.post, f"{run.url}/vectorize", json=body, timeout=60) for _ in range(8)
        ]
        while not any(call.done() for call in calls):
            time.sleep(0.005)
        run.process.send_signal(signal.SIGTERM)
        answers = [call.result() for call in calls]
    assert [len(answer.json()["textVectors"]) for answer in answers] == [200] * 8
    assert run.process.wait(20) == 0


def test_work_of_callers_who_hung_up_is_dropped(start: Start, checkpoint: Checkpoint) -> None:  # noqa: F811
    run = start("clip", "--weights", str(checkpoint("clip")), "--metrics", "on")
    run.wait_ready()
    host, _, port = run.url.removeprefix("http://").rpartition(":")
    body = b'{"texts": [' + b", ".join(b'"%d"' % number for number in range(900)) + b"]}"
    head = b"POST /vectorize HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n" % len(body)
    for _ in range(30):
        with socket.create_connection((host, int(port))) as caller:
            caller.sendall(head + body)
            time.sleep(0.02)
    answer = httpx.post(f"{run.url}/vectorize", json={"texts": ["a"]}, timeout=60)
    assert answer.status_code == 200
    metrics = httpx.get(f"{run.url}/metrics", timeout=60).text
    assert 'clip_requests_total{status="499"}' in metrics
