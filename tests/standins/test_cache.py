"""A tower is retrained whenever anything that determines its weights changes."""

from pathlib import Path

import pytest
import torch

from conformance.data import fixture_files
from lab.training import cache_key
from lab.training.tower_trainer import Tower, TowerTrainer


class Counted:
    """A training run that counts how often it is called."""

    def __init__(self) -> None:
        self.times = 0

    def __call__(self) -> Tower:
        self.times += 1
        return {"weight": torch.full((1,), float(self.times))}


@pytest.fixture
def train() -> Counted:
    return Counted()


@pytest.fixture(autouse=True)
def origin_again() -> None:
    """Clear the cached digest of code and libraries, so that it is computed again."""
    cache_key._origin.cache_clear()


def test_a_tower_is_trained_once(tmp_path: Path, train: Counted) -> None:
    first = TowerTrainer(tmp_path / "cache", 0.5).kept("tower", train)
    again = TowerTrainer(tmp_path / "cache", 0.5).kept("tower", train)
    assert train.times == 1
    assert torch.equal(first["weight"], again["weight"])


def test_another_effort_is_another_tower(tmp_path: Path, train: Counted) -> None:
    hasty = TowerTrainer(tmp_path, 0.01).kept("tower", train)
    whole = TowerTrainer(tmp_path, 1.0).kept("tower", train)
    assert train.times == 2
    assert not torch.equal(hasty["weight"], whole["weight"])


def test_another_name_is_another_tower(tmp_path: Path, train: Counted) -> None:
    TowerTrainer(tmp_path).kept("one", train)
    TowerTrainer(tmp_path).kept("other", train)
    assert train.times == 2


@pytest.mark.parametrize("changed", ["code", "data", "library", "threads"])
def test_what_it_is_made_from_decides(
    tmp_path: Path, train: Counted, monkeypatch: pytest.MonkeyPatch, changed: str
) -> None:
    TowerTrainer(tmp_path).kept("tower", train)
    cache_key._origin.cache_clear()
    if changed == "code":
        (tmp_path / "elsewhere").mkdir()
        (tmp_path / "elsewhere" / "loop.py").write_text("steps = 2")
        monkeypatch.setattr(cache_key, "__file__", str(tmp_path / "elsewhere" / "cache_key.py"))
    elif changed == "data":
        (tmp_path / "drawings.toml").write_text("colors = []")
        monkeypatch.setattr(fixture_files, "path", lambda name: tmp_path / name)
    elif changed == "library":
        monkeypatch.setattr(cache_key, "version", lambda _: "0")
    else:
        other = torch.get_num_threads() + 1
        monkeypatch.setattr(torch, "get_num_threads", lambda: other)
    TowerTrainer(tmp_path).kept("tower", train)
    assert train.times == 2
