"""Code shared by the torch encoders: loading, preprocessing, and inference.

transformers repeats work for every item: it sets up the tokenizer for each text, and copies an
image's pixels plane by plane before it resizes them. When a model is loaded, a shorter path is
compared with the library's, and only used if it gives the same inputs, bit for bit.
"""

import threading
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from typing import Any

import numpy as np
import torch
from PIL import Image
from tokenizers import Tokenizer
from torch.nn.attention import SDPBackend, sdpa_kernel

from reference.encoders import Placement
from reference.errors import UnloadableError
from reference.inputs import Inputs, Kind, Vectors, missing_tokens, padded, shorten

TRIED_TEXTS = ("a cat", "", "Straße, 猫 und собака 🦊, it's 3 bei 5 cm ", "word " * 300)
TRIED_SIZES = ((320, 240), (97, 801), (20, 16))


class Tokens:
    """A transformers tokenizer that several threads may use."""

    def __init__(self, tokenizer: Any, limit: int, **padding: Any) -> None:
        """At most `limit` tokens; `padding` replaces the padding to the next multiple of 8."""
        self._tokenizer = tokenizer
        self._limit = limit
        self._padding = padding
        # Truncation settings are part of its state: another thread would get "already borrowed".
        self._lock = threading.Lock()
        self._short_way = self._found_short_way()

    def __call__(self, text: str) -> Inputs:
        """Token ids and, if the tokenizer gives one, attention mask: each of shape (1, tokens)."""
        if self._short_way and len(text) < 8 * self._limit:
            return self._short_way(text)
        return self._librarys_way(text)

    def _librarys_way(self, text: str) -> Inputs:
        with self._lock:
            short = shorten(text, self._limit, self._count)
            inputs = self._tokenizer(
                [short],
                truncation=True,
                max_length=self._limit,
                return_tensors="pt",
                **self._padding,
            )
        if self._padding:
            return dict(inputs)
        return padded(dict(inputs), self._tokenizer.pad_token_id, self._limit)

    def _count(self, text: str) -> int:
        return len(self._tokenizer(text, verbose=False)["input_ids"])

    def _found_short_way(self) -> Callable[[str], Inputs] | None:
        backend = getattr(self._tokenizer, "backend_tokenizer", None)
        if not isinstance(backend, Tokenizer):
            return None
        names = set(self._librarys_way("a cat"))
        if not names <= {"input_ids", "attention_mask"}:
            return None
        own = Tokenizer.from_str(backend.to_str())
        own.enable_truncation(self._limit)
        pad_id = self._tokenizer.pad_token_id  # transformers looks it up anew each time.
        if self._padding:
            pad_token = self._tokenizer.pad_token
            own.enable_padding(length=self._limit, pad_id=pad_id, pad_token=pad_token)

        def short_way(text: str) -> Inputs:
            encoded = own.encode(text)
            ids, mask = encoded.ids, encoded.attention_mask
            if not self._padding:
                missing = missing_tokens(len(ids), self._limit)
                ids = ids + [pad_id] * missing
                mask = mask + [0] * missing
            inputs = {"input_ids": np.array([ids])}
            return inputs | ({"attention_mask": np.array([mask])} if len(names) == 2 else {})

        return short_way if _same(short_way, self._librarys_way, TRIED_TEXTS) else None


class Pixels:
    """A transformers image processor; any thread may call it."""

    def __init__(self, processor: Any) -> None:
        self._processor = processor
        noise = [_noise(width, height) for width, height in TRIED_SIZES]
        # Other classes or releases may lack `resize`, or may use other arguments.
        resizes = hasattr(processor, "process_image") and hasattr(processor, "resample")
        self._short_way = resizes and _same(self._resized_first, self._librarys_way, noise)

    def __call__(self, image: Image.Image) -> Inputs:
        """Pixels of shape (1, 3, height, width)."""
        if self._short_way and image.mode == "RGB" and "transparency" not in image.info:
            return self._resized_first(image)
        return self._librarys_way(image)

    def _librarys_way(self, image: Image.Image) -> Inputs:
        return dict(self._processor(images=image, return_tensors="pt"))

    def _resized_first(self, image: Image.Image) -> Inputs:
        processor = self._processor
        # A view, not a copy in planes: torch resizes interleaved pixels five times as fast.
        pixels = torch.from_numpy(np.array(image)).permute(2, 0, 1)
        small = processor.resize(pixels, processor.size, resample=processor.resample)
        options = {"do_resize": False, "input_data_format": "channels_first"}
        return dict(processor(images=small, return_tensors="pt", **options))


def _noise(width: int, height: int) -> Image.Image:
    pixels = np.random.default_rng(width).integers(0, 256, (height, width, 3), dtype=np.uint8)
    return Image.fromarray(pixels)


def _same(one: Callable[[Any], Inputs], other: Callable[[Any], Inputs], items: Any) -> bool:
    """Whether both functions produce identical arrays, by argument name, for all `items`."""
    for item in items:
        first, second = one(item), other(item)
        if list(first) != list(second):
            return False
        if not all(np.array_equal(first[name], second[name]) for name in first):
            return False
    return True


@torch.inference_mode()
def compute(
    kind: Kind, encode: Callable[[Inputs], torch.Tensor], inputs: Inputs, placement: Placement
) -> Vectors:
    """The result of `encode` for `inputs`, which are moved to the model's device; on the CPU."""
    dtype = getattr(torch, placement.dtype)
    moved = {name: _moved(value, placement.device, dtype) for name, value in inputs.items()}
    with attention(kind, placement.device_type):
        features = encode(moved)
    vectors: Vectors = features.to("cpu", torch.float32).numpy()
    return vectors


def _moved(value: Any, device: str, dtype: torch.dtype) -> Any:
    """An array as a tensor on `device`, copied asynchronously.

    Floating-point arrays (pixels) are cast there, since casting on the CPU would use all cores.
    """
    if not hasattr(value, "shape"):
        return value
    tensor = torch.as_tensor(value)
    if device != "cpu":  # torch caches pinned memory for reuse.
        tensor = tensor.pin_memory().to(device, non_blocking=True)
    return tensor.to(dtype) if tensor.is_floating_point() else tensor


def attention(kind: Kind, device_type: str) -> AbstractContextManager[None]:
    """Limit the implementations of attention from which torch may choose.

    On a GPU, cuDNN's implementation is the fastest for images, but in half precision it needs 50 to
    90 ms to plan for each new shape, of which texts have hundreds. Texts are limited by kernel
    launches anyway.
    """
    if device_type == "cpu" or kind == "image":
        return nullcontext()
    return sdpa_kernel(
        [SDPBackend.FLASH_ATTENTION, SDPBackend.EFFICIENT_ATTENTION, SDPBackend.MATH]
    )


def load_processor(kind: Any, source: str, **options: str) -> Any:
    """The processor of class `kind` at `source`, a directory or a hub ID.

    Never with `trust_remote_code`: a checkpoint is data and must not contain code.
    """
    return kind.from_pretrained(source, **options)


def load_model(kind: Any, source: str, placement: Placement, **options: str) -> Any:
    """The complete model of class `kind` at `source`, placed and ready to encode.

    Raises `UnloadableError` if weights are missing, which transformers would initialize at random
    with only a warning.
    """
    loaded, report = kind.from_pretrained(
        source, dtype=torch.float32, output_loading_info=True, **options
    )
    if report["missing_keys"]:
        raise UnloadableError(f"{source} lacks {min(report['missing_keys'])} and perhaps more")
    return placement.put(loaded)


def unit(features: torch.Tensor) -> torch.Tensor:
    """Rows of unit norm, divided as in the vendor's container; always in float32."""
    wide = features.float()
    lengths: torch.Tensor = wide.norm(dim=-1, keepdim=True)
    return wide / lengths


def pooled(output: Any) -> torch.Tensor:
    """The features in a library's output: a tensor in transformers 4, inside an object in 5."""
    features: torch.Tensor = getattr(output, "pooler_output", output)
    return features
