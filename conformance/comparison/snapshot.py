"""Vectors of the comparison's inputs: asked of an endpoint, written to a file, read from one."""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import TypeVar

import numpy as np

from conformance.comparison.inputs import Inputs
from conformance.data.tolerances import Array
from conformance.expect import vectors
from conformance.transport.client import Client
from conformance.transport.endpoint import Endpoint
from conformance.transport.exchange import without_password

FORMAT = 1
Item = TypeVar("Item")
Progress = Callable[[str], None]


class BadSnapshot(ValueError):
    """Not a file that `write` wrote; the message is one line."""


@dataclass(frozen=True)
class Snapshot:
    """Vectors (d,) by the name of their input."""

    source: str
    texts: Mapping[str, Array]
    images: Mapping[str, Array]


def ask(endpoint: Endpoint, wanted: Inputs, progress: Progress = lambda _name: None) -> Snapshot:
    """Each item alone, for that is what its vector must not depend on."""

    def each(items: Mapping[str, Item], vector: Callable[[Item], Array]) -> dict[str, Array]:
        found = {}
        for name, item in items.items():
            progress(name)
            found[name] = vector(item)
        return found

    return Snapshot(
        without_password(endpoint.client.url),
        each(wanted.texts, lambda text: vectors(endpoint.vectorize([text]), 1, 0).texts.vectors[0]),
        each(
            wanted.images,
            lambda image: vectors(endpoint.vectorize(images=[image]), 0, 1).images.vectors[0],
        ),
    )


@contextmanager
def opened(url: str, timeout: float) -> Iterator[Endpoint]:
    """The endpoint at `url`, its connections closed at the end."""
    client = Client(url.removesuffix("/"), timeout)
    try:
        yield Endpoint(client)
    finally:
        client.close()


def write(recording: Snapshot, path: Path, model: str) -> None:
    """Write a recording as JSON; numbers keep all of float32."""
    document = {
        "format": FORMAT,
        "suite": version("multi2vec-clip-conformance"),
        "source": recording.source,
        "model": model,
        "texts": {name: _numbers(vector) for name, vector in recording.texts.items()},
        "images": {name: _numbers(vector) for name, vector in recording.images.items()},
    }
    path.write_text(json.dumps(document, ensure_ascii=False) + "\n", encoding="utf-8")


def read(path: Path) -> Snapshot:
    """The recording in a file; raises BadSnapshot."""
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
        if document["format"] != FORMAT:
            raise BadSnapshot(f"{path} has format {document['format']}; this suite reads {FORMAT}")
        kinds = [
            {name: np.asarray(row, dtype=np.float32) for name, row in document[kind].items()}
            for kind in ("texts", "images")
        ]
    except OSError as problem:
        raise BadSnapshot(f"no recording at {path}: {problem.strerror}") from problem
    except (ValueError, KeyError, TypeError, AttributeError) as problem:
        if isinstance(problem, BadSnapshot):
            raise
        raise BadSnapshot(f"{path} is no recording of clip-conformance record") from problem
    return Snapshot(str(path), *kinds)


def _numbers(vector: Array) -> list[float]:
    # Nine significant digits are enough to tell any two float32 apart.
    return [float(f"{number:.9g}") for number in vector]
