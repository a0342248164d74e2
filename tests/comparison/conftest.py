"""Fixtures for the comparison tests: endpoints by name, and a recording of one."""

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import numpy as np
import pytest

from conformance.command import cli
from tests.endpoints import registry
from tests.endpoints.encoder import Matrix
from tests.endpoints.endpoint import Endpoint
from tests.endpoints.server import serve
from tests.endpoints.wire import Answer, Request
from tests.suite.conftest import Command, command

__all__ = ["Command", "command"]


class RefusesLongTexts(Endpoint):
    """Rejects long texts, like the vendor's image of openai-clip-vit-base-patch16."""

    def answer(self, request: Request) -> Answer:
        if any(len(text) > 400 for text in json.loads(request.body or b"{}").get("texts", [])):
            return Answer(500, b'{"error": "Sequence length\\u001b[31m must be less"}')
        return super().answer(request)


class RefusesImages(Endpoint):
    """Nests image vectors one level too deep, like version 1.4.0 of the vendor's image of a SigLIP
    model."""

    def answer(self, request: Request) -> Answer:
        if request.path.endswith("vectorize") and json.loads(request.body).get("images"):
            return Answer(200, b'{"textVectors": [], "imageVectors": [[[1.0]]]}')
        return super().answer(request)


class RefusesAll(Endpoint):
    """Answers every request for vectors with an error."""

    def answer(self, request: Request) -> Answer:
        if request.path.endswith("vectorize"):
            return Answer(500, b'{"error": "no"}')
        return super().answer(request)


class OtherSize(Endpoint):
    """Reports the image size of a different model, and no name."""

    def meta(self, _request: Request) -> Answer:
        return Answer(200, b'{"image_size": 512}')


class Upgraded(Endpoint):
    """The same endpoint after an upgrade to a different model."""

    def text_vector(self, text: str) -> Matrix:
        return np.roll(super().text_vector(text), 1)

    def image_vector(self, image: bytes) -> Matrix:
        return np.roll(super().image_vector(image), 1)


MADE = {
    "upgraded": Upgraded,
    "long": RefusesLongTexts,
    "images": RefusesImages,
    "all": RefusesAll,
    "size": OtherSize,
}
Urls = Callable[[str], str]


@pytest.fixture(scope="package")
def url() -> Iterator[Urls]:
    """The URL of an endpoint by its name, above or in the registry."""
    found: dict[str, str] = {}
    with ExitStack() as stack:

        def of(name: str) -> str:
            if name not in found:
                made = registry.find("plain" if name in MADE else name).build()
                made = MADE[name](made.encoder) if name in MADE else made
                found[name] = stack.enter_context(serve(made))
            return found[name]

        yield of


@pytest.fixture(scope="package")
def recorded(url: Urls, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A recording of the endpoint `plain`, made by the command."""
    path = tmp_path_factory.mktemp("recorded") / "before.json"
    assert (
        cli.main(["record", url("plain"), "-o", str(path), "--model", registry.MULTILINGUAL]) == 0
    )
    return path
