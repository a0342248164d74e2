"""What every encoder promises beyond its library: stable vectors, any text, any source."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from conformance.data.models import Model
from reference import encoders
from reference.encoders import Placement
from reference.encoders.truncation import shorten
from reference.inference import Computing, Vectors
from tests.reference.conftest import LIBRARIES, Checkpoint, computing

Find = Callable[[str], Computing]

TEXTS = ["a red circle", "", " \t ", "\x00", "🦊" * 30, "赤い丸", "word " * 5000]


def cosine(one: Vectors, other: Vectors) -> float:
    one, other = one.astype(np.float64), other.astype(np.float64)
    return float(one @ other / np.linalg.norm(one) / np.linalg.norm(other))


@pytest.mark.parametrize("name", LIBRARIES)
def test_a_texts_vector_does_not_depend_on_its_companions(encoder: Find, name: str) -> None:
    together = encoder(name).encode_texts([*TEXTS, *TEXTS[::-1]])
    for index, text in enumerate(TEXTS):
        [alone] = encoder(name).encode_texts([text])
        assert cosine(alone, together[index]) > 1 - 1e-6
        assert cosine(alone, together[-1 - index]) > 1 - 1e-6


@pytest.mark.parametrize("name", LIBRARIES)
def test_a_images_vector_is_the_same_to_the_last_bit(
    encoder: Find, name: str, photograph: Image.Image
) -> None:
    other = photograph.rotate(90, expand=True)
    first = encoder(name).encode_image(photograph)
    encoder(name).encode_image(other)
    encoder(name).encode_texts(TEXTS[:2])
    assert np.array_equal(encoder(name).encode_image(photograph.copy()), first)
    assert not np.array_equal(encoder(name).encode_image(other), first)


MEGABYTES = [("modernvbert", "a cat ")] + [
    (name, unit)
    for name in LIBRARIES
    for unit in ("a", " ", "a cat ", "赤", "\n\n")
    if name != "modernvbert"
]


@pytest.mark.parametrize(("name", "unit"), MEGABYTES)
def test_a_text_of_a_megabyte_takes_no_longer_than_the_model_needs(
    encoder: Find, name: str, unit: str
) -> None:
    encode = encoder(name).encode_texts
    begun = time.thread_time()
    vectors = encode([unit * (10**6 // len(unit.encode()))])
    assert np.isfinite(vectors).all()
    # ModernVBERT reads 8,192 tokens of it, the others at most 128.
    assert time.thread_time() - begun < (10 if name == "modernvbert" else 1)


@pytest.mark.parametrize("text", ["https://localhost:1/cat.jpg", "data:image/png;base64,AAAA"])
def test_a_text_that_names_a_image_is_a_text(checkpoint: Checkpoint, text: str) -> None:
    """sentence-transformers would fetch it: for whoever sends it, from inside the network."""
    model = Model(tag="own", library="sentence-transformers")
    encoder = computing(model, checkpoint("sentence-transformers") / "clip")
    assert cosine(encoder.encode_texts([text])[0], encoder.encode_texts([f"{text} "])[0]) < 1.0001


def test_siglip_reads_lower_case_if_its_row_says_so(encoder: Find, checkpoint: Checkpoint) -> None:
    lower = encoder("siglip")
    model = Model(tag="as-is", library="siglip")
    as_is = computing(model, checkpoint("siglip"))
    assert np.array_equal(lower.encode_texts(["A CAT"]), lower.encode_texts(["a cat"]))
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
        ("clip", "", "clip"),
        ("siglip", "", "siglip"),
        ("siglip", "siglip", "siglip"),
        ("modernvbert", "modernvbert", "modernvbert"),
        ("open_clip", "openclip", "open_clip"),
        ("sentence-transformers", "clip", "sentence-transformers"),
        ("metaclip2", "", "clip"),
    ],
)
def test_a_checkpoint_is_found_in_the_vendors_layout_and_on_its_own(
    checkpoint: Checkpoint, encoder: Find, name: str, inside: str, library: Any
) -> None:
    model = Model(tag="own", library=library)
    found = computing(model, checkpoint(name) / inside)
    image = Image.new("RGB", (50, 40), "orange")
    assert np.array_equal(found.encode_image(image), encoder(name).encode_image(image))


def test_a_row_without_a_library_is_refused(tmp_path: Path) -> None:
    with pytest.raises(encoders.UnloadableError, match="the row of own names no library"):
        encoders.load(Model(tag="own"), tmp_path, Placement())


def test_an_incomplete_checkpoint_is_refused(checkpoint: Checkpoint, tmp_path: Path) -> None:
    """transformers makes missing weights up, with no more than a warning."""
    from safetensors.numpy import load_file, save_file

    whole = checkpoint("modernvbert") / "modernvbert"
    for file in whole.iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    weights = load_file(whole / "model.safetensors")
    weights.pop("connector.modality_projection.weight")
    save_file(weights, tmp_path / "model.safetensors", {"format": "pt"})
    with pytest.raises(encoders.UnloadableError, match=r"lacks connector\.modality_projection"):
        encoders.load(Model(tag="own", library="modernvbert"), tmp_path, Placement())
