"""The photographs come from scikit-image and have captions and published cosine similarities."""

from importlib.resources import files

import numpy as np
import pytest
from PIL import Image

from conformance.corpus import alignment, photographs
from conformance.data import models
from conformance.data.messages import MissingLibrary
from conformance.options.settings import Given, make_settings

TAG = "sentence-transformers-clip-ViT-B-32"
IMAGES = [*photographs.names(), *photographs.others()]


@pytest.fixture(scope="module")
def loaded() -> dict[str, Image.Image]:
    return {name: photographs.load(name) for name in IMAGES}


def test_every_photograph_is_in_the_wheel_itself() -> None:
    assert all(files("skimage.data").joinpath(photographs.file(n).name).is_file() for n in IMAGES)


def test_every_photograph_loads_as_rgb(loaded: dict[str, Image.Image]) -> None:
    assert {image.mode for image in loaded.values()} == {"RGB"}


@pytest.mark.parametrize("language", photographs.languages())
def test_every_language_has_eight_captions_of_its_own(language: str) -> None:
    captions = set(photographs.captions(language))
    assert len(captions) == len(photographs.names()) == 8
    assert language == "en" or not captions & set(photographs.captions("en"))


@pytest.mark.parametrize("tag", [t for t, m in models.load().items() if len(m.languages) > 1])
def test_multilingual_models_are_judged_in_japanese_and_eight_more_at_least(tag: str) -> None:
    judged = set(photographs.languages()) & set(models.find(tag).languages)
    assert judged >= {"ar", "de", "es", "fr", "hi", "ja", "ko", "ru", "zh"}


def test_the_published_table_is_whole_but_for_the_replaced_image() -> None:
    golden = photographs.golden_table(TAG)
    assert golden is not None
    assert len(golden.cosines) == 56
    assert "camera" not in {image for _, image in golden.cosines}
    assert golden.cosines["coffee", "coffee"] == 0.29
    assert golden.cosines["camera", "chelsea"] == 0.21


def test_the_published_table_has_each_image_closest_to_its_caption() -> None:
    golden = photographs.golden_table(TAG)
    assert golden is not None
    for image in {image for _, image in golden.cosines}:
        column = {c: cosine for (c, p), cosine in golden.cosines.items() if p == image}
        assert max(column, key=column.__getitem__) == image


def test_a_figure_tells_its_model_from_another() -> None:
    (first,) = photographs.figures(TAG)
    right = np.zeros((1, 512), dtype=np.float32)
    right[0, :6] = [*first.value, 0.9995]
    assert first.apart(np.float32(7) * right) < first.tolerance < first.apart(right[:, ::-1])
    assert first.apart(np.zeros_like(right)) > first.tolerance


def test_published_cosines_are_of_items_that_are_here() -> None:
    figures = photographs.figures("openai-clip-vit-base-patch16")
    assert [figure.value for figure in figures] == [[0.24426], [0.99486], [0.91395]]
    apart = figures[0].apart(np.array([[2, 0], [0.24426, 0.96971]], dtype=np.float32))
    assert apart < 1e-4


def test_noise_is_the_published_one() -> None:
    pixels = np.asarray(photographs.noise(42))
    drawn = np.random.RandomState(42).randint(0, 2**32, 2, dtype=np.uint32) % 255
    assert pixels.shape == (224, 224, 3)
    assert pixels[0, :2, 0].tolist() == drawn.tolist()


def test_the_table_of_open_clip_is_of_the_present_photographs() -> None:
    golden = photographs.golden_table("ViT-B-32-quickgelu-laion400m_e32")
    assert golden is not None
    assert len(golden.cosines) == 64
    assert golden.cosines["camera", "camera"] == 0.28
    assert golden.cosines["motorcycle_right", "rocket"] == -0.07


def test_where_they_are_missing_the_corpus_is_drawn_and_an_extra_named(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    settings = make_settings({"model": Given(TAG, "here"), "url": Given("http://x", "here")})
    assert alignment.corpus_for(settings).name == "photographs"
    monkeypatch.setattr(photographs, "available", lambda: False)
    assert alignment.corpus_for(settings).name == "drawings"
    with pytest.raises(MissingLibrary, match=r"pip install .*\[photographs\]"):
        photographs.raw("astronaut")
