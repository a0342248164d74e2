"""The items are the same on every machine, and each clause has its own items."""

import hashlib
import io

from PIL import Image

from conformance.exact import items

DRAWN = "85f2dd5c06c5231a"


def test_the_drawn_pixels_are_those_that_the_vectors_were_made_of() -> None:
    """A different digest means different pixels: `make expected` must then be run again."""
    digest = hashlib.sha256()
    others = items.modes() | items.formats()
    for size in (224, 256, 384, 512):
        for name, content in (items.sized(size) | others).items():
            with Image.open(io.BytesIO(content)) as image:
                digest.update(f"{name} {image.mode} {image.size}".encode() + image.tobytes())
    assert digest.hexdigest()[:16] == DRAWN


def test_every_item_is_some_clauses() -> None:
    texts = [*items.PLAIN, *items.LONG, *items.EMPTY, *items.CASED, *items.LANGUAGES]
    images = [*items.OWN_SIZE, *items.RESIZED, *items.FORMATS, *items.MODES, *items.LOSSY]
    assert sorted(texts) == sorted(items.texts())
    assert sorted([*images, *items.PHOTOGRAPHS]) == sorted(items.images(16))


def test_a_long_text_is_longer_than_any_limit_of_words() -> None:
    assert min(len(items.TEXTS[name].split()) for name in items.LONG) > 100


def test_diagnostic_items_exist() -> None:
    known = {"text": set(items.texts()), "image": set(items.images(16))}
    for kind in ("text", "image"):
        assert {*items.GENERAL[kind], *items.SPECIAL[kind]} <= known[kind]
