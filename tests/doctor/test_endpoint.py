"""The doctor's findings about good and faulty endpoints."""

import json
import math
import socket
import ssl
import struct
import threading
import time
import tomllib
import warnings
from collections.abc import Callable, Mapping
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from conformance.doctor import device, endpoint, items
from tests.doctor.conftest import Doctor
from tests.endpoints import registry
from tests.suite.sockets import Talk, always, answer, hangs_up, once, routes, silent, talking
from tests.suite.test_access import secured

__all__ = ["secured"]

TAG = registry.MULTILINGUAL
OK: Mapping[str, bytes] = {
    "/.well-known/ready": answer(b"", status="204 No Content"),
    "/.well-known/live": answer(b"", status="204 No Content"),
    "/meta": answer(b'{"model": "mine"}'),
}


def vectors(**rows: object) -> bytes:
    return answer(json.dumps(rows).encode())


def test_nothing_is_wrong_with_a_good_endpoint(doctor: Doctor, plain_url: str) -> None:
    told = doctor(plain_url, "--model", TAG, "--timeout", "30")
    assert told.status == 0, told.text
    for words in ("ready status 204", "live status 204", "one text 512 numbers", "one image 512"):
        assert words in told.text
    assert "no problems found" in told.text


def response(first: str, *rest: str) -> bytes:
    """The response with this status, body, and headers, or `first` itself if it is a complete
    response."""
    if first.startswith("HTTP/"):
        return first.encode()
    body, *headers = rest
    return answer(body.encode(), *headers, status=first)


BAD = tomllib.loads(Path(__file__).with_name("problems.toml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", BAD)
def test_what_is_wrong_is_said_with_cause_and_weaviates_words(doctor: Doctor, name: str) -> None:
    bad = {path: response(*row) for path, row in BAD[name].items() if path.startswith("/")}
    good = vectors(textVectors=[[1.0]], imageVectors=[[1.0]])
    with talking(routes({**OK, "/vectorize": good, **bad})) as url:
        told = doctor(url, "--model", TAG)
    assert told.status == 1
    assert BAD[name]["problem"] in told.text
    assert BAD[name]["says"] in told.text


OWN_ERRORS = {
    "CUDA error: no kernel image is available for execution on the device": "torch.cuda.get_arch",
    "CUDA out of memory. Tried to allocate 20.00 MiB": "`nvidia-smi` shows what uses",
    "The NVIDIA driver on your system is too old": "Update the driver",
    "Torch not compiled with CUDA enabled": "its torch is a CPU-only build",
    "CUDA error: device-side assert triggered": "Restart the container",
    "CUBLAS_STATUS_NOT_INITIALIZED when calling cublasCreate": "Restart the container",
    "DefaultCPUAllocator: can't allocate memory": "Give the container more memory",
    "Expected all tensors to be on the same device, cuda:0 and cpu!": "Move the inputs to",
    "\"LayerNormKernelImpl\" not implemented for 'Half'": "Load the model in float32",
    "Out of range float values are not JSON compliant": "Compute in float32 or bfloat16",
    "We couldn't connect to 'https://huggingface.co' to load this file": "HF_HUB_OFFLINE=1",
    "[Errno 28] No space left on device": "Free space",
    "Numpy is not available": "the server's requirements.txt",
    "list index out of range": "Look for the traceback",
}


@pytest.mark.parametrize("error", OWN_ERRORS)
def test_a_servers_own_error_is_one_problem_with_its_remedy(doctor: Doctor, error: str) -> None:
    reply = answer(json.dumps({"error": error}).encode(), status="500 No")
    with talking(encoding(reply)) as url:
        told = doctor(url)
    assert told.status == 1
    assert "1 problem (" in told.text
    assert "one text and one image: " in told.text
    assert "takes no text" not in told.text
    assert OWN_ERRORS[error] in told.text
    assert f"Weaviate says: fail with status 500: {error}" in told.text


def encoding(vectorize: bytes | Callable[[bytes], bytes]) -> Talk:
    """A server with conformant probes and /meta that gives these responses to /vectorize."""
    return routes({**OK, "/vectorize": vectorize})


def items_in(request: bytes) -> list[list[str]]:
    """The texts and the images of a request."""
    asked = json.loads(request.partition(b"\r\n\r\n")[2])
    return [asked.get(kind) or [] for kind in ("texts", "images")]


def slow(each: float, item: float) -> Talk:
    """A server that takes `each` seconds for a request, and `item` for each of its texts."""

    def vectorize(request: bytes) -> bytes:
        counts = list(map(len, items_in(request)))
        time.sleep(each + item * sum(counts))
        rows = [[[1.0]] * count for count in counts]
        return vectors(textVectors=rows[0], imageVectors=rows[1])

    return encoding(vectorize)


@pytest.mark.parametrize(("each", "item", "told"), [(0.5, 0.0, True), (0.0, 0.2, False)])
def test_a_fixed_cost_of_every_request_is_told(
    doctor: Doctor, monkeypatch: pytest.MonkeyPatch, each: float, item: float, told: bool
) -> None:
    monkeypatch.setattr(items, "SEVERAL", 3)
    monkeypatch.setattr(items, "COSTLY", 0.1)
    with talking(slow(each, item)) as url:
        text = doctor(url).text
    assert ("nearly all of the time is spent per request" in text) == told
    assert ("the model is loaded" in text) == told


def test_a_dead_port_is_named(doctor: Doctor) -> None:
    with talking(hangs_up) as url:
        pass
    dead = doctor(url)
    assert f"nothing is listening at {url}" in dead.text
    assert f'Get "{url}/.well-known/ready": dial tcp' in dead.text
    assert "connect: connection refused" in dead.text
    assert "dial tcp [::1]:9: connect" in doctor("http://[::1]:9").text


HTTP2_FRAME = bytes([0, 0, 0, 4, 0, 0, 0, 0, 0])
HTTPS_WANTED = answer(b"<html>The plain HTTP request was sent to HTTPS port", status="400 No")
GONE = {
    "nothing behind a published port": (hangs_up, "closes it without answering", "-p 9090:8080"),
    "closes": (once(b""), "closes it without answering", "EOF"),
    "gRPC": (once(HTTP2_FRAME), "does not answer in HTTP/1.1", "malformed HTTP response"),
    "hangs": (silent, "does not answer /.well-known/ready", "context deadline exceeded"),
    "an error about TLS": (always(HTTPS_WANTED), "uses TLS, although the URL", "Use https://"),
    "a bad gateway": (always(answer(b"", status="502 Bad")), "status 502", "behind the proxy"),
    "a late gateway": (always(answer(b"", status="504 Bad")), "status 504", "proxy_read_timeout"),
    "no route": (always(answer(b"no route", status="404 No")), "page instead of JSON: no", "proxy"),
    "a wrong path": (
        always(answer(b'{"detail": "Not Found"}', status="404 No")),
        "no readiness route",
        "rewrite-target",
    ),
    "a login": (always(answer(b"<title>Sign in</title>")), "of JSON: Sign in", "in a browser"),
}


@pytest.mark.parametrize("name", GONE)
def test_an_address_without_the_service_is_one_problem(
    doctor: Doctor, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setattr(endpoint, "PROBE_TIMEOUT", 0.5)
    talk, problem, words = GONE[name]
    with talking(talk) as url:
        told = doctor(url)
    assert "1 problem (" in told.text
    assert problem in told.text
    assert words in told.text


def resets(connection: socket.socket, _number: int) -> None:
    """Resets every connection at once."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def test_a_connection_that_is_reset_is_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    wrap = ssl.SSLContext.wrap_socket

    def late(*what: Any, **how: Any) -> ssl.SSLSocket:
        time.sleep(0.05)  # A connection that exists already is reset by now.
        return wrap(*what, **how)

    monkeypatch.setattr(ssl.SSLContext, "wrap_socket", late)
    with warnings.catch_warnings(record=True) as unclosed, talking(resets) as url:
        warnings.simplefilter("always", ResourceWarning)
        for _ in range(10):
            assert not endpoint.speaks_tls(url)
    assert unclosed == []


def test_http_and_https_are_told_apart(
    doctor: Doctor, secured: tuple[str, Path], plain_url: str
) -> None:
    https, _ = secured
    http = https.replace("https:", "http:")
    plain = doctor(http).text
    assert f"{http} uses TLS, although" in plain
    assert f"Use {https}." in plain
    assert "with --ca-file FILE" in doctor(https).text
    assert f"Use {plain_url}." in doctor(plain_url.replace("http:", "https:")).text


def vectorized(rows: Callable[[str, int], object], limit: int = 10**9, wait: float = 0.0) -> Talk:
    """A server whose vectors are `rows(item, number of the request)`, with a limit in bytes for
    bodies."""
    counter = count()

    def vectorize(request: bytes) -> bytes:
        number = next(counter)
        time.sleep(0.0 if number else wait)
        if len(request) > limit:
            return answer(b"<title>Too large</title>", status="413 No")
        made = [[rows(item, number) for item in items] for items in items_in(request)]
        return vectors(textVectors=made[0], imageVectors=made[1])

    return encoding(vectorize)


def good(item: str, _number: int) -> list[float]:
    return [math.cos(len(item)), math.sin(len(item))]


def trailing_comma(request: bytes) -> bytes:
    """A response whose JSON error is at a later position for an image than for a text."""
    return answer(b'{"textVectors": [[1.0]]' + b" " * (len(request) // 9) + b",}")


NUMBERS = {
    "zeros": (vectorized(lambda _item, _number: [0.0, 0.0]), "all numbers of the vector are 0"),
    "null": (vectorized(lambda _item, _number: [None, None]), "the vector contains null"),
    "NaN": (vectorized(lambda _item, _number: [float("nan")]), "contains NaN or Infinity"),
    "a comma too many": (encoding(trailing_comma), "one text and one image: Weaviate cannot read"),
    "the same": (vectorized(lambda _item, _number: [1.0, 2.0]), "a different item has the same"),
    "by chance": (
        vectorized(lambda _item, number: [1.0, float(number**2)]),
        "different vectors when sent twice",
    ),
    "a limit": (vectorized(good, 10**6), "an image of 2.4 MB: status 413: Too large"),
    "a slow start": (vectorized(good, wait=0.5), "one text: the first request took 0.5 s"),
}


@pytest.mark.parametrize("name", NUMBERS)
def test_vectors_that_say_nothing_and_items_that_fail_are_one_problem(
    doctor: Doctor, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setattr(items, "SLOW_FIRST", 0.4)
    talk, problem = NUMBERS[name]
    with talking(talk) as url:
        told = doctor(url)
    assert problem in told.text
    assert "1 problem (" in told.text


def one_at_a_time() -> Talk:
    """A server that rejects texts while it encodes another."""
    lock = threading.Lock()

    def vectorize(_request: bytes) -> bytes:
        if not lock.acquire(blocking=False):
            return answer(b'{"error": "Already borrowed"}', status="500 No")
        time.sleep(0.1)
        lock.release()
        return vectors(textVectors=[[1.0]], imageVectors=[[1.0]])

    return encoding(vectorize)


def test_what_fails_under_parallel_requests_is_named(doctor: Doctor) -> None:
    with talking(one_at_a_time()) as url:
        text = doctor(url).text
    assert "8 parallel requests for one text" in text
    assert "although one alone is served: status 500: Already borrowed" in text


def test_a_slow_service_is_named(doctor: Doctor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(items, "SLOW", 0.2)
    monkeypatch.setattr(items, "SEVERAL", 100)
    with talking(slow(0.0, 0.3)) as url:
        text = doctor(url).text
    assert "one text and one image took" in text
    assert "If the service encodes one item at a time" in text


def test_an_unknown_host_is_named(doctor: Doctor) -> None:
    told = doctor("http://no-such-host.invalid:8080")
    assert "no-such-host.invalid cannot be found" in told.text
    assert "dial tcp: lookup no-such-host.invalid: no such host" in told.text


def test_a_gpu_that_is_not_used_is_told(
    doctor: Doctor, plain_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ENABLE_CUDA", "1")
    assert "a GPU was requested but is not used: /meta says cpu" in doctor(plain_url).text
    monkeypatch.setenv("ENABLE_CUDA", "yes")
    assert "ENABLE_CUDA is 'yes', which does not enable the GPU" in doctor(plain_url).text


@pytest.mark.parametrize(("gflops", "told"), [(1e-9, True), (1e9, False)])
def test_time_tells_a_gpu_where_meta_does_not(
    doctor: Doctor, monkeypatch: pytest.MonkeyPatch, gflops: float, told: bool
) -> None:
    """The speed of the CPU is simulated."""
    monkeypatch.setenv("ENABLE_CUDA", "true")
    monkeypatch.setattr(device, "cpu_gflops", lambda: 1 / gflops)
    row = [1.0] * 512
    good = vectors(textVectors=[row], imageVectors=[row])
    with talking(encoding(good)) as url:
        text = doctor(url, "--model", TAG).text
    assert ("a GPU was requested but is not used" in text) == told
    assert "this machine's CPU, under its current load, would take at least" in text


def test_a_stand_in_is_not_compared_with_the_model_in_the_table(doctor: Doctor) -> None:
    row = [1.0] * 512
    good = vectors(textVectors=[row], imageVectors=[row])
    meta = answer(b'{"weights": "stand-in"}')
    with talking(routes({**OK, "/meta": meta, "/vectorize": good})) as url:
        text = doctor(url, "--model", TAG).text
    assert "image in a batch" in text
    assert "would take at least" not in text


def test_the_cpus_speed_is_a_number() -> None:
    assert device.cpu_gflops() > 0


def test_a_hostile_endpoint_cannot_command_the_terminal(doctor: Doctor) -> None:
    error = json.dumps({"error": "\x1b[31m" + "a" * 100_000}).encode()
    with talking(encoding(answer(error, status="500 No"))) as url:
        text = doctor(url).text
    assert "\x1b" not in text
    assert len(text) < 10_000


def test_what_the_suite_has_been_told_is_known_here_too(
    doctor: Doctor, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "pyproject.toml").write_text("[tool.clip-conformance]\nmodel = 'no-such'\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CLIP_CONFORMANCE_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("CLIP_CONFORMANCE_MODEL", TAG)
    assert "nothing is listening at http://127.0.0.1:9" in doctor().text


WRONG = {
    "nothing": ([], "no endpoint: specify its URL"),
    "no scheme": (["localhost:8080"], "did you mean http://localhost:8080?"),
    "a route": (["http://h/meta"], "the URL ends in /meta"),
    "a collection alone": (
        ["http://h", "--collection", "X"],
        "--collection requires --weaviate URL",
    ),
    "a model": (["http://h", "--model", "openai-clip"], "did you mean openai-clip-vit-base"),
    "a Weaviate": (["http://h", "--weaviate", "ftp://h"], "is not a Weaviate address"),
    "a file": (["http://h", "--model", "x", "--models", "/no/file"], "No such file"),
}


@pytest.mark.parametrize("name", WRONG)
def test_wrong_usage_is_one_line(name: str, doctor: Doctor) -> None:
    words, said = WRONG[name]
    told = doctor(*words)
    assert told.status == 4
    assert (said in told.err, told.err.count("\n")) == (True, 1)
