"""What is encoded on both sides of a comparison: texts and images with stable names."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

from conformance.corpus import drawings, image_files, photographs, texts
from conformance.corpus.alignment import png

DRAWN = 8
SIZE = 224


@dataclass(frozen=True)
class Inputs:
    """Items by name; a name holds a digest of the content, so equal names are equal items."""

    texts: Mapping[str, str]
    images: Mapping[str, bytes]


def inputs() -> Inputs:
    """The items of every comparison."""
    named = {f"text {each.id}": each.text for each in (*texts.real(), *texts.edge())}
    captions = zip(photographs.names(), photographs.captions("en"), strict=True)
    named |= {f"caption {name}": caption for name, caption in captions}
    named |= {"text of 500 words": texts.long(500)}
    return Inputs(
        {_name(name, text.encode()): text for name, text in named.items()},
        {_name(name, content): content for name, content in _images().items()},
    )


def _images() -> dict[str, bytes]:
    shown = drawings.combinations()[:: len(drawings.combinations()) // DRAWN]
    seed = drawings.HELD_OUT_SEEDS[0]
    found = {f"drawing {each}": png(drawings.draw(each, seed, SIZE)) for each in shown}
    found |= {f"photograph {name}": photographs.raw(name) for name in photographs.names()}
    encoded = image_files.modes() | image_files.formats()
    found |= {f"encoding {name}": content for name, content in encoded.items()}
    return found | {f"size {name}": content for name, content in image_files.odd_sizes().items()}


def _name(name: str, content: bytes) -> str:
    return f"{name} #{hashlib.sha256(content).hexdigest()[:8]}"
