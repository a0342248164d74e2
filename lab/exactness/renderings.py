"""`python -m lab.exactness.renderings [TAG ...]`: the mistakes that IMG-09 detects by renderings.

Each mistake in preprocessing is made with a stand-in, and the images of IMG-09 are compared with
their documented renderings, all of them encoded with that mistake. As with published weights, no
expected vectors are used. The correct variations are tried in the same way.
"""

import io
import json
import os
import sys
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Final

import numpy as np
import torch
from PIL import Image

from conformance.corpus import image_files, image_sizes, photographs
from conformance.data import tolerances
from conformance.data.models import Model, load
from conformance.data.tolerances import Array
from conformance.exact import items
from lab.exactness import checkpoints, documented, legitimate_choices, mistakes
from lab.exactness.documented.usage import Usage
from lab.exactness.mistakes.mistake import Mistake, NotApplicable

FILE: Final = Path(__file__).parent / "measured" / "renderings.json"
PHOTOGRAPHS: Final = ("astronaut", "coffee", "chelsea")
DRAWINGS: Final = ("larger, wide", "smaller")
PREPROCESSING: Final = (*mistakes.images.ALL, *mistakes.pixels.ALL)
Encode = Callable[[bytes], Array]


def main(tags: list[str]) -> int:
    """Measure the tags, or all, and write the file after each."""
    os.environ["HF_HUB_OFFLINE"] = "1"
    warnings.simplefilter("ignore")
    torch.set_num_threads(1)
    found = json.loads(FILE.read_text("utf-8")) if FILE.is_file() else {}
    for tag in tags or sorted(load()):
        model = load()[tag]
        if model.image_resize in ("crop", "squash") and model.image_size:
            found[tag] = measured(model)
            FILE.write_text(json.dumps(found, indent=1, sort_keys=True) + "\n", encoding="utf-8")
            print(tag, flush=True)
    return 0


def measured(model: Model) -> dict[str, dict[str, str]]:
    """What is seen of each mistake and of each correct variation, by name."""
    usage = documented.usage(model, checkpoints.folder(model.tag))
    changes = {"mistakes": PREPROCESSING, "honest": legitimate_choices.ALL}
    return {
        part: {
            each.name: seen
            for each in every
            if each.kind == "image" and (seen := _seen(usage, model, each))
        }
        for part, every in changes.items()
    }


@torch.no_grad()
def _seen(usage: Usage, model: Model, change: Mistake) -> str:
    """Whether a change is detected; empty if it cannot be made."""
    assert model.image_size
    files = [image_files.save(photographs.load(name), "PNG") for name in PHOTOGRAPHS]
    files += [items.sized(model.image_size)[name] for name in DRAWINGS]
    right = [_encoder(usage)(file) for file in files]
    try:
        with change.change(usage, model) as changed:
            encode = _encoder(changed)
            if all(np.allclose(encode(f), v, atol=1e-6) for f, v in zip(files, right, strict=True)):
                return "no effect"
            return "detected" if any(_is_odd(encode, f, model) for f in files) else "not detected"
    except NotApplicable:
        return ""


def _encoder(usage: Usage) -> Encode:
    def encode(file: bytes) -> Array:
        return np.asarray(usage.image(Image.open(io.BytesIO(file))), dtype=np.float32)

    return encode


def _is_odd(encode: Encode, file: bytes, model: Model) -> bool:
    """Whether the file has the vector of none of its renderings."""
    assert model.image_size
    shown = image_sizes.renderings(file, model.image_size, model.image_resize == "crop")
    got = encode(file)
    apart = (tolerances.distance(got, encode(each)) for each in shown)
    return all(each > tolerances.RENDERED for each in apart)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
