"""Sources of checkpoints, removal of unpacked files, and vectors widened to `--dimensions`."""

import dataclasses
import os
import runpy
import shutil
from pathlib import Path

import numpy as np
import pytest

from reference import standins
from reference.errors import UnloadableError
from reference.model import Isometry
from reference.settings import Settings
from reference.weights import located
from tests.reference.conftest import STAND_INS, Checkpoint

DOWNLOAD_WEIGHTS = Path(__file__).parents[2] / "docker" / "download_weights.py"


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "0")


def test_a_stand_in_is_there_while_it_is_loaded(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unpack(tag: str, into: Path) -> Path:
        (into / tag).mkdir()
        return into / tag

    monkeypatch.setattr(standins, "unpack", unpack)
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    with located(settings, scratch) as folder:
        assert folder == scratch / "mean-color"
        assert folder.is_dir()
        assert os.environ["HF_HUB_OFFLINE"] == "1"
    assert not scratch.exists()


def test_a_tag_without_a_stand_in_is_refused(settings: Settings, tmp_path: Path) -> None:
    with (
        pytest.raises(UnloadableError, match="no stand-in for mean-color"),
        located(settings, tmp_path),
    ):
        pass


def test_a_folder_is_used_where_it_lies(settings: Settings, tmp_path: Path) -> None:
    mine = dataclasses.replace(settings, weights=str(tmp_path))
    with located(mine, tmp_path / "scratch") as folder:
        assert folder == tmp_path
    assert tmp_path.is_dir()


def test_the_hub_is_no_folder_and_not_offline(settings: Settings, tmp_path: Path) -> None:
    with located(dataclasses.replace(settings, weights="hub"), tmp_path) as folder:
        assert folder is None
        assert os.environ["HF_HUB_OFFLINE"] == "0"


def test_columns_are_orthonormal_and_the_same_each_time() -> None:
    columns = Isometry(512, 768).columns
    assert np.abs(columns.T @ columns - np.eye(512)).max() < 1e-14
    assert np.array_equal(columns, Isometry(512, 768).columns)


def test_widening_keeps_angles_lengths_and_the_bits_of_a_row() -> None:
    before = np.random.default_rng(0).normal(0, 50, (33, 30)).astype(np.float32)
    widen = Isometry(30, 100)
    after = widen(before)
    assert after.shape == (33, 100)
    # The tolerance is relative to the squared norms; rounding to float32 changes a number by up to
    # 6e-8 of its size.
    assert np.abs(after @ after.T - before @ before.T).max() < 1e-6 * (before**2).sum(1).max()
    assert all(
        np.array_equal(widen(one[None])[0], row) for one, row in zip(before, after, strict=True)
    )


def test_a_narrower_space_is_refused() -> None:
    with pytest.raises(UnloadableError, match="must be at least 3, the checkpoint's dimension"):
        Isometry(3, 2)


def test_an_image_is_built_with_the_weights_of_the_hub(
    checkpoint: Checkpoint, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Libraries treat a hub ID as a path if there is a directory of that name.
    hub_id = tmp_path / "openai" / "clip-vit-base-patch16"
    for part in ("openai_clip", "openai_clip_processor"):
        shutil.copytree(checkpoint("clip") / part, hub_id, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MODEL", STAND_INS["clip"])
    runpy.run_path(str(DOWNLOAD_WEIGHTS), run_name="__main__")
    (hub_id / "model.safetensors").unlink()
    with pytest.raises(OSError, match=r"model\.safetensors"):
        runpy.run_path(str(DOWNLOAD_WEIGHTS), run_name="__main__")
