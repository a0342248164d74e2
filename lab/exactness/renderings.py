"""`python -m lab.exactness.renderings [TAG ...]`: detect mistakes without using expected vectors.

Each preprocessing mistake is made with a stand-in, and the suite's checks are run as they are for
published weights. Correct variations are tested in the same way.
"""

import io
import json
import os
import sys
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from functools import partial
from hashlib import sha256
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Final

import numpy as np
import torch
from PIL import Image

from conformance.checks import test_image_formats, test_images
from conformance.corpus import image_pairs
from conformance.data import statuses, tolerances
from conformance.data.models import Model, load
from conformance.data.tolerances import Array
from conformance.exact import items
from conformance.expect import Nonconformity, PrerequisiteFailed
from conformance.expect.image_comparisons import ImageBatches
from conformance.expect.vector_cache import VectorCache
from conformance.transport.endpoint import Items
from conformance.transport.exchange import Exchange
from conformance.transport.pace import Pace
from lab.exactness import checkpoints, documented, legitimate_choices, mistakes
from lab.exactness.documented.usage import Usage
from lab.exactness.mistakes.mistake import NotApplicable

FILE: Final = Path(__file__).parent / "measured" / "renderings.json"
PREPROCESSING: Final = (*mistakes.images.ALL, *mistakes.pixels.ALL)
PHOTOGRAPHS: Final = ("astronaut", "coffee", "chelsea", "larger, wide", "smaller")
FAMILIES: Final = (
    *test_image_formats.FORMATS,
    test_image_formats.SEQUENCES,
    test_image_formats.TRANSPARENT,
)
PUBLISHED: Final[Any] = SimpleNamespace(weights="published")
NO_EFFECT: Final = "no effect"
UNMOVED: Final = 1e-6

Check = Callable[[], None]
Known = dict[str, list[float]]
"""Vectors by a digest of the model's input, since many files contain the same pixels."""


class Endpoint:
    """Stands in for `conformance.transport.endpoint.Endpoint`: answers with a usage's vectors."""

    def __init__(self, usage: Usage, known: Known) -> None:
        self.client = SimpleNamespace(pace=Pace(50))
        self._usage = usage
        self._known = known

    def vectorize(self, texts: Sequence[str] = (), images: Sequence[bytes] = ()) -> Exchange:
        """An exchange whose response has the vector of each image."""
        try:
            status, body = 200, json.dumps({"imageVectors": list(map(self.vector, images))})
        except ValueError as problem:  # Pillow cannot read the last frame of every file.
            status, body = 500, json.dumps({"error": str(problem)})
        kind = {"content-type": "application/json"}
        sent = Items(texts, images).body()
        return Exchange("POST", "http://lab", (), sent, status, "HTTP/1.1", kind, body.encode())

    def vector(self, image: bytes) -> list[float]:
        """The vector of an image file."""
        inputs = self._usage.pixels(Image.open(io.BytesIO(image)))
        tensors = [each.contiguous() for each in inputs.values() if isinstance(each, torch.Tensor)]
        digest = sha256(b"".join(each.view(torch.uint8).numpy().tobytes() for each in tensors))
        key = digest.hexdigest()
        if key not in self._known:
            self._known[key] = self._usage.image_vector(inputs)[0].float().tolist()
        return self._known[key]


def main(tags: list[str]) -> int:
    """Measure the given tags, or all, and write the file after each tag."""
    os.environ["HF_HUB_OFFLINE"] = "1"
    warnings.simplefilter("ignore")
    torch.set_num_threads(1)
    found = json.loads(FILE.read_text("utf-8")) if FILE.is_file() else {}
    for tag in tags or sorted(load()):
        found[tag] = measured(load()[tag])
        FILE.write_text(json.dumps(found, indent=1, sort_keys=True) + "\n", encoding="utf-8")
        print(tag, flush=True)
    return 0


@torch.no_grad()
def measured(model: Model) -> dict[str, dict[str, str]]:
    """The clause that detects each mistake and each correct variation, by name."""
    usage = documented.usage(model, checkpoints.folder(model.tag))
    known: Known = {}
    before = _vectors(Endpoint(usage, known), model)
    found: dict[str, dict[str, str]] = {"mistakes": {}, "honest": {}}
    for each in (*PREPROCESSING, *legitimate_choices.ALL):
        if each.kind == "image":
            is_mistake = each in PREPROCESSING
            with suppress(NotApplicable), each.change(usage, model) as changed:
                # Mistakes in preprocessing leave the model unchanged, so its vectors can be reused.
                endpoint = Endpoint(changed, known if is_mistake else {})
                part = found["mistakes" if is_mistake else "honest"]
                part[each.name] = _seen(endpoint, model, before)
    return found


def _vectors(endpoint: Endpoint, model: Model) -> tuple[list[Array], list[Array]]:
    """The vectors of the images that all libraries read in the same way, and of all other
    images."""
    assert model.image_size
    sized = items.sized(model.image_size)
    general = [sized[name] for name in items.GENERAL["image"]]
    special = [*items.modes().values(), *items.formats().values(), *items.shipped().values()]
    made = [np.array(endpoint.vector(file), dtype=np.float32) for file in (*general, *special)]
    return made[: len(general)], made[len(general) :]


def _seen(endpoint: Endpoint, model: Model, before: tuple[list[Array], list[Array]]) -> str:
    """The clause that detects a change to the usage; empty if none does."""
    general, special = (
        any(tolerances.distance(*pair) > UNMOVED for pair in zip(new, old, strict=True))
        for new, old in zip(_vectors(endpoint, model), before, strict=True)
    )
    if not general and not special:
        return NO_EFFECT
    checks = _of_pixels if general else _of_files
    return next((c for c, check in checks(endpoint, model) if not _passes(check)), "")


def _passes(check: Check) -> bool:
    try:
        check()
    except PrerequisiteFailed:
        return True
    except statuses.Ended as end:
        if end.status != "n/a":
            raise
        return True
    except Nonconformity:
        return False
    return True


def _of_pixels(endpoint: Any, model: Model) -> Iterator[tuple[str, Check]]:
    """The checks of images that all libraries read in the same way, with their clauses."""
    batches, cache = ImageBatches(endpoint, model), VectorCache(endpoint)
    for name in PHOTOGRAPHS:
        check = test_images.test_an_image_has_the_vector_of_a_documented_rendering
        yield "IMG-09", partial(check, batches, model, PUBLISHED, name)
    for shape in test_images.SHAPES:
        brought = test_images.test_an_image_is_brought_to_size_as_the_model_does
        yield "IMG-09", partial(brought, cache, model, shape)
    whole = test_images.test_an_image_of_the_models_own_size_is_seen_to_its_edge
    yield "IMG-09", partial(whole, batches, model)
    yield "IMG-07", partial(test_images.test_a_difference_is_seen, batches, model, image_pairs.OWN)


def _of_files(endpoint: Any, model: Model) -> Iterator[tuple[str, Check]]:
    """The checks of other color modes, formats, and files, with their clauses."""
    batches = ImageBatches(endpoint, model)
    variants = partial(test_image_formats.chosen, batches, model.image_size, False)
    for family in FAMILIES:
        checks = {
            "IMG-03": (
                test_image_formats.test_variants_of_the_same_pixels_have_the_same_vector,
                test_image_formats.test_variants_in_another_mode_are_close,
            ),
            "IMG-13": (test_image_formats.test_lossy_variants_show_their_pixels,),
            "IMG-10": (
                test_image_formats.test_converted_variants_stay_close,
                test_image_formats.test_lossless_variants_have_the_vector_of_their_pixels,
            ),
        }
        for clause, every in checks.items():
            for check in every:
                yield clause, partial(check, batches, variants, family)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
