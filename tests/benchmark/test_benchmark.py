"""The benchmark, on servers whose speed is known."""

import argparse
import gzip
import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from conformance.benchmark.__main__ import main, run
from conformance.benchmark.cells import Cell, Figures, measure
from conformance.benchmark.connection import Connection
from conformance.benchmark.load import Kind, Sample, bodies, percentile


@dataclass
class Served:
    """An endpoint, and what it was sent."""

    url: str
    bodies: list[bytes] = field(default_factory=list)


@contextmanager
def serving(seconds: float = 0, bad: bool = False, packed: bool = False) -> Iterator[Served]:
    """An endpoint that takes so long for a request; a bad one leaves a vector out."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            self.answer({})

        def do_POST(self) -> None:
            served.bodies.append(self.rfile.read(int(self.headers["Content-Length"])))
            asked = json.loads(served.bodies[-1])
            time.sleep(seconds)
            rows = {"textVectors": "texts", "imageVectors": "images"}
            vectors: dict[str, Any] = {
                name: [] if bad else [[1.0] for _ in asked.get(field, [])]
                for name, field in rows.items()
            }
            self.answer(vectors)

        def answer(self, document: dict[str, Any]) -> None:
            body = json.dumps(document).encode()
            self.send_response(200)
            if packed:
                body = gzip.compress(body)
                self.send_header("Content-Encoding", "gzip")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *arguments: object) -> None:
            """Nothing to tell."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    served = Served(f"http://127.0.0.1:{server.server_port}")
    try:
        yield served
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


Serve = Callable[..., Served]


@pytest.fixture
def serve() -> Iterator[Serve]:
    with ExitStack() as stack:
        yield lambda *given, **named: stack.enter_context(serving(*given, **named))


def test_several_endpoints_side_by_side(serve: Serve, tmp_path: Path, capsys: Any) -> None:
    servers = serve(0.02), serve(0.1), serve()
    beside = [word for one in servers[1:] for word in ("--beside", one.url)]
    options = ["--kinds", "text,both", "--callers", "1,2", "--seconds", "0.9"]
    assert main([servers[0].url, *beside, *options, "--report", str(tmp_path)]) == 0
    report = json.loads((tmp_path / "benchmark.json").read_text())
    assert [(cell["kind"], cell["callers"]) for cell in report["cells"]] == [
        ("text", 1), ("text", 2), ("both", 1), ("both", 2),
    ]  # fmt: skip
    for cell in report["cells"]:
        first, second, third = cell["figures"]
        assert [figures["name"] for figures in cell["figures"]] == [one.url for one in servers]
        assert [figures["failures"] for figures in cell["figures"]] == [0, 0, 0]
        assert first["median"] >= 0.02
        assert second["p99"] >= 0.1
        rates = [figures["requests_per_second"] for figures in (first, second, third)]
        assert [figures["ratio"] for figures in cell["figures"]] == [
            None, rates[0] / rates[1], rates[0] / rates[2],
        ]  # fmt: skip
    for place, one in enumerate(servers):
        warming = len(report["cells"])
        counted = sum(cell["figures"][place]["requests"] for cell in report["cells"])
        assert len(one.bodies) >= counted + warming
    assert report["machine"]["cores"] >= 1
    ElementTree.parse(tmp_path / "benchmark.svg")
    table = (tmp_path / "benchmark.md").read_text().splitlines()
    assert sum(line.startswith("| text | 1 | http") for line in table) == 3
    assert "ratio" in capsys.readouterr().out


def test_an_endpoint_beside_itself(serve: Serve, capsys: Any) -> None:
    url = serve().url
    cells = ["--kinds", "text", "--callers", "1", "--seconds", "0.3"]
    assert main([url, "--beside", url, *cells]) == 0
    assert "(2)" in capsys.readouterr().out


def test_packed_answers_are_read(serve: Serve) -> None:
    cells = ["--kinds", "both", "--callers", "2", "--seconds", "0.3"]
    assert main([serve(packed=True).url, *cells]) == 0


def test_a_connection_closed_while_idle_is_no_failure() -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as listener:
        answer = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"

        def serve_each_once() -> None:
            for _ in range(2):
                accepted, _ = listener.accept()
                accepted.recv(65536)
                accepted.sendall(answer)
                accepted.close()

        thread = threading.Thread(target=serve_each_once)
        thread.start()
        connection = Connection(f"http://127.0.0.1:{listener.getsockname()[1]}")
        assert [connection.post("/vectorize", b"{}") for _ in range(2)] == [(200, b"{}")] * 2
        connection.close()
        thread.join()


def test_missing_vectors_are_failures(serve: Serve, capsys: Any) -> None:
    assert (
        main([serve(bad=True).url, "--kinds", "image", "--callers", "1", "--seconds", "0.3"]) == 1
    )
    assert "0.00" in capsys.readouterr().out


def test_an_endpoint_that_is_not_there(capsys: Any) -> None:
    assert main(["http://127.0.0.1:9"]) == 4
    assert capsys.readouterr().err.startswith(
        "clip-conformance bench: http://127.0.0.1:9: cannot be reached"
    )


@pytest.mark.parametrize(
    "options",
    [["--kinds", "video"], ["--callers", "0"], ["--callers", "x"], ["--seconds", "nan"]],
)
def test_bad_options_are_refused(options: list[str], capsys: Any) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["http://127.0.0.1:9", *options])
    assert ended.value.code == 2
    assert options[1] in capsys.readouterr().err


def test_endpoints_take_turns() -> None:
    calls: list[str] = []

    def drive(name: str, _kind: Kind, _callers: int, seconds: float) -> list[Sample]:
        calls.append(name)
        return [Sample(seconds, answered=name == "a")]

    cell = measure({name: partial(drive, name) for name in "ab"}, "text", 1, 3)
    assert calls == ["a", "b"] + ["a", "b"] * 3
    assert (cell.figures[0].median, cell.figures[1].median) == (1, None)
    assert [figures.failures for figures in cell.figures] == [0, 3]
    assert cell.ratio(1) is None


def test_a_run_that_is_cut_short_leaves_what_it_measured(tmp_path: Path) -> None:
    def drive(_kind: Kind, callers: int, seconds: float) -> list[Sample]:
        if callers > 1:
            raise KeyboardInterrupt
        return [Sample(seconds, answered=True)]

    asked = argparse.Namespace(kinds=["text"], callers=[1, 2], seconds=0.3)
    with pytest.raises(KeyboardInterrupt):
        run({"a": drive}, asked, tmp_path)
    report = json.loads((tmp_path / "benchmark.json").read_text())
    assert [cell["callers"] for cell in report["cells"]] == [1]


def test_the_ratio_is_the_first_to_another() -> None:
    rates = {"a": 30.0, "b": 20.0, "c": 60.0}
    figures = tuple(Figures(name, rate, 1, 1, 9, 0) for name, rate in rates.items())
    cell = Cell("text", 1, figures, load=0.5)
    assert [cell.ratio(place) for place in range(3)] == [None, 1.5, 0.5]


@pytest.mark.parametrize(("part", "expected"), [(0.5, 50), (0.99, 99), (1, 100), (0.001, 1)])
def test_percentiles_are_by_nearest_rank(part: float, expected: float) -> None:
    assert percentile(range(100, 0, -1), part) == expected


@pytest.mark.parametrize(("kind", "fields"), [("text", ["texts"]), ("both", ["texts", "images"])])
def test_a_request_is_one_object(kind: Kind, fields: list[str]) -> None:
    assert len(set(bodies(kind))) >= 32
    for body in bodies(kind):
        document = json.loads(body)
        assert list(document) == fields
        assert [len(items) for items in document.values()] == [1] * len(fields)
