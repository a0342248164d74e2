"""A fixture for the doctor's tests, which runs the command."""

from functools import partial

import pytest

from tests.suite.conftest import Command, command, plain_url

__all__ = ["command", "plain_url"]
Doctor = Command


@pytest.fixture
def doctor(command: Command, monkeypatch: pytest.MonkeyPatch) -> Doctor:
    """Call it with the arguments after `clip-conformance doctor`; no Weaviate variables are set."""
    for name in ("CLIP_INFERENCE_API", "ENABLE_CUDA", "MODULES_VALIDATE_BASE_URL"):
        monkeypatch.delenv(name, raising=False)
    return partial(command, "doctor")
