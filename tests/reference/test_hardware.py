"""Detecting the number of available processors, and setting a GPU's precision."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from reference import hardware


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({"cpu.max": "200000 100000\n"}, 2),
        ({"cpu.max": "150000 100000\n"}, 2),
        ({"cpu.max": "50000 100000\n"}, 1),
        ({"cpu.max": "max 100000\n"}, None),
        ({"cpu/cpu.cfs_quota_us": "300000\n", "cpu/cpu.cfs_period_us": "100000\n"}, 3),
        ({"cpu/cpu.cfs_quota_us": "-1\n", "cpu/cpu.cfs_period_us": "100000\n"}, None),
        ({}, None),
    ],
)
def test_a_quota_is_read(tmp_path: Path, files: dict[str, str], expected: int | None) -> None:
    (tmp_path / "cpu").mkdir()
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    assert hardware.processor_quota(tmp_path) == expected
    here = len(os.sched_getaffinity(0))
    assert hardware.usable_processors(tmp_path) == min(here, expected or here)


def test_torch_is_not_imported_before_its_settings_are_made() -> None:
    # Otherwise, torch would not see the settings, and its idle threads would spin.
    program = "import sys, reference.__main__; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


@pytest.mark.parametrize(("device", "rounded"), [("cpu", True), ("meta", False)])
def test_a_device_beside_the_cpu_computes_in_whole_float32(
    monkeypatch: pytest.MonkeyPatch, device: str, rounded: bool
) -> None:
    monkeypatch.setattr(torch.backends.cudnn, "allow_tf32", True)
    # "meta" is the only device besides the CPU that every machine has.
    hardware.prepare_device(device)
    assert torch.backends.cudnn.allow_tf32 is rounded
