"""Faults that only exact vectors show: each moves some items of a kind, and no others."""

import io
import unicodedata

import numpy as np
from PIL import Image, ImageOps

from tests.endpoints.encoder import Matrix, single
from tests.endpoints.endpoint import Endpoint
from tests.endpoints.registry import fault


def shifted(vector: Matrix) -> Matrix:
    """The vector, a little beside where it points: an angle of about 0.15."""
    return single(vector + 0.15 * np.roll(vector, 1))


@fault("template-before-texts", '"a photo of" is put before every text', "EXA-01")
class TemplateBeforeTexts(Endpoint):
    def text_vector(self, text: str) -> Matrix:
        return super().text_vector(f"a photo of {text}")


@fault("end-of-long-texts", "of a long text the end is read, not the beginning", "EXA-02")
class EndOfLongTexts(Endpoint):
    def text_vector(self, text: str) -> Matrix:
        return super().text_vector(" ".join(text.split()[-60:]) if len(text) > 500 else text)


@fault("empty-text-replaced", "an empty or blank text is encoded as a full stop", "EXA-03")
class EmptyTextReplaced(Endpoint):
    def text_vector(self, text: str) -> Matrix:
        return super().text_vector(text if text.strip() else ".")


@fault("cased-texts-lowered", "texts are lower-cased for a model that knows capitals", "EXA-04")
class CasedTextsLowered(Endpoint):
    def text_vector(self, text: str) -> Matrix:
        return super().text_vector(text.lower())


@fault("accents-lost-before-tokens", "letters lose their accents before the tokenizer", "EXA-05")
class AccentsLost(Endpoint):
    def text_vector(self, text: str) -> Matrix:
        parts = unicodedata.normalize("NFD", text)
        plain = "".join(each for each in parts if unicodedata.category(each) != "Mn")
        return super().text_vector(plain)


@fault("another-deviation", "the pixels are scaled by another deviation", "EXA-06")
class AnotherDeviation(Endpoint):
    def image_vector(self, image: bytes) -> Matrix:
        return shifted(super().image_vector(image))


@fault("no-antialias", "images are resized without antialiasing", "EXA-07")
class NoAntialias(Endpoint):
    def image_vector(self, image: bytes) -> Matrix:
        vector = super().image_vector(image)
        with Image.open(io.BytesIO(image)) as opened:
            return vector if opened.size == (224, 224) else shifted(vector)


@fault("animations-end-shown", "of an animation the last image is read", "EXA-08")
class AnimationsEndShown(Endpoint):
    def image_vector(self, image: bytes) -> Matrix:
        with Image.open(io.BytesIO(image)) as opened:
            frames = getattr(opened, "n_frames", 1)
            if opened.format != "GIF" or frames == 1:
                return super().image_vector(image)
            opened.seek(frames - 1)
            sink = io.BytesIO()
            opened.convert("RGB").save(sink, "PNG")
        return super().image_vector(sink.getvalue())


@fault("turned-by-exif", "photographs are turned by their EXIF tag", "EXA-10")
class TurnedByExif(Endpoint):
    def image_vector(self, image: bytes) -> Matrix:
        with Image.open(io.BytesIO(image)) as opened:
            if opened.getexif().get(0x0112, 1) == 1:
                return super().image_vector(image)
            sink = io.BytesIO()
            ImageOps.exif_transpose(opened).save(sink, "PNG")
        return super().image_vector(sink.getvalue())
