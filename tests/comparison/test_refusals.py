"""Items that one side refuses are left out, counted and named; the comparison goes on."""

import json
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from conformance.command import cli
from conformance.comparison import recording
from conformance.comparison.recording import Inputs, NoAnswers
from conformance.transport.exchange import Exchange, Failure, FailureKind
from tests.comparison.test_compare import SAME, compared, status_of
from tests.endpoints.encoder import Encoder
from tests.endpoints.endpoint import Endpoint
from tests.endpoints.server import serve
from tests.endpoints.wire import Answer, Request

LONG = "text of 500 words"
TINY = "size 1x1"


class RefusesLongTexts(Endpoint):
    """As the vendor's image of openai-clip-vit-base-patch16."""

    def answer(self, request: Request) -> Answer:
        if any(len(text) > 400 for text in json.loads(request.body or b"{}").get("texts", [])):
            return Answer(500, b'{"error": "Sequence length\\u001b[31m must be less"}')
        return super().answer(request)


class RefusesAll(Endpoint):
    """Has a word for every request, and no vector."""

    def answer(self, request: Request) -> Answer:
        if request.path.endswith("vectorize"):
            return Answer(500, b'{"error": "no"}')
        return super().answer(request)


@pytest.fixture(scope="module")
def urls() -> Iterator[dict[str, str]]:
    """A plain endpoint and those that refuse."""
    with ExitStack() as stack:
        kinds = {"plain": Endpoint, "long": RefusesLongTexts, "all": RefusesAll}
        yield {name: stack.enter_context(serve(kind(Encoder()))) for name, kind in kinds.items()}


@pytest.mark.parametrize(("here", "there"), [("plain", "long"), ("long", "plain")])
def test_a_refusal_on_either_side_is_named_and_the_rest_compared(
    urls: dict[str, str], tmp_path: Path, here: str, there: str
) -> None:
    report = compared(urls[here], urls[there], tmp_path)
    assert status_of(report) == SAME
    measured = report["measurements"]
    told = measured[f"not compared, as {urls['long']} refused them"]
    assert LONG in told
    assert "Sequence length" in told
    assert "\x1b" not in told
    assert not any(name.startswith(f"beside {urls[there]}: {LONG}") for name in measured)
    assert "queries return the same top 10" in json.dumps(measured)


def test_a_recording_holds_what_was_refused(
    urls: dict[str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "vectors.json"
    assert cli.main(["record", urls["long"], "-o", str(path)]) == 0
    assert f"left out, as refused: {LONG}" in capsys.readouterr().out
    made = recording.read(path)
    assert any(name.startswith(LONG) for name in made.refused)
    assert len(made.texts) >= 60
    report = compared(urls["plain"], str(path), tmp_path)
    assert status_of(report) == SAME
    assert f"not compared, as {path} refused them" in report["measurements"]


def test_nothing_to_record_is_one_line(
    urls: dict[str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["record", urls["all"], "-o", str(tmp_path / "v.json")]) == 4
    said = capsys.readouterr().err.strip()
    assert said.startswith("ERROR: nothing to record: every item was refused, the first with: ")
    assert list(tmp_path.iterdir()) == []


def test_silence_ends_it_early() -> None:
    asked: list[object] = []

    def silent(texts: object, images: object) -> Exchange:
        asked.append((texts, images))
        return Exchange("POST", "http://x", failure=Failure(FailureKind.TIMED_OUT, "late"))

    many = Inputs({str(number): "text" for number in range(50)}, {})
    with pytest.raises(NoAnswers, match="3 items in a row had no response: late"):
        recording.ask("http://x", silent, many)
    assert len(asked) == 3
