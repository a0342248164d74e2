"""The items are the same everywhere, and each clause has its own."""

import hashlib
import io

from PIL import Image

from conformance.exact import items

DRAWN = "597f87fe71dbc676"


def test_the_drawn_pixels_are_those_that_the_vectors_were_made_of() -> None:
    """Another digest means other pixels: then `make expected` has to be run again."""
    digest = hashlib.sha256()
    for size in (224, 256, 384, 512):
        drawn = items.sized(size) | items.modes() | items.formats()
        for name, content in drawn.items():
            with Image.open(io.BytesIO(content)) as image:
                digest.update(f"{name} {image.mode} {image.size}".encode() + image.tobytes())
    assert digest.hexdigest()[:16] == DRAWN


def test_every_text_is_some_clauses() -> None:
    judged = [*items.PLAIN, *items.LONG, *items.EMPTY, *items.CASED, *items.LANGUAGES]
    assert sorted(judged) == sorted(items.texts())


def test_every_image_is_some_clauses() -> None:
    kinds = (
        items.OWN_SIZE,
        items.RESIZED,
        items.FORMATS,
        items.MODES,
        items.LOSSY,
        items.PHOTOGRAPHS,
    )
    assert sorted(name for kind in kinds for name in kind) == sorted(items.images(224))


def test_a_long_text_is_longer_than_any_limit_of_words() -> None:
    assert min(len(items.TEXTS[name].split()) for name in items.LONG) > 100


def test_diagnostic_items_exist() -> None:
    known = {"text": set(items.texts()), "image": set(items.images(224))}
    for kind in ("text", "image"):
        assert {*items.GENERAL[kind], *items.SPECIAL[kind]} <= known[kind]
