"""What is set before a model is loaded on a device."""

import pytest
import torch

from reference import devices


@pytest.mark.parametrize(("device", "rounded"), [("cpu", True), ("meta", False)])
def test_a_device_beside_the_cpu_computes_in_whole_float32(
    monkeypatch: pytest.MonkeyPatch, device: str, rounded: bool
) -> None:
    monkeypatch.setattr(torch.backends.cudnn, "allow_tf32", True)
    devices.prepare(device)  # meta: the one beside the CPU that every machine has
    assert torch.backends.cudnn.allow_tf32 is rounded
