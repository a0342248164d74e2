"""Capture a real Weaviate server's requests for `fixtures/wire`, which `replay` reads.

`python -m lab.capture_requests DIR [VERSION]`. The endpoint's responses do not matter, so a minimal
endpoint is used. Weaviate 1.30.5 and 1.39.0 send the same bytes. Except for the Host header, the
requests are kept byte for byte. An index lists the number of items in each request.
"""

import sys
from base64 import b64encode
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from importlib.metadata import version
from pathlib import Path
from typing import Any

from weaviate.classes.config import Configure, DataType, Property
from weaviate.classes.query import Move
from weaviate.exceptions import WeaviateBaseError

from conformance.corpus import drawings
from conformance.corpus.image_files import save
from conformance.data.clauses import DEFAULT_VERSION
from conformance.weaviate import documented_collection
from conformance.weaviate.deployment import Deployment, open_deployment
from conformance.weaviate.documented_collection import VECTOR, Item
from conformance.weaviate.recording_proxy import Passed
from conformance.weaviate.second_endpoint import DIMENSION, SecondEndpoint
from conformance.weaviate.server_selection import ServerSelection

SIZE = 48
"""Pixels per side; small, since the repository contains each image several times."""
HOST = "multi2vec-clip:8080"
ODD_TEXT = 'a <b>"red" circle</b> & \u2028 赤い円 \U0001f534 \\ \t\x00'


@dataclass(frozen=True)
class Operation:
    """An operation on a deployment, and the name and description of the requests that it causes."""

    name: str
    words: str
    act: Callable[[Deployment], Any]


@dataclass(frozen=True)
class Captured:
    """The requests that Weaviate sent for one operation."""

    name: str
    words: str
    """A description of the operation."""
    sent: Sequence[Passed]


def item(number: int) -> Item:
    """A small drawing with its caption."""
    what = drawings.combinations()[number]
    image = save(drawings.draw(what, drawings.HELD_OUT_SEEDS[number], SIZE), "PNG")
    return Item(drawings.captions(what, "en", "held_out")[0], image)


def insert(deployment: Deployment, **properties: Any) -> None:
    """Insert one object into the documentation page's collection."""
    documented_collection.create(deployment, "Record").data.insert(properties)


def insert_broken(deployment: Deployment) -> None:
    """Insert an object with an invalid image."""
    with suppress(WeaviateBaseError):
        insert(deployment, poster=b64encode(b"no image at all").decode())


def insert_lists(deployment: Deployment) -> None:
    """Insert an object with two text properties, one of which is a list."""
    texts = [("tags", DataType.TEXT_ARRAY), ("title", DataType.TEXT)]
    fields = Configure.Vectors.multi2vec_clip(name=VECTOR, text_fields=["title", "tags"])
    objects = deployment.collections.create(
        "Record",
        properties=[Property(name=name, data_type=kind) for name, kind in texts],
        vector_config=[fields],
    )
    objects.data.insert({"title": item(0).title, "tags": ["red", "round"]})


def insert_slash(deployment: Deployment) -> None:
    """Insert an object into a collection whose inferenceUrl ends in a slash."""
    objects = documented_collection.create(
        deployment, "Record", inference_url=f"{deployment.endpoint_url}/"
    )
    objects.data.insert({"title": item(0).title})


def update(deployment: Deployment) -> None:
    """Change the poster of an object that was imported with its own vector."""
    objects = documented_collection.create(deployment, "Record")
    given = {VECTOR: [0.5] * DIMENSION}
    uuid = objects.data.insert({"title": item(3).title}, vector=given)
    objects.data.update(uuid, {"poster": item(3).poster})


def search(deployment: Deployment) -> Any:
    """The query methods of a collection with one object."""
    objects = documented_collection.create(deployment, "Record")
    objects.data.insert({"title": "found"}, vector={VECTOR: [0.5] * DIMENSION})
    return objects.query


OPERATIONS = (
    Operation("meta", "GET /v1/meta", lambda deployment: deployment.client.get_meta()),
    Operation(
        "import",
        "an object with a title and a poster",
        lambda d: documented_collection.import_batch(
            d, documented_collection.create(d, "Record"), [item(0)]
        ),
    ),
    Operation(
        "import-text", "an object with a title only", lambda d: insert(d, title=item(1).title)
    ),
    Operation(
        "import-image", "an object with a poster only", lambda d: insert(d, poster=item(2).poster)
    ),
    Operation(
        "import-odd-text",
        "a title with everything that JSON escapes",
        lambda d: insert(d, title=ODD_TEXT, poster=item(1).poster),
    ),
    Operation(
        "import-long-text",
        "a title of 2,000 words",
        lambda d: insert(d, title="a red circle and " * 500),
    ),
    Operation("import-empty-text", "an empty title", lambda d: insert(d, title="")),
    Operation("import-lists", "a text[] beside a text", insert_lists),
    Operation("import-broken-image", "a poster that is not an image", insert_broken),
    Operation("import-trailing-slash", "inferenceUrl with a trailing slash", insert_slash),
    Operation("update", "a new poster", update),
    Operation("near-text", "one concept", lambda d: search(d).near_text(item(4).title)),
    Operation(
        "near-text-concepts",
        "two concepts",
        lambda d: search(d).near_text(["a red circle", "a blue square"]),
    ),
    Operation(
        "near-text-moved",
        "move_to and move_away",
        lambda d: search(d).near_text(
            "a circle",
            move_to=Move(force=0.8, concepts=["a blue circle"]),
            move_away=Move(force=0.6, concepts=["a red circle"]),
        ),
    ),
    Operation("near-image", "an image in base64", lambda d: search(d).near_image(item(5).poster)),
    Operation("hybrid", "alpha 0.5", lambda d: search(d).hybrid("a green star", alpha=0.5)),
)


def record(deployment: Deployment, folder: Path) -> None:
    """Perform every operation, and write the requests that Weaviate sent."""
    assert deployment.proxy is not None
    passed = deployment.proxy.passed
    ready = [each for each in passed if each.path.endswith("ready")][-1:]
    captured = [Captured("ready", "the start of the server", ready)]
    for operation in OPERATIONS:
        start = len(passed)
        operation.act(deployment)
        captured.append(Captured(operation.name, operation.words, passed[start:]))
        print(f"{operation.name}: {len(passed) - start}")
    write(folder, captured, made_by=f"python -m {__spec__.name}", server=deployment.version)


def write(folder: Path, operations: Sequence[Captured], made_by: str, server: str) -> None:
    """Write one file per request, and `index.toml`; `server` is Weaviate's version."""
    index = [
        f"# Requests of a real Weaviate server; made by {made_by}.",
        f'server = "{server}"',
        f'client = "weaviate-client {version("weaviate-client")}"',
    ]
    for operation in operations:
        index += _write_requests(folder, operation)
    (folder / "index.toml").write_text("\n".join(index) + "\n", encoding="utf-8")


def _write_requests(folder: Path, operation: Captured) -> list[str]:
    """Write the requests of one operation; returns the lines of the index for them."""
    lines: list[str] = []
    for number, passed in enumerate(operation.sent, 1):
        name = operation.name if len(operation.sent) == 1 else f"{operation.name}-{number}"
        (folder / f"{name}.http").write_bytes(_with_neutral_host(passed))
        asked = passed.asked() if passed.vectorizes else {}
        counts = [f"{kind} = {len(items)}" for kind, items in asked.items()]
        heading = ["", "[[request]]", f'name = "{name}"', f'operation = "{operation.words}"']
        lines += [*heading, *counts]
    return lines


def _with_neutral_host(passed: Passed) -> bytes:
    headers = tuple((n, HOST if n == "Host" else value) for n, value in passed.request.headers)
    return replace(passed.request, headers=headers).rendered()


def main() -> None:
    """Capture into the directory that the first argument names, with the Weaviate version in the
    second."""
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("*.http"):
        old.unlink()
    selection = ServerSelection("embedded", (*sys.argv, DEFAULT_VERSION)[2])
    with (
        SecondEndpoint().running() as endpoint,
        open_deployment(selection, endpoint.url) as deployment,
    ):
        record(deployment, folder)


if __name__ == "__main__":
    main()
