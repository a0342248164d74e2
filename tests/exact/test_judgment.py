"""Deliberate mistakes in computing vectors are detected and named."""

import io
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from conformance.data.models import load
from conformance.data.tolerances import Array
from conformance.exact import expected, items
from conformance.exact.judgment import Kind, best_fit, directions, lengths, limits
from lab.exactness import checkpoints, documented, mistakes
from lab.exactness.documented.usage import Usage
from lab.exactness.mistakes.mistake import Mistake

CLIP = "openai-clip-vit-base-patch16"
NAMED = (
    "red and blue were swapped",
    "the image was squashed instead of center-cropped",
    "the image was resized with bilinear interpolation",
    "the pixels were normalized with ImageNet's mean and standard deviation",
    "16-bit values were scaled, not clipped",
    "the end of a long text was kept instead of its beginning",
    "a long text was truncated one token too early",
    "texts were truncated at 20 tokens",
    '"a photo of" was prepended to the text',
    "gelu was used in place of quick_gelu, or vice versa",
)
MISTAKES = [each for each in mistakes.ALL if each.name in NAMED]


@pytest.fixture(scope="module")
def usage() -> Usage:
    return documented.usage(load()[CLIP], checkpoints.folder(CLIP))


def observed(usage: Usage, kind: Kind) -> dict[str, Array]:
    names = (*items.GENERAL[kind], *items.SPECIAL[kind])
    if kind == "text":
        return {name: usage.text(items.TEXTS[name]) for name in names}
    files = items.images(224)
    return {name: usage.image(Image.open(io.BytesIO(files[name]))) for name in names}


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda each: f"{each.kind}: {each.name}")
def test_a_mistake_is_named(usage: Usage, mistake: Mistake) -> None:
    with mistake.change(usage, load()[CLIP]) as wrong:
        seen = observed(wrong, mistake.kind)
    fit = best_fit(expected.load(CLIP), mistake.kind, seen)
    assert fit is not None
    assert fit.cause == mistake.name
    assert fit.after < 0.2 * fit.before
    assert str(fit).startswith(f"as if {mistake.name}: distance ")


def test_right_vectors_have_no_cause(usage: Usage) -> None:
    assert best_fit(expected.load(CLIP), "text", observed(usage, "text")) is None


def test_noise_has_no_cause() -> None:
    chance = np.random.default_rng(0)
    seen = {name: chance.standard_normal(512).astype(np.float32) for name in items.GENERAL["text"]}
    judged = directions(expected.load(CLIP), "text", seen, limits().texts)
    assert not judged.good
    assert judged.got.endswith("no known mistake explains it")


def test_vectors_in_another_order_are_named() -> None:
    shipped = expected.load(CLIP)
    names = list(shipped.texts)
    seen = dict(zip(names, [shipped.texts[name] for name in reversed(names)], strict=True))
    judged = directions(shipped, "text", seen, limits().texts)
    assert "as if the vectors were in a different order" in judged.got


def test_what_comes_nearer_to_items_that_look_alike_is_in_no_other_order() -> None:
    shipped, draw = expected.load(CLIP), np.random.default_rng(3)
    seen = {}
    for name, (right, *_) in shipped.images.items():
        noise = draw.standard_normal(len(right)).astype(np.float32)
        others = [each[0] for other, each in shipped.images.items() if other != name]
        nearest = min(others, key=lambda other: float(np.linalg.norm(other - right)))
        seen[name] = nearest + 0.04 * noise / np.linalg.norm(noise) * np.linalg.norm(nearest)
    assert "another order" not in directions(shipped, "image", seen, limits().images).got


def test_the_vector_of_an_image_converted_first_is_right_too() -> None:
    shipped = expected.load(CLIP)
    assert len(shipped.images["RGBA PNG"]) == 2
    seen = {"RGBA PNG": shipped.images["RGBA PNG"][1]}
    assert directions(shipped, "image", seen, limits().images).good


def test_an_item_may_have_a_wider_bar_of_its_own() -> None:
    shipped = expected.load(CLIP)
    right, other = shipped.images["JPEG"][0], shipped.images["strip"][0]
    wide = replace(shipped, bars={"JPEG": 2.0})
    near, far = ({"JPEG": right + np.float32(part) * other} for part in (0.08, 1))
    assert not directions(shipped, "image", near, limits().images).good
    assert directions(wide, "image", near, limits().images).good
    assert not directions(wide, "image", far, limits().images).good


def test_length_is_judged_apart_from_direction() -> None:
    shipped = expected.load(CLIP)
    seen = {name: vector * 9 for name, vector in shipped.texts.items()}
    assert directions(shipped, "text", seen, limits().texts_precise).good
    judged = lengths(shipped, "text", seen, limits().length)
    assert not judged.good
    assert "by a factor of 9" in judged.got


def test_a_vector_of_nan_is_no_right_one() -> None:
    seen = {"plain": np.full(512, np.nan, dtype=np.float32)}
    assert not directions(expected.load(CLIP), "text", seen, limits().texts).good
