"""Import objects into a real Weaviate server, alternating between two endpoints.

``python -m lab.benchmarks.weaviate_import [--model ViT-B-32] [--objects 1000]`` starts one embedded
Weaviate server with two collections, one for the reference encoder and one for the plain server.
Objects are imported into the two collections alternately, a hundred at a time.
"""

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack, closing
from itertools import cycle, islice
from pathlib import Path

from conformance.speed.load import bodies
from conformance.weaviate import embedded_server
from conformance.weaviate.deployment import Objects, TemporaryCollections
from lab.benchmarks import full_size, rivals
from reference.encoders import Placement

BATCH = 100


def main(arguments: Sequence[str]) -> int:
    """Import, and print the rates. Returns 0, or 1 if objects were rejected."""
    asked = _parser().parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="benchmark-") as scratch, ExitStack() as stack:
        folder = (asked.checkpoints or Path(scratch)) / asked.model
        if not (folder / "models.toml").exists():
            full_size.write(asked.model, folder)
        what = rivals.Measured(asked.model, folder, Path(scratch), Placement())
        urls = {
            rival: stack.enter_context(rivals.SERVERS[rival](what))
            for rival in ("reference", asked.beside)
        }
        server = stack.enter_context(embedded_server.run(urls["reference"]))
        client = stack.enter_context(closing(server.connect()))
        collections = TemporaryCollections(client)
        imported = {name: _collection(collections, url) for name, url in urls.items()}
        return _compare(imported, objects(asked.objects))


def _compare(imported: Mapping[str, Objects], rows: Sequence[dict[str, str]]) -> int:
    seconds, rejected = dict.fromkeys(imported, 0.0), 0
    for start in range(0, len(rows), BATCH):
        for name, collection in imported.items():
            begun = time.perf_counter()
            answer = collection.data.insert_many(rows[start : start + BATCH])
            seconds[name] += time.perf_counter() - begun
            rejected += len(answer.errors)
    rates = {name: len(rows) / taken for name, taken in seconds.items()}
    for name, rate in rates.items():
        print(f"{name}: {len(rows)} objects in {seconds[name]:.1f} s, {rate:.1f}/s")
    first, second = rates.values()
    print(f"ratio {first / second:.2f}; {rejected} of {2 * len(rows)} rejected")
    return int(bool(rejected))


def objects(count: int) -> list[dict[str, str]]:
    """Objects with one text and one image each; no two texts are equal."""
    asked = (json.loads(body) for body in islice(cycle(bodies("both")), count))
    return [
        {"title": f"{one['texts'][0]}, number {number}", "picture": one["images"][0]}
        for number, one in enumerate(asked)
    ]


def _collection(collections: TemporaryCollections, url: str) -> Objects:
    from weaviate.classes.config import Configure, DataType, Property

    return collections.create(
        "Import",
        properties=[
            Property(name="title", data_type=DataType.TEXT),
            Property(name="picture", data_type=DataType.BLOB),
        ],
        vector_config=Configure.Vectors.multi2vec_clip(
            image_fields=["picture"], text_fields=["title"], inference_url=url
        ),
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m lab.benchmarks.weaviate_import")
    parser.add_argument("--model", choices=full_size.ARCHITECTURES, default="ViT-B-32")
    parser.add_argument("--beside", choices=list(rivals.SERVERS)[1:], default="plain")
    parser.add_argument("--objects", type=int, default=1000)
    parser.add_argument("--checkpoints", type=Path, metavar="DIR")
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
