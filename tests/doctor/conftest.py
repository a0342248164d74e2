"""Fixtures for the doctor's tests, which run the command and return its problems and output."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from conformance.command import cli
from tests.suite.conftest import plain_url

__all__ = ["plain_url"]


@dataclass(frozen=True)
class Told:
    """The command's output, on one line, and its exit status."""

    status: int
    text: str


Doctor = Callable[..., Told]


@pytest.fixture
def doctor(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Doctor:
    """Call it with the arguments after `clip-conformance doctor`; no Weaviate variables are set."""
    for name in ("CLIP_INFERENCE_API", "ENABLE_CUDA", "MODULES_VALIDATE_BASE_URL"):
        monkeypatch.delenv(name, raising=False)

    def call(*words: str) -> Told:
        status = cli.main(["doctor", *words])
        return Told(status, " ".join(capsys.readouterr().out.split()))

    return call
