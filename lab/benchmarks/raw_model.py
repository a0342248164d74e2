"""Run the bare model without a server, on prepared inputs, batch by batch.

``python -m lab.benchmarks.raw_model DIR`` reads lines of the form ``KIND CALLERS SECONDS`` and
answers each with a line of JSON: the number of objects in each round, and the duration of the round
in seconds. A batch contains one item per caller, or fewer if that takes less time per item. The
texts are the benchmark's, in order, padded to the longest of the batch, as in transformers. With
``--alike``, a batch is one text repeated, without padding, which gives an upper bound that no
server can reach if its callers send texts of different lengths.
"""

import argparse
import json
import sys
import time
from base64 import b64decode
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from io import BytesIO
from itertools import cycle, islice
from pathlib import Path
from typing import Any, Literal

import torch
from PIL import Image

from conformance.speed.load import Kind, bodies
from lab.benchmarks.plain_server import load, placed, text_options
from lab.benchmarks.programs import add_placement
from reference.encoders import Placement
from reference.encoders.shared import pooled

OneKind = Literal["text", "image"]
Call = Callable[[], object]

SIZES: dict[str, dict[OneKind, tuple[int, ...]]] = {
    "cpu": {"text": (1, 2, 4, 8, 16, 32), "image": (1, 2, 4, 8)},
    "cuda": {"text": (1, 2, 4, 8, 16, 32), "image": (1, 2, 4, 8, 16, 32)},
}
"""Batch sizes to try; eight images are plenty for a processor, but not for a GPU."""

RUNS = 3
"""Number of batches of each size that are tried."""

TRYING = 30.0
"""Seconds after which no larger size is tried."""

BATCHES = 24
"""Number of different batches, used in turn."""

IMAGES = 96
"""Total number of images in these batches: preparing an image takes longer than encoding it."""


@dataclass(frozen=True)
class Batches:
    """Batches of one size, repeated endlessly."""

    size: int
    calls: Iterator[Call]


class RawModel:
    """One model that encodes batches in a loop."""

    def __init__(self, folder: Path, placement: Placement, alike: bool) -> None:
        self._model, self._processor = load(folder, placement)
        self._sizes = SIZES[placement.device_type]
        self._alike = alike
        self._best: dict[tuple[OneKind, int], Batches] = {}

    def rounds(self, kind: Kind, callers: int, seconds: float) -> Iterator[tuple[int, float]]:
        """The number of objects in each round, and the seconds it took; rounds are run for
        `seconds`."""
        kinds: list[OneKind] = ["text", "image"] if kind == "both" else [kind]
        batches = [self._batches(one, callers) for one in kinds]
        objects = max(each.size for each in batches)
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            begun = time.perf_counter()
            for each in batches:
                for call in islice(each.calls, objects // each.size):
                    call()
            yield objects, time.perf_counter() - begun

    def _batches(self, kind: OneKind, most: int) -> Batches:
        """Batches of the best size up to `most`."""
        if (kind, most) not in self._best:
            size = self._best_size(kind, most)
            number = BATCHES if kind == "text" else max(RUNS, IMAGES // size)
            self._best[kind, most] = Batches(size, cycle(self._calls(kind, size, number)))
        return self._best[kind, most]

    def _best_size(self, kind: OneKind, most: int) -> int:
        until = time.monotonic() + TRYING
        seconds: dict[int, float] = {}
        for size in self._sizes[kind]:
            if size > most or time.monotonic() > until:
                break
            calls = self._calls(kind, size, RUNS)
            calls[0]()
            seconds[size] = sum(map(_seconds, calls)) / size
        return min(seconds, key=seconds.__getitem__)

    def _calls(self, kind: OneKind, size: int, number: int) -> list[Call]:
        """Calls of the model, each with a prepared batch of `size`."""
        items = (json.loads(body)[f"{kind}s"][0] for body in cycle(bodies(kind)))
        make = self._texts if kind == "text" else self._images
        if self._alike:
            return [make([next(items)] * size) for _ in range(number)]
        return [make(list(islice(items, size))) for _ in range(number)]

    def _texts(self, texts: Sequence[str]) -> Call:
        inputs = placed(self._processor(text=list(texts), **text_options(self._model)), self._model)
        return lambda: _computed(self._model.get_text_features, inputs)

    def _images(self, encoded: Sequence[str]) -> Call:
        images = [Image.open(BytesIO(b64decode(each))) for each in encoded]
        inputs = placed(self._processor(images=images, return_tensors="pt"), self._model)
        return lambda: _computed(self._model.get_image_features, inputs)


def _computed(model: Any, inputs: Any) -> object:
    """Copy the rows to main memory, which waits for a GPU to finish."""
    return pooled(model(**inputs)).cpu()


def _seconds(call: Call) -> float:
    begun = time.perf_counter()
    call()
    return time.perf_counter() - begun


@torch.inference_mode()
def main(arguments: Sequence[str]) -> int:
    """Run the measurements that standard input requests."""
    parser = argparse.ArgumentParser(prog="python -m lab.benchmarks.raw_model")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--alike", action="store_true")
    add_placement(parser)
    asked = parser.parse_args(arguments)
    model = RawModel(asked.folder, Placement(asked.device, asked.dtype), asked.alike)
    print("ready", flush=True)
    for line in sys.stdin:
        kind, callers, seconds = line.split()
        rounds = list(model.rounds(kind, int(callers), float(seconds)))  # type: ignore[arg-type]
        print(json.dumps(rounds), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
