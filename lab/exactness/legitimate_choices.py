"""Choices on which correct implementations may differ, as changes to the documented usage."""

import copy
import warnings
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import numpy as np
import torch
from PIL import Image
from torchvision.io import ImageReadMode, decode_image
from torchvision.transforms import v2

from conformance.corpus import image_sizes
from conformance.data.models import Model
from lab.exactness import checkpoints, geometry
from lab.exactness.documented.usage import Usage
from lab.exactness.mistakes.mistake import Kind, Mistake, NotApplicable, simple


def _sized(change: Callable[[Image.Image, Model], Image.Image]) -> Any:
    return simple(
        lambda usage, model: usage.altered(
            # The handling of other modes is measured separately, in a row of its own.
            pixels=lambda image: usage.pixels(
                change(image, model) if image.mode == "RGB" else image
            )
        )
    )


def pillow(image: Image.Image, model: Model) -> Image.Image:
    """Resized by Pillow, as in slow processors and open_clip."""
    return geometry.resized(image, model, geometry.resampling(model))


def torchvision(image: Image.Image, model: Model) -> Image.Image:
    """Resized by torchvision on 8-bit tensors with antialiasing, as in fast processors."""
    if model.image_resize == "tile":
        raise NotApplicable  # torchvision has no Lanczos for tensors.
    values = torch.from_numpy(np.array(image)).permute(2, 0, 1)
    size = [geometry.side(model)] * (1 if model.image_resize == "crop" else 2)
    bicubic = v2.InterpolationMode.BICUBIC
    grown = v2.functional.resize(values, size, interpolation=bicubic, antialias=True)
    made = Image.fromarray(grown.permute(1, 2, 0).contiguous().numpy())
    return geometry.center(made, geometry.side(model)) if model.image_resize == "crop" else made


def converted_first(image: Image.Image) -> Image.Image:
    """Converted to RGB before anything else, as in the vendor's container for most models."""
    return image.convert("RGB")


def _file_of(image: Any) -> bytes:
    """The bytes of the file that Pillow has open."""
    image.fp.seek(0)
    content: bytes = image.fp.read()
    return content


def decoded_by_torchvision(image: Image.Image) -> Image.Image:
    """JPEGs decoded by torchvision."""
    if image.format != "JPEG" or image.mode not in ("RGB", "L"):
        return image
    data = torch.frombuffer(bytearray(_file_of(image)), dtype=torch.uint8)
    values = decode_image(data, ImageReadMode.RGB)
    return Image.fromarray(values.permute(1, 2, 0).contiguous().numpy())


def decoded_fast(image: Image.Image) -> Image.Image:
    """JPEGs with the faster, coarser cosine transform and upsampling (simplejpeg, if installed)."""
    if image.format != "JPEG" or image.mode != "RGB":
        return image
    try:
        import simplejpeg
    except ImportError:
        raise NotApplicable from None
    return Image.fromarray(simplejpeg.decode_jpeg(_file_of(image), fastdct=True, fastupsample=True))


def _before(alter: Callable[[Image.Image], Image.Image]) -> Any:
    return simple(lambda usage, _: usage.altered(pixels=lambda image: usage.pixels(alter(image))))


def _modules(usage: Usage, kind: Kind) -> Any:
    return usage.image_model if kind == "image" else usage.text_model


def _in_dtype(kind: Kind, dtype: torch.dtype) -> Any:
    """The weights and the arithmetic in a data type with fewer bits."""

    @contextmanager
    def change(usage: Usage, _: Model) -> Iterator[Usage]:
        module = _modules(usage, kind)
        kept = {name: value.detach().clone() for name, value in module.state_dict().items()}
        module.to(dtype)

        def cast(make: Callable[[Any], Any]) -> Callable[[Any], Any]:
            def inputs(item: Any) -> Any:
                made = make(item)
                return {key: _cast(value, dtype) for key, value in made.items()}

            return inputs

        try:
            yield usage.altered(pixels=cast(usage.pixels), tokens=cast(usage.tokens))
        finally:
            module.to(torch.float32)
            module.load_state_dict(kept)

    return change


def _cast(value: Any, dtype: torch.dtype) -> Any:
    floating = isinstance(value, torch.Tensor) and value.is_floating_point()
    return value.to(dtype) if floating else value


def _int8(kind: Kind) -> Any:
    """Linear layers in 8 bits, with inputs quantized dynamically (torch's dynamic quantization).

    Each row of a weight matrix has a scale, as has each input tensor. This is reimplemented because
    torch's own quantization would replace the modules.
    """

    def hook(_: torch.nn.Module, inputs: Any) -> Any:
        return (_quantized(inputs[0], None), *inputs[1:])

    @contextmanager
    def change(usage: Usage, _: Model) -> Iterator[Usage]:
        linear = [
            each for each in _modules(usage, kind).modules() if isinstance(each, torch.nn.Linear)
        ]
        kept = [each.weight.detach().clone() for each in linear]
        with ExitStack() as stack:
            for each in linear:
                each.weight.data.copy_(_quantized(each.weight.data, 1))
                stack.callback(each.register_forward_pre_hook(hook).remove)
            try:
                yield usage
            finally:
                for each, before in zip(linear, kept, strict=True):
                    each.weight.data.copy_(before)

    return change


def _quantized(values: torch.Tensor, dimension: int | None) -> torch.Tensor:
    size = values.abs()
    largest = size.max() if dimension is None else size.amax(dim=dimension, keepdim=True)
    step = (largest / 127).clamp_min(1e-12)
    return (values / step).round() * step


def _threads(count: int) -> Any:
    @contextmanager
    def change(usage: Usage, _: Model) -> Iterator[Usage]:
        before = torch.get_num_threads()
        torch.set_num_threads(count)
        try:
            yield usage
        finally:
            torch.set_num_threads(before)

    return change


def _eager(kind: Kind) -> Any:
    """Attention computed step by step instead of by the fused kernel."""

    @contextmanager
    def change(usage: Usage, _: Model) -> Iterator[Usage]:
        models = [
            each
            for each in _modules(usage, kind).modules()
            if hasattr(each, "set_attn_implementation")
        ]
        if not models:
            raise NotApplicable
        before = models[0].config._attn_implementation
        models[0].set_attn_implementation("eager")
        try:
            yield usage
        finally:
            models[0].set_attn_implementation(before)

    return change


def _slow_processor(usage: Usage, model: Model) -> Usage:
    """transformers' Pillow processor instead of its torchvision one."""
    import transformers

    folders = {
        "clip": "openai_clip_processor",
        "siglip": "siglip",
        "sentence-transformers": "clip/0_CLIPModel",
    }
    if model.library not in folders:
        raise NotApplicable
    place = checkpoints.folder(model.tag) / folders[model.library]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        hugging_face: Any = transformers
        slow = hugging_face.AutoImageProcessor.from_pretrained(place, use_fast=False)

    def pixels(image: Image.Image) -> Any:
        like = usage.pixels(Image.new("RGB", (32, 32)))
        made = slow(images=image.convert("RGB"), return_tensors="pt")["pixel_values"]
        return {**copy.copy(like), "pixel_values": made}

    return usage.altered(pixels=pixels)


def _rounded(usage: Usage, _: Model) -> Usage:
    return usage.altered(
        text_vector=lambda inputs: usage.text_vector(inputs).half().float(),
        image_vector=lambda inputs: usage.image_vector(inputs).half().float(),
    )


def _both(name: str, make: Callable[[Kind], Any]) -> tuple[Mistake, Mistake]:
    return Mistake(name, "text", make("text")), Mistake(name, "image", make("image"))


ALL: tuple[Mistake, ...] = (
    Mistake(
        "transformers' Pillow processor in place of its torchvision one",
        "image",
        simple(_slow_processor),
    ),
    Mistake("resized by Pillow", "image", _sized(pillow)),
    Mistake("resized by torchvision on 8-bit tensors", "image", _sized(torchvision)),
    Mistake("converted to RGB before anything else", "image", _before(converted_first)),
    Mistake("JPEG decoded by torchvision", "image", _before(decoded_by_torchvision)),
    Mistake(
        "JPEG decoded with the fast cosine transform and upsampling", "image", _before(decoded_fast)
    ),
    Mistake("one value in fifty off by 1 out of 255", "image", _before(image_sizes.noisy)),
    *_both("1 thread", lambda _: _threads(1)),
    *_both("4 threads", lambda _: _threads(4)),
    *_both("eager attention", _eager),
    *_both("vectors rounded to float16", lambda _: simple(_rounded)),
    *_both("float16", lambda kind: _in_dtype(kind, torch.float16)),
    *_both("bfloat16", lambda kind: _in_dtype(kind, torch.bfloat16)),
    *_both("int8, dynamic", _int8),
)
