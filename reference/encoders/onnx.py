"""Run the stand-ins with onnxruntime, without torch or a model library.

`onnx.json` in a checkpoint's directory describes how its library turns texts and images into
inputs: the tokenizer file, how texts are cleaned, and how images are converted, resized, and
cropped.
"""

import html
import json
import os
import re
import string
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal

import numpy as np

# Without this setting, the import alone sends telemetry to Microsoft, and writes an ID to the home
# directory.
os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")
import onnxruntime
from PIL import Image
from tokenizers import Tokenizer

from reference import hardware
from reference.engine import GRAPHS
from reference.images import quiet, to_rgb
from reference.inputs import Inputs, Vectors, padded, shorten

LONG: Final = 4096
"""Characters of a text above which whitespace is collapsed before it is cleaned."""

UNDERLINE: Final = "\u2581"
"""sentencepiece's character for a space."""


def _whitespace(text: str) -> str:
    """open_clip's cleaning: encoding errors fixed, references resolved, whitespace collapsed."""
    import ftfy  # Only some checkpoints need it.

    short = " ".join(text.split()) if len(text) > LONG else text
    return " ".join(html.unescape(html.unescape(ftfy.fix_text(short))).split())


def _canonical(text: str) -> str:
    """SigLIP's cleaning of the text between special tokens, with one leading space."""
    first, *rest = re.split("(</s>|<unk>)", UNDERLINE + text.replace(UNDERLINE, " "))
    begin = _plain(first)
    parts = [part if index % 2 == 0 else _plain(part) for index, part in enumerate(rest)]
    return "".join(parts if rest and begin == UNDERLINE else [begin, *parts])


def _plain(text: str) -> str:
    """Lowercase, without ASCII punctuation, whitespace collapsed and trimmed."""
    letters = text.lower().translate(str.maketrans("", "", string.punctuation))
    return re.sub(r"\s+", " ", letters).strip()


CLEANING: Final[dict[str | None, Callable[[str], str]]] = {
    None: str,
    "whitespace": _whitespace,
    "lower": lambda text: _whitespace(text).lower(),
    "canonical": _canonical,
}


class TextTokens:
    """A checkpoint's tokenizer; any thread may call it to prepare a text."""

    def __init__(
        self,
        folder: Path,
        tokenizer: str,
        inputs: Sequence[str],
        limit: int,
        padded_to: str,
        padding: int,
        clean: str | None,
        lower_case: bool,
    ) -> None:
        """`tokenizer` is a file in `folder`; `padded_to` is `limit` or `step` (a multiple)."""
        self._whole = Tokenizer.from_file(str(folder / tokenizer))
        self._whole.no_truncation()
        self._whole.no_padding()
        self._cut = Tokenizer.from_str(self._whole.to_str())
        self._cut.enable_truncation(limit)
        self._inputs = inputs
        self._limit = limit
        self._full = padded_to == "limit"
        self._padding = padding
        self._clean = CLEANING[clean]
        self._lower_case = lower_case

    def __call__(self, text: str) -> Inputs:
        """Token ids, and an attention mask if the graph takes one, each of shape (1, tokens)."""
        cased = text.lower() if self._lower_case else text
        short = shorten(cased, self._limit, self._count)
        ids = np.array([self._cut.encode(self._clean(short)).ids], dtype=np.int64)
        if self._full:
            missing = self._limit - ids.shape[1]
            full = np.pad(ids, ((0, 0), (0, missing)), constant_values=self._padding)
            return {self._inputs[0]: full}
        both = {"input_ids": ids, "attention_mask": np.ones_like(ids)}
        return padded(both, self._padding, self._limit)

    def _count(self, text: str) -> int:
        return len(self._whole.encode(self._clean(text)).ids)


FILTERS = {"bicubic": Image.Resampling.BICUBIC, "lanczos": Image.Resampling.LANCZOS}


@dataclass(frozen=True)
class ImageScaling:
    """A checkpoint's preprocessing; call it to prepare an image."""

    input: str
    colors: Literal["white", "rgb", "own mode"]
    """Before resizing: transparency over white (transformers 5), dropped, or as in open_clip, which
    resizes in the image's own mode and converts last."""
    resize: Literal["crop", "squash", "tile"]
    filter: Literal["bicubic", "lanczos"]
    size: int
    mean: list[float]
    deviation: list[float]
    round: bool = False
    """Whether an offset of half a pixel is rounded when cropping, as in torchvision, or dropped."""

    def __call__(self, image: Image.Image) -> Inputs:
        """Pixels of shape (1, 3, size, size), or (1, 1, 3, size, size) with tiles."""
        converted = quiet(image) if self.colors == "own mode" else self._rgb(image)
        scaled = to_rgb(self._resized(converted))
        pixels = np.asarray(scaled, dtype=np.float32).transpose(2, 0, 1)
        mean, deviation = (
            np.array(values, dtype=np.float32)[:, None, None] * np.float32(255)
            for values in (self.mean, self.deviation)
        )
        normal = np.ascontiguousarray((pixels - mean) / deviation)[None]
        return {self.input: normal[None] if self.resize == "tile" else normal}

    def _rgb(self, image: Image.Image) -> Image.Image:
        if self.colors == "rgb" or not _transparent(image):
            return to_rgb(image)
        colors = image.convert("RGBA")
        white = Image.new("RGBA", image.size, (255, 255, 255, 255))
        return Image.alpha_composite(white, colors).convert("RGB")

    def _resized(self, image: Image.Image) -> Image.Image:
        square = self.size, self.size
        if self.resize == "squash":
            return self._scaled(image, square)
        if self.resize == "tile":
            # Resize first to the longest edge, then to whole tiles, of which a stand-in has one.
            return self._scaled(self._scaled(image, _fitted(image.size, self.size)), square)
        shorter, longer = sorted(image.size)
        other = int(self.size * longer / shorter)
        wide = image.width > image.height
        return self._cropped(
            self._scaled(image, (other, self.size) if wide else (self.size, other))
        )

    def _scaled(self, image: Image.Image, size: tuple[int, int]) -> Image.Image:
        return image if image.size == size else image.resize(size, FILTERS[self.filter])

    def _cropped(self, image: Image.Image) -> Image.Image:
        beside = [(length - self.size) / 2 for length in image.size]
        left, top = (round(space) if self.round else int(space) for space in beside)
        return image.crop((left, top, left + self.size, top + self.size))


def _transparent(image: Image.Image) -> bool:
    return "A" in image.getbands() or image.info.get("transparency") is not None


def _fitted(size: tuple[int, int], longest: int) -> tuple[int, int]:
    """`size` with a longer edge of `longest`, and the other rounded up to even, as in Idefics 3."""
    width, height = size
    ratio = width / height
    if width >= height:
        return longest, _even(int(longest / ratio))
    return _even(int(longest * ratio)), longest


def _even(length: int) -> int:
    return max(length + length % 2, 1)


class OnnxEncoder:
    """Vectors of an exported checkpoint, with the norms of the library it was exported from."""

    packages = ("onnxruntime", "tokenizers", "numpy", "pillow")

    def __init__(self, folder: Path, description: dict[str, Any]) -> None:
        self.text_inputs = TextTokens(folder, **description["texts"])
        self.image_inputs = ImageScaling(**description["images"])
        self._texts = _session(folder / "text.onnx")
        self._images = _session(folder / "image.onnx")

    def text_vectors(self, inputs: Inputs) -> Vectors:
        vectors: Vectors = self._texts.run(None, inputs)[0]
        return vectors

    def image_vectors(self, inputs: Inputs) -> Vectors:
        vectors: Vectors = self._images.run(None, inputs)[0]
        return vectors


def _session(graph: Path) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = hardware.usable_processors()
    options.log_severity_level = 3
    # Spinning threads would take processor time from those that prepare the next items.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    return onnxruntime.InferenceSession(graph, options, providers=["CPUExecutionProvider"])


def load(folder: Path) -> OnnxEncoder:
    """Load from a stand-in's unpacked `folder`."""
    description = json.loads((folder / GRAPHS).read_text(encoding="utf-8"))
    return OnnxEncoder(folder, description)
