"""Where checkpoints come from, and that what was unpacked is removed."""

import dataclasses
import os
from pathlib import Path

import pytest

from reference import standins
from reference.encoders import UnloadableError
from reference.settings import Settings
from reference.weights import located


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
        assert folder == scratch / "mean-colour"
        assert folder.is_dir()
        assert os.environ["HF_HUB_OFFLINE"] == "1"
    assert not scratch.exists()


def test_a_tag_without_a_stand_in_is_refused(settings: Settings, tmp_path: Path) -> None:
    with (
        pytest.raises(UnloadableError, match="no stand-in for mean-colour"),
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
