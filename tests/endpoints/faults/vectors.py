"""Vectors that have the right shape but are meaningless or come from another model."""

import io
import re
import unicodedata
from collections.abc import Callable

import numpy as np
from PIL import Image, ImageOps

from conformance.corpus.image_files import save
from tests.endpoints import image_encoder, text_encoder
from tests.endpoints.encoder import Matrix, single
from tests.endpoints.endpoint import Endpoint
from tests.endpoints.registry import Need, fault, inputs, outputs

# Towers with vectors of the right shape that are meaningless or inconsistent.

ENGLISH = re.compile(r"\b(circle|square|triangle|star)\b", re.IGNORECASE)

returned_image = outputs("image_vector")
returned_image("images-constant", lambda vector: np.full_like(vector, len(vector) ** -0.5))
returned_image("images-zero", lambda vector: np.zeros_like(vector))
returned_image("images-negated", lambda vector: -vector)
returned_image(
    "images-rotated", lambda vector: vector[np.random.default_rng(3).permutation(len(vector))]
)
returned_image("images-shifted", lambda vector: np.roll(vector, 1))
returned_image("images-absolute", lambda vector: np.abs(vector))


@returned_image("images-mostly-noise")
def mostly_noise(vector: Matrix) -> Matrix:
    seed = int(abs(float(vector[0])) * 1e6)
    noise = np.random.default_rng(seed).normal(0, 0.5, len(vector))
    return single(vector + np.linalg.norm(vector) * noise)


@fault("common-part-only")
class CommonOnly(Endpoint):
    def text_vector(self, text: str) -> Matrix:
        return self.turn(super().text_vector(text))

    def image_vector(self, image: bytes) -> Matrix:
        return self.turn(super().image_vector(image))

    def turn(self, vector: Matrix) -> Matrix:
        common = np.full_like(vector, len(vector) ** -0.5)
        return common + np.float32(1e-5) * vector


def without(lost: set[str]) -> Callable[[str], str]:
    """Removes the words that name one of these colors or shapes."""

    def change(text: str) -> str:
        known = text_encoder.concepts()
        kept = [word for word in text.split() if known.get(word.strip(".,").casefold()) not in lost]
        return " ".join(kept)

    return change


given_text = inputs("text_vector")
given_text("colors-unread", without({"red", "green", "blue", "yellow", "purple", "black"}))
given_text("shapes-unread", without({"circle", "square", "triangle", "star"}))


@fault("english-only")
class EnglishOnly(Endpoint):
    def text_vector(self, text: str) -> Matrix:
        foreign = text_encoder.named(
            text_encoder.tokens(text, self.encoder.limit)
        ) and not ENGLISH.search(text)
        return super().text_vector(" ".join(scrambled(text)) if foreign else text)


def scrambled(text: str) -> list[str]:
    """A text's letters as meaningless tokens, which still differ between texts."""
    return [f"u{ord(letter):x}" for letter in text if not letter.isspace()]


given_text("japanese-unread", lambda text: re.sub("[぀-鿿]", "", text))
given_text("cyrillic-unread", lambda text: re.sub("[Ѐ-ӿ]", "", text))
given_text("arabic-unread", lambda text: re.sub("[؀-ۿ]", "", text))
given_text("accents-dropped", lambda text: re.sub("[À-ɏ]", "", text))

returned_text = outputs("text_vector")
returned_text("texts-constant", lambda vector: np.full_like(vector, len(vector) ** -0.5))
returned_text("texts-zero", lambda vector: np.zeros_like(vector))
returned_text(
    "texts-rotated", lambda vector: vector[np.random.default_rng(4).permutation(len(vector))]
)
returned_text("texts-backwards", lambda vector: vector[::-1].copy())
returned_text("norms-differ", lambda vector: vector * np.float32(10))


# Faults that only exact vectors reveal, since each affects only some texts or images.


def shifted(vector: Matrix) -> Matrix:
    """The vector rotated by an angle of about 0.15."""
    return single(vector + 0.15 * np.roll(vector, 1))


given_text("template-before-texts", lambda text: f"a photo of {text}")
given_text(
    "end-of-long-texts", lambda text: " ".join(text.split()[-60:]) if len(text) > 500 else text
)
given_text("empty-text-replaced", lambda text: text if text.strip() else ".")
given_text("cased-texts-lowered", str.lower)


@given_text("accents-lost-before-tokens")
def without_accents(text: str) -> str:
    parts = unicodedata.normalize("NFD", text)
    return "".join(each for each in parts if unicodedata.category(each) != "Mn")


returned_image("another-deviation", shifted)


@fault("no-antialias")
class NoAntialias(Endpoint):
    own = 224

    def image_vector(self, image: bytes) -> Matrix:
        vector = super().image_vector(image)
        with self.opened(image) as opened:
            low, high = image_encoder.rgb(opened).convert("L").getextrema()
            is_reduced = max(opened.size) > self.own
        return shifted(vector) if is_reduced and low != high else vector


given_image = inputs("image_vector")


@given_image("animations-end-shown")
def last_frame(image: bytes) -> bytes:
    with Image.open(io.BytesIO(image)) as opened:
        frames = getattr(opened, "n_frames", 1)
        if opened.format != "GIF" or frames == 1:
            return image
        opened.seek(frames - 1)
        return save(opened.convert("RGB"), "PNG")


@given_image("turned-by-exif")
def turned(image: bytes) -> bytes:
    with Image.open(io.BytesIO(image)) as opened:
        upright = opened.getexif().get(0x0112, 1) == 1
        return image if upright else save(ImageOps.exif_transpose(opened), "PNG")


# Faults of endpoints that are said to serve published weights.

PUBLISHED: tuple[Need, ...] = ("published",)


@fault("published-squashed", needs=PUBLISHED)
class Squashed(Endpoint):
    """A squashed photograph is still recognized, since its vector keeps most of its direction."""

    def picture_vector(self, picture: Image.Image) -> Matrix:
        whole = image_encoder.rgb(picture).resize((224, 224))
        return single(0.8 * super().picture_vector(picture) + 0.2 * super().picture_vector(whole))


returned_text(
    "another-checkpoint",
    lambda vector: single(vector + 0.4 * np.roll(vector, 1)),
    needs=PUBLISHED,
)
returned_text(
    "published-of-unit-length",
    lambda vector: single(vector / np.linalg.norm(vector)),
    needs=PUBLISHED,
)

returned_image("photographs-unknown", lambda vector: np.roll(vector, 1), needs=PUBLISHED)
returned_image(
    "photographs-half-seen",
    lambda vector: single(vector + 0.8 * np.roll(vector, 2)),
    needs=PUBLISHED,
)
