"""The bench command, run against servers of known speed."""

import gzip
import json
import socket
import threading
import time
from collections.abc import Sequence
from contextlib import ExitStack, closing
from functools import partial
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from conformance.command import cli
from conformance.speed.bench_command import Plan, run
from conformance.speed.load import Connection, Kind, Sample, bodies
from conformance.speed.measurement import Cell, Figures, measure
from tests.suite.sockets import Talk, answer, answering, talking

SHORT = ["--kinds", "text", "--callers", "1", "--seconds", "0.3"]


def serving(seconds: float = 0, bad: bool = False, packed: bool = False) -> Talk:
    """An endpoint that takes `seconds` per request; a bad one returns no vectors."""

    def reply(request: bytes) -> bytes:
        head, _, body = request.partition(b"\r\n\r\n")
        asked = json.loads(body or b"{}")
        time.sleep(seconds * bool(asked))
        rows = {"textVectors": "texts", "imageVectors": "images"}
        vectors: dict[str, Any] = {
            name: [[1.0]] * (0 if bad else len(asked.get(field, [])))
            for name, field in rows.items()
        }
        written = json.dumps(vectors).encode()
        coding = ("Content-Encoding: gzip",) if packed and b"POST" in head else ()
        return answer(gzip.compress(written) if coding else written, *coding)

    return answering(reply)


def bench(*words: str) -> int:
    return cli.main(["bench", *words])


def test_several_endpoints_side_by_side(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with ExitStack() as stack:
        urls = [stack.enter_context(talking(serving(seconds))) for seconds in (0.02, 0.1, 0)]
        beside = [word for url in urls[1:] for word in ("--beside", url)]
        options = ["--kinds", "text,both", "--callers", "1,2", "--seconds", "0.2"]
        assert bench(urls[0], *beside, *options, "--report", str(tmp_path)) == 0
    report = json.loads((tmp_path / "benchmark.json").read_text())
    cells = [(cell["kind"], cell["callers"]) for cell in report["cells"]]
    assert cells == [("text", 1), ("text", 2), ("both", 1), ("both", 2)]
    for cell in report["cells"]:
        first, second, third = cell["figures"]
        assert [figures["name"] for figures in cell["figures"]] == urls
        assert [figures["failures"] for figures in cell["figures"]] == [0, 0, 0]
        assert first["median"] >= 0.02
        assert second["p99"] >= 0.1
        rates = [figures["requests_per_second"] for figures in (first, second, third)]
        ratios = [None, rates[0] / rates[1], rates[0] / rates[2]]
        assert [figures["ratio"] for figures in cell["figures"]] == ratios
    assert report["machine"]["cores"] >= 1
    ElementTree.parse(tmp_path / "benchmark.svg")
    table = (tmp_path / "benchmark.md").read_text().splitlines()
    assert sum(line.startswith("| text | 1 | http") for line in table) == 3
    assert "ratio" in capsys.readouterr().out


def test_an_endpoint_beside_itself_and_packed_answers(capsys: pytest.CaptureFixture[str]) -> None:
    with talking(serving(packed=True)) as url:
        assert bench(url, "--beside", url, *SHORT) == 0
    assert "(2)" in capsys.readouterr().out


def test_missing_vectors_are_failures() -> None:
    with talking(serving(bad=True)) as url:
        assert bench(url, *SHORT) == 1


def test_a_connection_closed_while_idle_is_no_failure() -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as listener:

        def serve_each_once() -> None:
            for _ in range(2):
                accepted, _ = listener.accept()
                accepted.recv(65536)
                accepted.sendall(answer(b"{}"))
                accepted.close()

        thread = threading.Thread(target=serve_each_once)
        thread.start()
        connection = Connection(f"http://127.0.0.1:{listener.getsockname()[1]}")
        assert [connection.post("/vectorize", b"{}") for _ in range(2)] == [(200, b"{}")] * 2
        connection.close()
        thread.join()


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--wait", "0"], "nothing is listening at http://127.0.0.1:9"),
        (["--kinds", "video"], "video: expected one or more of text, image, both"),
        (["--callers", "0"], "0: must be numbers from 1 to 1024"),
        (["--callers", "x"], "x: must be numbers"),
        (["--seconds", "nan"], "'nan' is not a number of seconds"),
        (["--beside", "localhost:8080"], "did you mean http://localhost:8080?"),
    ],
)
def test_what_cannot_be_measured_is_one_line(
    options: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert bench("http://127.0.0.1:9", "--wait", "0", *options) == 4
    told = capsys.readouterr().err
    assert told.startswith("ERROR: ")
    assert said in told
    assert told.count("\n") == 1


def test_endpoints_alternate() -> None:
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

    with pytest.raises(KeyboardInterrupt):
        run({"a": drive}, Plan(["text"], [1, 2], 0.3), tmp_path)
    report = json.loads((tmp_path / "benchmark.json").read_text())
    assert [cell["callers"] for cell in report["cells"]] == [1]


def test_the_ratio_is_the_first_to_another() -> None:
    rates = {"a": 30.0, "b": 20.0, "c": 60.0}
    figures = tuple(Figures(name, rate, 1, 1, 9, 0) for name, rate in rates.items())
    cell = Cell("text", 1, figures, load=0.5)
    assert [cell.ratio(place) for place in range(3)] == [None, 1.5, 0.5]


@pytest.mark.parametrize(("kind", "fields"), [("text", ["texts"]), ("both", ["texts", "images"])])
def test_a_request_is_one_object(kind: Kind, fields: Sequence[str]) -> None:
    assert len(set(bodies(kind))) >= 32
    for body in bodies(kind):
        document = json.loads(body)
        assert list(document) == fields
        assert [len(items) for items in document.values()] == [1] * len(fields)
