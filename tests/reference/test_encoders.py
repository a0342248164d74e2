"""All encoders provide stable vectors and support any text and any checkpoint source."""

import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image
from torch import nn

from conformance.data.models import Model
from reference import encoders, packed_linear
from reference.encoders import Placement
from reference.errors import UnloadableError
from reference.inputs import Vectors, shorten
from reference.packed_linear import PackedLinear
from tests.reference.conftest import STAND_INS, Checkpoint, Find, load

TEXTS = ["a red circle", "", " \t ", "\x00", "🦊" * 30, "赤い丸", "word " * 5000]


def cosine(one: Vectors, other: Vectors) -> float:
    one, other = one.astype(np.float64), other.astype(np.float64)
    return float(one @ other / np.linalg.norm(one) / np.linalg.norm(other))


@pytest.mark.parametrize("name", STAND_INS)
def test_a_texts_vector_does_not_depend_on_its_companions(model: Find, name: str) -> None:
    # ModernVBERT would use all 5,000 words.
    texts = TEXTS[:-1] if name == "modernvbert" else TEXTS
    together = model(name).encode_texts([*texts, *texts[::-1]])
    for index, text in enumerate(texts):
        [alone] = model(name).encode_texts([text])
        assert cosine(alone, together[index]) > 1 - 1e-6
        assert cosine(alone, together[-1 - index]) > 1 - 1e-6


@pytest.mark.parametrize("name", STAND_INS)
def test_an_images_vector_is_the_same_to_the_last_bit(
    model: Find, name: str, photograph: Image.Image
) -> None:
    other = photograph.rotate(90, expand=True)
    first = model(name).encode_image(photograph)
    assert not np.array_equal(model(name).encode_image(other), first)
    model(name).encode_texts(TEXTS[:2])
    assert np.array_equal(model(name).encode_image(photograph.copy()), first)


@pytest.mark.parametrize("name", STAND_INS)
@pytest.mark.parametrize("unit", ["a", " ", "a cat ", "赤", "\n\n"])
def test_a_text_of_a_megabyte_is_cut_before_it_is_read(model: Find, name: str, unit: str) -> None:
    begun = time.thread_time()
    inputs = model(name).preparing("text", unit * (10**6 // len(unit.encode())))
    assert next(iter(inputs.values())).shape[1] <= 8192
    # This usually takes far less than a second, but minutes with a tokenizer that reads the whole
    # text.
    assert time.thread_time() - begun < 20


@pytest.mark.parametrize("text", ["https://localhost:1/cat.jpg", "data:image/png;base64,AAAA"])
def test_a_text_that_names_an_image_is_a_text(checkpoint: Checkpoint, text: str) -> None:
    """sentence-transformers would fetch the image, so that clients could send requests inside the
    network."""
    row = Model(tag="own", library="sentence-transformers")
    own = load(row, checkpoint("sentence-transformers") / "clip")
    assert cosine(own.encode_texts([text])[0], own.encode_texts([f"{text} "])[0]) < 1.0001


def test_siglip_reads_lower_case_if_its_row_says_so(model: Find, checkpoint: Checkpoint) -> None:
    inputs = model("siglip").preparing("text", "A CAT"), model("siglip").preparing("text", "a cat")
    assert np.array_equal(inputs[0]["input_ids"], inputs[1]["input_ids"])
    as_is = load(Model(tag="as-is", library="siglip"), checkpoint("siglip"))
    assert not np.array_equal(as_is.encode_texts(["A CAT"]), as_is.encode_texts(["a cat"]))


def count_letters(text: str) -> int:
    return len(text.replace(" ", ""))


@pytest.mark.parametrize(
    ("text", "kept"),
    [("ab", 2), ("x" * 10**6, 144), (" " * 10**4, 10**4), (" " * 600 + "x" * 10**6, 144 * 4**2)],
)
def test_a_text_is_cut_only_after_what_the_model_reads(text: str, kept: int) -> None:
    assert len(shorten(text, 10, count_letters)) == kept


def test_the_work_on_a_text_without_tokens_is_bounded() -> None:
    assert len(shorten(" " * 10**7, 10, count_letters)) == 65_536


@pytest.mark.parametrize(
    ("name", "inside", "library"),
    [
        ("siglip", "siglip", "siglip"),
        ("modernvbert", "modernvbert", "modernvbert"),
        ("open_clip", "openclip", "open_clip"),
        ("sentence-transformers", "clip", "sentence-transformers"),
    ],
)
def test_a_checkpoint_is_found_in_the_vendors_layout_and_on_its_own(
    checkpoint: Checkpoint, model: Find, name: str, inside: str, library: Any
) -> None:
    own = load(Model(tag="own", library=library), checkpoint(name) / inside)
    image = Image.new("RGB", (50, 40), "orange")
    assert np.array_equal(own.encode_image(image), model(name).encode_image(image))


def test_a_row_without_a_library_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnloadableError, match="own's TOML table needs library"):
        encoders.load(Model(tag="own"), tmp_path, Placement())


def test_a_folder_without_a_checkpoint_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnloadableError, match=r"has neither config\.json nor"):
        encoders.load(Model(tag="own", library="open_clip"), tmp_path, Placement())


def test_an_incomplete_checkpoint_is_refused(checkpoint: Checkpoint, tmp_path: Path) -> None:
    """transformers initializes missing weights at random, with only a warning."""
    from safetensors.numpy import load_file, save_file

    whole = checkpoint("clip") / "openai_clip"
    for file in whole.iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    tensors = load_file(whole / "model.safetensors")
    tensors.pop("text_projection.weight")
    save_file(tensors, tmp_path / "model.safetensors", {"format": "pt"})
    with pytest.raises(UnloadableError, match=r"lacks text_projection\.weight"):
        encoders.load(Model(tag="own", library="clip"), tmp_path, Placement())


NEAR = 1e-5
"""Tolerance for adding 64 products of float32 numbers of about 1 in two different ways."""

with_packed_weights = pytest.mark.skipif(
    not packed_linear.is_available(), reason="no oneDNN with packed weights on this processor"
)


class Derived(nn.Linear):
    """A layer whose weights are read from outside it, as by `nn.MultiheadAttention`."""


@with_packed_weights
@pytest.mark.parametrize("bias", [False, True])
@pytest.mark.parametrize("rows", [torch.randn(1, 64), torch.randn(3, 5, 64), torch.randn(64, 7).T])
def test_a_packed_layer_computes_the_same(bias: bool, rows: torch.Tensor) -> None:
    layer = nn.Linear(64, 48, bias=bias)
    with torch.inference_mode():
        assert torch.allclose(PackedLinear(layer)(rows), layer(rows), atol=NEAR)
    assert torch.equal(PackedLinear(layer).weight, layer.weight)


@with_packed_weights
@pytest.mark.parametrize(
    ("placement", "kind"),
    [(Placement("cpu", "float32"), PackedLinear), (Placement("cpu", "bfloat16"), nn.Linear)],
)
def test_layers_at_any_depth_are_packed_in_float32_and_derived_ones_are_not(
    placement: Placement, kind: type[nn.Module]
) -> None:
    made = nn.Sequential(nn.Linear(4, 4), nn.Sequential(nn.Linear(4, 4), Derived(4, 4)))
    placed = placement.put(made).modules()
    kinds = [type(each) for each in placed if not isinstance(each, nn.Sequential)]
    assert kinds == [kind, kind, Derived]


def test_without_the_operations_a_model_stays_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packed_linear, "OPERATIONS", ("_dropped_by_a_later_torch",))
    unchanged = packed_linear.pack(nn.Sequential(nn.Linear(4, 4)))
    assert [type(each) for each in unchanged.children()] == [nn.Linear]
