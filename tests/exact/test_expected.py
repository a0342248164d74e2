"""The shipped vectors are complete, small, and reproducible."""

import io
from pathlib import Path

import numpy as np
import pytest

from conformance.data import fixture_files
from conformance.data.models import load
from conformance.exact import expected, items
from conformance.exact.judgment import deviations, single
from lab.exactness.expected import make

CLIP = "openai-clip-vit-base-patch16"
KILOBYTE = 1000
IMAGES = list(items.images(16))
"""The names of the images, which are the same for every size."""
UNMEASURED = {"google-siglip2-so400m-patch16-512"}
"""Tags for which mistakes were not measured, which takes half an hour on a busy machine."""


def test_every_listed_model_has_expected_vectors() -> None:
    assert set(expected.tags()) == set(load())


@pytest.mark.parametrize("tag", expected.tags())
def test_every_item_has_a_vector_of_the_checkpoints_dimension(tag: str) -> None:
    shipped, model = expected.load(tag), load()[tag]
    assert list(shipped.texts) == list(items.texts())
    assert list(shipped.images) == IMAGES
    rows = [*shipped.texts.values(), *(row for rows in shipped.images.values() for row in rows)]
    assert {row.shape for row in rows} == {(model.checkpoint_dimension,)}
    assert shipped.versions["torch"]
    known = [len(shipped.hypotheses[kind]) for kind in ("text", "image")]
    assert tag in UNMEASURED or min(known) >= 15


def test_all_together_are_small() -> None:
    files = [file for file in fixture_files.path("expected").iterdir() if file.is_file()]
    assert sum(len(file.read_bytes()) for file in files) < 900 * KILOBYTE


def test_another_file_under_a_photographs_name_is_left_out() -> None:
    shipped = expected.load(CLIP)
    digests = {**shipped.digests, "photograph page": "another"}
    other = expected.Expected(CLIP, shipped.texts, shipped.images, digests, shipped.versions)
    left = set(items.images(224)) - set(expected.known_images(other, 224))
    assert left == {"photograph page"}


def test_stored_vectors_are_rounded_by_next_to_nothing() -> None:
    rows = np.random.default_rng(0).standard_normal((20, 512)).astype(np.float32)
    whole, scales = expected.packed(rows)
    error = np.linalg.norm(whole * scales - rows, axis=1) / np.linalg.norm(rows, axis=1)
    assert error.max() < 1e-4


def test_one_tags_vectors_are_made_again(tmp_path: Path) -> None:
    """The vectors come from the libraries' documented usage; rounding and library versions change
    them little."""
    make(load()[CLIP], tmp_path, whole=False)
    with np.load(io.BytesIO((tmp_path / f"{CLIP}.npz").read_bytes())) as stored:
        again = expected.read(CLIP, stored)
    shipped = expected.load(CLIP)
    first = {name: rows[0] for name, rows in again.images.items()}
    found = deviations(again.texts, single(shipped.texts)) + deviations(first, shipped.images)
    assert max(each.distance for each in found) < 1e-3
    assert max(abs(each.length - 1) for each in found) < 1e-3
