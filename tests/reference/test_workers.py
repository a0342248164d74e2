"""`--workers`: several processes on one port act as one service."""

import os
import re
import signal
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from reference import hardware, workers
from reference.__main__ import main
from reference.settings import parse
from tests.reference.conftest import HTTP, SECONDS, STAND_INS, Run, Start

TAG = STAND_INS["clip"]


def children(run: Run) -> set[int]:
    pid = run.process.pid
    return set(map(int, Path(f"/proc/{pid}/task/{pid}/children").read_text().split()))


def ask(url: str, text: str) -> httpx.Response:
    return HTTP.post(f"{url}/vectorize", json={"texts": [text]})


def counted(url: str) -> float:
    text = HTTP.get(f"{url}/metrics").text
    [number] = re.findall(r'^clip_requests_total\{status="200"\} (\S+)$', text, re.MULTILINE)
    return float(number)


def test_workers_are_one_service(start: Start) -> None:
    run = start("--model", TAG, "--metrics", "on", "--workers", "2")
    run.wait_ready()
    first = children(run)
    assert len(first) == 2
    assert HTTP.get(f"{run.url}/meta").json()["workers"] == 2
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(ask, [run.url] * 60, ["a cat"] * 60))
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.content for answer in answers}) == 1  # Each process returns the same bits.
    assert counted(run.url) == 60

    os.kill(min(first), signal.SIGKILL)
    while not children(run) - first:
        assert HTTP.get(f"{run.url}/.well-known/ready").status_code == 204
        assert ask(run.url, "a dog").status_code == 200
        time.sleep(0.02)
    while run.log.read_text().count(" ready") < 3:  # The first two processes and a replacement.
        assert ask(run.url, "a dog").status_code == 200
        assert run.process.poll() is None
    assert counted(run.url) > 60

    with ThreadPoolExecutor(8) as pool:
        calls = [pool.submit(ask, run.url, f"text {number}") for number in range(100)]
        while not any(call.done() for call in calls):
            time.sleep(0.005)
        run.process.send_signal(signal.SIGTERM)
        assert run.process.wait(SECONDS) == 0
    finished = [call.result() for call in calls if not call.exception()]
    assert finished
    assert {answer.status_code for answer in finished} == {200}


@pytest.mark.parametrize(
    ("cores", "gibibytes", "device", "expected"),
    [(2, 64, "cpu", 1), (8, 64, "cpu", 2), (16, 64, "cuda:0", 8), (16, 3, "cuda:0", 2)],
)
def test_auto_goes_by_device_cores_and_memory(
    monkeypatch: pytest.MonkeyPatch, cores: int, gibibytes: int, device: str, expected: int
) -> None:
    monkeypatch.setattr(hardware, "usable_processors", lambda: cores)
    monkeypatch.setattr(hardware, "available_memory", lambda: gibibytes * 2**30)
    chosen = parse(["--model", TAG, "--device", device, "--workers", "auto"], {})
    assert workers.with_number(chosen, None).workers == expected


def test_more_workers_than_memory_holds_are_refused(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(hardware, "set_library_defaults", lambda _: None)
    monkeypatch.setattr(hardware, "available_memory", lambda: 2**30)
    assert main(["--model", TAG, "--port", "0", "--workers", "4"]) == 2
    assert "--workers 4: each needs about 1.1 GiB of memory" in capsys.readouterr().err
