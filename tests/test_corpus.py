"""What the suite sends: photographs that are in the wheel, and texts that JSON can carry."""

import json
import unicodedata
from importlib.resources import files

import pytest

from conformance.corpus import photographs, texts
from conformance.data import models

TAG = "sentence-transformers-clip-ViT-B-32"
SIZES = {
    "page": (384, 191),
    "astronaut": (512, 512),
    "rocket": (640, 427),
    "chelsea": (451, 300),
    "horse": (400, 328),
    "coffee": (600, 400),
    "camera": (512, 512),
    "motorcycle_right": (741, 500),
}
IMAGES = [*photographs.names(), *photographs.others()]
TEXTS = [*texts.real(), *texts.edge()]


@pytest.mark.parametrize("name", IMAGES)
def test_a_photograph_is_in_the_wheel_itself(name: str) -> None:
    assert files("skimage.data").joinpath(photographs.file(name).name).is_file()


@pytest.mark.parametrize("name", IMAGES)
def test_a_photograph_loads_as_rgb(name: str) -> None:
    assert photographs.load(name).mode == "RGB"


def test_the_eight_photographs_have_the_published_sizes() -> None:
    assert {name: photographs.load(name).size for name in photographs.names()} == SIZES


def test_the_largest_photograph_has_two_megapixels() -> None:
    widths_heights = [photographs.load(name).size for name in IMAGES]
    assert max(width * height for width, height in widths_heights) == 1411 * 1411


def test_the_raw_file_is_what_scikit_image_ships() -> None:
    assert photographs.raw("astronaut").startswith(b"\x89PNG")
    assert photographs.raw("rocket").startswith(b"\xff\xd8")


def test_an_unknown_photograph_is_refused() -> None:
    with pytest.raises(KeyError):
        photographs.load("eiffel")


@pytest.mark.parametrize("language", photographs.languages())
def test_every_language_has_eight_different_captions(language: str) -> None:
    assert len(set(photographs.captions(language))) == len(photographs.names()) == 8


@pytest.mark.parametrize("language", photographs.languages())
def test_no_caption_is_left_in_english(language: str) -> None:
    shared = set(photographs.captions(language)) & set(photographs.captions("en"))
    assert not shared or language == "en"


def test_english_captions_are_sent_as_they_were_published() -> None:
    assert photographs.captions("en")[3] == "This is a facial photo of a tabby cat"


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


def test_most_models_have_no_published_table() -> None:
    assert photographs.golden_table("openai-clip-vit-base-patch16") is None


def test_there_are_real_texts_in_at_least_fifteen_scripts() -> None:
    letters = {letter for text in texts.real() for letter in text.text if letter.isalpha()}
    assert len({unicodedata.name(letter).split()[0] for letter in letters}) >= 15


def test_texts_have_ids_of_their_own() -> None:
    assert len({text.id for text in TEXTS}) == len(TEXTS) >= 50


@pytest.mark.parametrize("text", TEXTS, ids=str)
def test_a_text_survives_json(text: texts.Text) -> None:
    body = json.dumps({"texts": [text.text]}, ensure_ascii=False).encode("utf-8")
    assert json.loads(body) == {"texts": [text.text]}


@pytest.mark.parametrize("words", [1, 78, 500, 5000])
def test_a_long_text_has_as_many_words_and_begins_a_longer_one(words: int) -> None:
    assert len(texts.long(words).split()) == words
    assert texts.long(words + 1).startswith(texts.long(words))


def test_an_unbroken_text_has_no_blank() -> None:
    assert len(texts.unbroken(3000)) == 3000
    assert " " not in texts.unbroken(3000)
