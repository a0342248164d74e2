"""A stand-in exported for another server."""

import json
from pathlib import Path
from typing import Any

import pytest

from conformance.command.cli import invoke as run
from conformance.data.models import load
from conformance.transport import reference_process
from reference.standins.__main__ import export, main

CLIP = "openai-clip-vit-base-patch16"
SIGLIP = "google-siglip2-so400m-patch16-384"
QUICKGELU = "ViT-B-32-quickgelu-laion400m_e32"
XLM = "xlm-roberta-base-ViT-B-32-laion5b_s13b_b90k"
VENDOR = {
    CLIP: {"openai_clip", "openai_clip_processor"},
    SIGLIP: {"siglip", "model_name"},
    QUICKGELU: {"openclip", "model_configs"},
    "sentence-transformers-clip-ViT-B-32": {"clip", "text"},
}


@pytest.mark.parametrize("tag", VENDOR)
def test_the_vendors_layout_is_what_its_code_looks_for(tag: str, tmp_path: Path) -> None:
    said = export(tag, tmp_path / "models", "vendor")
    assert {entry.name for entry in (tmp_path / "models").iterdir()} == VENDOR[tag]
    assert f"{tmp_path}/models:/app/models:ro" in said
    if tag == SIGLIP:  # The vendor's code reads the processor's path from this file.
        assert (tmp_path / "models" / "model_name").read_text() == "./models/siglip"


def test_the_vendors_open_clip_gets_its_architecture_and_its_weights(tmp_path: Path) -> None:
    said = export(XLM, tmp_path, "vendor")
    config = json.loads((tmp_path / "openclip" / "config.json").read_text())
    small = json.loads(next((tmp_path / "model_configs").iterdir()).read_text())
    assert config["pretrained"] == "./models/openclip/open_clip_model.safetensors"
    assert small == config["model_config"]
    assert small["text_cfg"]["hf_tokenizer_name"] == "./models/openclip/tokenizer"
    assert f"open_clip/model_configs/{config['model_name']}.json:ro" in said


@pytest.mark.parametrize("tag", [QUICKGELU, XLM])
def test_a_plain_open_clip_loads_the_library_layout(tag: str, tmp_path: Path) -> None:
    import open_clip

    export(tag, tmp_path, "library")
    model, _, _ = open_clip.create_model_and_transforms(f"local-dir:{tmp_path}")
    tokens = open_clip.get_tokenizer(f"local-dir:{tmp_path}")(["a red circle"])
    assert model.encode_text(tokens).shape == (1, load()[tag].checkpoint_dimension)


def test_a_plain_transformers_loads_the_library_layout(tmp_path: Path) -> None:
    import transformers

    hugging_face: Any = transformers
    export(CLIP, tmp_path, "library")
    assert hugging_face.AutoModel.from_pretrained(tmp_path).config.projection_dim == 512
    assert hugging_face.AutoProcessor.from_pretrained(tmp_path).tokenizer("a red circle")[
        "input_ids"
    ]


def test_a_folder_that_is_not_empty_is_left_alone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "mine").touch()
    assert main([CLIP, str(tmp_path)]) == 1
    assert "is not empty" in capsys.readouterr().err
    assert [entry.name for entry in tmp_path.iterdir()] == ["mine"]


def test_an_unknown_tag_is_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["no-such-model", str(tmp_path)]) == 1
    assert capsys.readouterr().err.count("\n") == 1


def test_the_suites_command_runs_the_reference_as_a_program(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert run(reference_process.command, [CLIP, str(tmp_path / "models")]) == 0
    assert "/app/models" in capfd.readouterr().out
