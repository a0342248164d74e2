"""The fake encoder's vectors are aligned, stable, and sensitive to the input."""

import numpy as np
import pytest
from PIL import Image, ImageFilter

from conformance.corpus import drawings
from conformance.corpus.drawings import HELD_OUT_SEEDS, Combination
from tests.endpoints.encoder import Encoder, Matrix
from tests.endpoints.image_encoder import rgb

ENCODER = Encoder()
ALL = drawings.combinations()


def pictures(seed: int = 0, size: int = 224) -> list[Image.Image]:
    return [drawings.draw(what, HELD_OUT_SEEDS[seed], size) for what in ALL]


def images(drawn: list[Image.Image]) -> Matrix:
    return np.array([ENCODER.picture(picture) for picture in drawn])


def english(what: Combination) -> str:
    return drawings.captions(what, "en", "held_out")[0]


def match(drawn: list[Image.Image]) -> float:
    """Mean cosine similarity of each picture with its caption."""
    texts = np.array([ENCODER.text(english(what)) for what in ALL])
    return float((texts * images(drawn)).sum(axis=1).mean())


@pytest.mark.parametrize("language", drawings.languages())
def test_recall_at_1_is_1_both_ways(language: str) -> None:
    for wording in range(len(drawings.captions(ALL[0], language, "held_out"))):
        captions = [drawings.captions(what, language, "held_out")[wording] for what in ALL]
        cosines = np.array([ENCODER.text(caption) for caption in captions]) @ images(pictures()).T
        assert cosines.argmax(axis=0).tolist() == list(range(len(ALL)))
        assert cosines.argmax(axis=1).tolist() == list(range(len(ALL)))


@pytest.mark.parametrize("size", [64, 224, 384])
def test_size_of_a_drawing_hardly_matters(size: int) -> None:
    assert match(pictures(seed=3, size=size)) > 0.9


def test_blur_lowers_the_match() -> None:
    blurred = [
        match([picture.filter(ImageFilter.GaussianBlur(radius)) for picture in pictures()])
        for radius in (0, 4, 12, 24)
    ]
    assert blurred == sorted(blurred, reverse=True)


def test_occlusion_lowers_the_match() -> None:
    matches = []
    for share in (0, 40, 80, 120):
        covered = pictures()
        for picture in covered:
            picture.paste((128, 128, 128), (112 - share, 112 - share, 112 + share, 112 + share))
        matches.append(match(covered))
    assert matches == sorted(matches, reverse=True)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("a dog bites a man", "a man bites a dog"),
        ("a red circle", "a blue circle"),
        ("", "."),
        ("Dog", "dog"),
        ("a\0b", "ab"),
        ("w " * 74 + "x", "w " * 75),
        ("赤い円", "青い円"),
        ("\U0001f600", "\U0001f601"),
    ],
)
def test_different_texts_differ(one: str, other: str) -> None:
    assert ENCODER.text(one) @ ENCODER.text(other) < 0.999


def test_a_text_is_cut_at_the_limit() -> None:
    assert np.array_equal(ENCODER.text("w " * 75), ENCODER.text("w " * 75 + "more"))


def test_case_is_folded_on_demand() -> None:
    folding = Encoder(lower_case=True)
    assert np.array_equal(folding.text("A Red Dog"), folding.text("a red dog"))


@pytest.mark.parametrize("width", [384, 512, 768, 1152])
def test_vectors_have_unit_length_at_any_width(width: int) -> None:
    encoder = Encoder(width=width)
    vectors = np.array([encoder.text("a red circle"), encoder.picture(pictures()[0])])
    assert vectors.shape == (2, width)
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(1)


@pytest.mark.parametrize("size", [(1, 1), (1, 500), (4000, 10), (2, 3)])
@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "CMYK", "I;16", "I"])
def test_any_picture_gets_a_finite_vector(mode: str, size: tuple[int, int]) -> None:
    assert np.isfinite(ENCODER.picture(rgb(Image.new(mode, size)))).all()


def test_the_middle_square_is_seen_and_squashing_sees_all() -> None:
    wide = Image.new("RGB", (448, 224), "white")
    wide.paste(pictures()[0], (112, 0))
    cut = wide.crop((112, 0, 336, 224))
    assert np.array_equal(ENCODER.picture(wide), ENCODER.picture(cut))
    squashing = Encoder(squash=True)
    assert not np.array_equal(squashing.picture(wide), squashing.picture(cut))
