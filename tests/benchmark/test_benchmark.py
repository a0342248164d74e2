"""The benchmark, on servers whose speed is known."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from conformance.benchmark.__main__ import main
from conformance.benchmark.cells import Cell, Figures, measure
from conformance.benchmark.load import Kind, Sample, bodies, percentile


@contextmanager
def serving(seconds: float, bad: bool = False) -> Iterator[str]:
    """An endpoint that takes so long for a request; a bad one leaves a vector out."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            self.answer({})

        def do_POST(self) -> None:
            asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
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
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *arguments: object) -> None:
            """Nothing to tell."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


Serve = Callable[..., str]


@pytest.fixture
def serve() -> Iterator[Serve]:
    with ExitStack() as stack:
        yield lambda *given, **named: stack.enter_context(serving(*given, **named))


def test_two_endpoints_side_by_side(serve: Serve, tmp_path: Path, capsys: Any) -> None:
    urls = serve(0.02), serve(0.2)
    options = ["--kinds", "text,both", "--callers", "1,2", "--seconds", "1.5"]
    assert main([urls[0], "--beside", urls[1], *options, "--report", str(tmp_path)]) == 0
    cells = json.loads((tmp_path / "benchmark.json").read_text())["cells"]
    assert [(cell["kind"], cell["callers"]) for cell in cells] == [
        ("text", 1), ("text", 2), ("both", 1), ("both", 2),
    ]  # fmt: skip
    for cell in cells:
        assert cell["ratio"] > 2
        assert [figures["failures"] for figures in cell["figures"]] == [0, 0]
        assert cell["figures"][0]["median"] >= 0.02
        assert cell["figures"][1]["p99"] >= 0.2
    ElementTree.parse(tmp_path / "benchmark.svg")
    assert "ratio" in capsys.readouterr().out


def test_missing_vectors_are_failures(serve: Serve, capsys: Any) -> None:
    assert main([serve(0, bad=True), "--kinds", "image", "--callers", "1", "--seconds", "0.3"]) == 1
    assert "0.0" in capsys.readouterr().out


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

    def drive(url: str, _kind: Kind, _callers: int, seconds: float) -> list[Sample]:
        calls.append(url)
        return [Sample(seconds, answered=url == "a")]

    cell = measure(["a", "b"], "text", 1, 3, drive)
    assert calls == ["a", "b"] + ["a", "b"] * 3
    assert (cell.figures[0].median, cell.figures[1].median) == (1, None)
    assert [figures.failures for figures in cell.figures] == [0, 3]
    assert cell.ratio is None


def test_the_ratio_is_the_first_to_the_second() -> None:
    figures = [Figures(url, rate, 1, 1, 9, 0) for url, rate in (("a", 30.0), ("b", 20.0))]
    assert Cell("text", 1, tuple(figures)).ratio == 1.5
    assert Cell("text", 1, tuple(figures[:1])).ratio is None


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
