"""Fixtures that need a container engine and an image; without them, tests count as not run."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from conformance.containers import engine
from conformance.containers.container import LABEL
from conformance.containers.engine import CommandFailed, ContainerTrouble
from tests.suite.conftest import program

__all__ = ["program"]

FAKE = f"clip-conformance-tests-fake-encoder-{os.getpid()}"
"""Each process of a parallel run has its own image, and removes only that one."""
BASE = "python:3.11-slim"


@pytest.fixture(scope="session")
def docker() -> str:
    try:
        return engine.check()
    except ContainerTrouble as trouble:
        pytest.skip(f"not run: no Docker engine ({trouble})")


@pytest.fixture(scope="session")
def fake_image(docker: str) -> Iterator[str]:  # noqa: ARG001 - it skips
    """The image built from the directory `image`; it is removed at the end."""
    try:
        engine.fetch(BASE, "missing")
        engine.call("build", "--tag", FAKE, str(Path(__file__).parent / "image"), seconds=300)
    except ContainerTrouble as trouble:
        pytest.skip(f"not run: {trouble}")
    yield FAKE
    engine.call("image", "rm", "--force", FAKE)


@pytest.fixture
def nothing_left(docker: str) -> Iterator[None]:  # noqa: ARG001 - it skips
    """Check afterward that this process has no container, running or not."""
    yield
    label = f"label={LABEL}={os.getpid()}"
    assert engine.call("ps", "--all", "--quiet", "--filter", label) == ""


def need_image(name: str) -> None:
    """Skip the test if the engine does not have the image."""
    try:
        engine.call("image", "inspect", "--format", "{{.Id}}", name)
    except CommandFailed:
        pytest.skip(f"not run: there is no image {name} on this engine")
