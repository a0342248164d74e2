"""`python -m reference` as a program: its output, imports, requirements, and exit behavior."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from reference import hardware, serving
from reference.__main__ import main
from tests.reference.conftest import HTTP, SECONDS, STAND_INS, Checkpoint, Run, Start


@pytest.fixture
def clip(start: Start, checkpoint: Checkpoint) -> Run:
    run = start("--weights", str(checkpoint("clip")), "--metrics", "on")
    assert re.fullmatch(r"serving own on http://127\.0\.0\.1:\d+\n", run.line)
    run.wait_ready()
    return run


def test_a_model_is_served_until_sigterm_which_finishes_what_is_in_flight(clip: Run) -> None:
    meta = HTTP.get(f"{clip.url}/meta").json()
    assert (meta["library"], meta["ready"]) == ("clip", True)
    assert "torch" in meta["versions"]
    assert meta["image_size"] == 224
    assert resident_bytes(clip.process.pid) < 1.5e9
    hang_up_early(clip.url)
    body = {"texts": [f"text {number} " * (number % 9 + 1) for number in range(50)]}
    with ThreadPoolExecutor(8) as pool:
        calls = [pool.submit(HTTP.post, f"{clip.url}/vectorize", json=body) for _ in range(8)]
        while not any(call.done() for call in calls):
            time.sleep(0.005)
        metrics = HTTP.get(f"{clip.url}/metrics").text
        clip.process.send_signal(signal.SIGTERM)
        answers = [call.result() for call in calls]
    # The items of clients that disconnected were dropped.
    assert 'clip_requests_total{status="499"}' in metrics
    vectors = [row for answer in answers for row in answer.json()["textVectors"]]
    assert {len(row) for row in vectors} == {meta["dimensions"]}
    assert len(vectors) == 8 * 50
    assert clip.process.wait(SECONDS) == 0


def resident_bytes(pid: int) -> int:
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def hang_up_early(url: str) -> None:
    """Request 300 texts several times, without waiting for the response."""
    host, _, port = url.removeprefix("http://").rpartition(":")
    body = json.dumps({"texts": [str(number) for number in range(300)]}).encode()
    head = b"POST /vectorize HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n" % len(body)
    for _ in range(10):
        with socket.create_connection((host, int(port))) as caller:
            caller.sendall(head + body)
            time.sleep(0.02)


@pytest.mark.parametrize(("number", "status"), [(signal.SIGTERM, 0), (signal.SIGINT, 130)])
def test_a_signal_ends_it_at_once_even_while_it_loads(
    start: Start, tmp_path: Path, checkpoint: Checkpoint, number: int, status: int
) -> None:
    run = start("--weights", str(checkpoint("clip")))
    assert HTTP.get(f"{run.url}/.well-known/live").status_code == 204
    answer = HTTP.post(f"{run.url}/vectorize", json={"texts": ["a"]})
    assert answer.status_code == 503
    run.process.send_signal(number)
    assert run.process.wait(SECONDS) == status
    assert "ready" not in run.log.read_text()
    assert not list(tmp_path.glob("reference-*"))


@pytest.mark.parametrize("workers", ["1", "2"])
def test_a_model_that_cannot_be_loaded_ends_it_with_a_line(
    start: Start, tmp_path: Path, workers: str
) -> None:
    run = start("--workers", workers)
    assert run.process.wait(SECONDS) == 1
    lines = re.findall(r"^reference: .*", run.log.read_text(), re.MULTILINE)
    assert set(lines) == {
        "reference: cannot load the model: there is no stand-in for own; "
        "use --weights hub or a directory"
    }
    assert workers == "2" or len(lines) == 1
    assert not list(tmp_path.glob("reference-*"))


def test_what_a_library_raises_is_said_in_one_line() -> None:
    assert serving._line(KeyError("\nmodel_type\nelse")) == r"KeyError: '\nmodel_type\nelse'"
    assert serving._line(OSError("\nno such file\nhelp")) == "OSError: no such file"


@pytest.fixture
def in_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """Run `main` in this process, without its settings for libraries, which are already
    imported."""
    monkeypatch.setattr(hardware, "set_library_defaults", lambda _: None)


TAG = STAND_INS["clip"]


@pytest.mark.usefixtures("in_process")
def test_a_gpu_that_is_not_there_is_refused_at_the_start(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["--model", TAG, "--port", "0", "--device", "cuda:99"]) == 2
    printed = capsys.readouterr()
    assert printed.err.startswith("reference: cuda:99 was requested but is not available")
    assert (printed.out, printed.err.count("\n")) == ("", 1)


@pytest.mark.usefixtures("in_process")
def test_a_port_in_use_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        assert main(["--model", TAG, "--port", port]) == 1
    printed = capsys.readouterr()
    assert re.fullmatch(rf"reference: cannot listen on .* port {port}: .*\n", printed.err)
    assert printed.out == ""


FOREIGN = {
    "sentence-transformers": {"open_clip"},
    "clip": {"sentence_transformers", "open_clip", "timm", "sklearn"},
    "siglip": {"sentence_transformers", "open_clip", "timm", "sklearn"},
    "modernvbert": {"sentence_transformers", "open_clip", "timm", "sklearn"},
    "open_clip": {"sentence_transformers", "sklearn"},
}
"""Top-level packages that a library must not import."""

IMPORTED = """
import json, os, sys
from pathlib import Path
from conformance.data.models import find
from PIL import Image
from reference import encoders
import reference.encoders.clip  # once, for both processes
def imported(tag, folder):
    encoder = encoders.load(find(tag), Path(folder), encoders.Placement())
    encoder.text_inputs("a"), encoder.image_inputs(Image.new("RGB", (30, 20)))
    print(json.dumps([tag, sorted(sys.modules)]), flush=True)
largest, *others = json.loads(sys.argv[1])
child = os.fork()
for tag, folder in others if child else [largest]:
    imported(tag, folder)
assert not child or os.waitpid(child, 0)[1] == 0
"""
"""Imports take seconds, so most libraries share a process, in which those that import less come
first."""


def test_a_model_is_loaded_by_its_library_alone(checkpoint: Checkpoint) -> None:
    asked = [(STAND_INS[name], str(checkpoint(name))) for name in FOREIGN]
    command = [sys.executable, "-c", IMPORTED, json.dumps(asked)]
    done = subprocess.run(command, stdout=subprocess.PIPE, check=True, timeout=2 * SECONDS)
    imported = dict(json.loads(line) for line in done.stdout.splitlines())
    found = {name: FOREIGN[name] & set(imported[STAND_INS[name]]) for name in FOREIGN}
    assert found == {name: set() for name in FOREIGN}
