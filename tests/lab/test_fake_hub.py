"""`WEIGHTS=hub` during an image build, with weights from a local hub."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from lab.benchmarks.programs import free_port, program, wait_for

ROOT = Path(__file__).parents[2]
TAG = "openai-clip-vit-base-patch16"


@pytest.mark.reference
def test_an_image_downloads_its_weights_from_the_hub(tmp_path: Path) -> None:
    port = free_port()
    hub = f"http://127.0.0.1:{port}"
    command = [sys.executable, "-m", "lab.fake_hub", TAG, "--port", str(port)]
    environment = {"MODEL": TAG, "HF_HOME": str(tmp_path / "hub"), "HF_ENDPOINT": hub}
    environment |= {"HF_HUB_DISABLE_XET": "1", "HF_HUB_OFFLINE": "0"}
    with program(command, tmp_path / "log") as process:
        wait_for(f"{hub}/api/models/any", process, tmp_path / "log")
        done = subprocess.run(
            [sys.executable, str(ROOT / "docker" / "download_weights.py")],
            env={**os.environ, **environment},
            capture_output=True,
            text=True,
            timeout=600,
        )
    assert done.returncode == 0, done.stderr
    assert list((tmp_path / "hub").rglob("model.safetensors"))
