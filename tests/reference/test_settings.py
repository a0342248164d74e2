"""Flags, environment variables, defaults, and rejected values."""

from pathlib import Path

import pytest

from reference.settings import parse

TAG = "openai-clip-vit-base-patch16"
OTHER = "sentence-transformers-clip-ViT-B-32"


def test_defaults() -> None:
    settings = parse(["--model", TAG], {})
    assert (settings.model.tag, settings.weights, settings.device) == (TAG, "stand-in", "cpu")
    assert (settings.host, settings.port, settings.dimensions) == ("127.0.0.1", 8080, None)
    assert settings.max_body > 16 * 2**20
    assert settings.max_pixels > 20 * 10**6


def test_flags_win_over_the_environment() -> None:
    environ = {"MODEL": OTHER, "WEIGHTS": "hub", "HOST": "::1", "PORT": "9", "DIMENSIONS": "768"}
    assert parse([], environ).model.tag == OTHER
    assert parse([], environ).port == 9
    flags = ["--model", TAG, "--weights", "stand-in", "--host", "::", "--port", "0"]
    settings = parse([*flags, "--dimensions", "1152"], environ)
    assert (settings.model.tag, settings.weights) == (TAG, "stand-in")
    assert (settings.host, settings.port, settings.dimensions) == ("::", 0, 1152)


@pytest.mark.parametrize(
    ("environ", "device"),
    [
        ({}, "cpu"),
        ({"ENABLE_CUDA": "1"}, "cuda:0"),
        ({"ENABLE_CUDA": "true", "CUDA_CORE": "cuda:1"}, "cuda:1"),
        ({"ENABLE_CUDA": "0", "CUDA_CORE": "cuda:1"}, "cpu"),
        ({"ENABLE_CUDA": "yes"}, "cpu"),
        ({"DEVICE": "cuda:0"}, "cpu"),
    ],
)
def test_cuda_is_asked_for_as_in_the_vendors_container(
    environ: dict[str, str], device: str
) -> None:
    assert parse(["--model", TAG], environ).device == device
    assert parse(["--model", TAG, "--device", "cpu"], environ).device == "cpu"


def test_a_model_of_ones_own(tmp_path: Path) -> None:
    rows = tmp_path / "mine.toml"
    rows.write_text('[[model]]\ntag = "mine"\nlibrary = "clip"\n')
    arguments = ["--models", str(rows), "--model", "mine", "--weights", str(tmp_path)]
    settings = parse(arguments, {})
    assert (settings.model.library, settings.weights) == ("clip", str(tmp_path))


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ([], "no model"),
        (["--model", "nonsense"], "unknown model 'nonsense'; known: "),
        (["--model", TAG, "--weights", "/no/such"], "--weights /no/such"),
        (["--model", TAG, "--port", "x"], "--port x"),
        (["--model", TAG, "--port", "65536"], "--port 65536"),
        (["--model", TAG, "--port", "-1"], "--port"),
        (["--model", TAG, "--port", "٣"], "--port ٣"),
        (["--model", TAG, "--workers", "many"], "--workers many: must be a whole number"),
        (["--model", TAG, "--dimensions", "0"], "--dimensions 0"),
        (["--model", TAG, "--dimensions", "100"], "must be at least 512"),
        (["--model", TAG, "--max-pixels", "999"], "from 1 to 178"),
        (["--model", TAG, "--models", "/no/such"], "--models /no/such"),
        (["--model", TAG, "--mod", "x"], "unrecognized arguments"),
        (["stray"], "unrecognized arguments"),
    ],
)
def test_a_bad_option_ends_with_2_and_one_line(
    capsys: pytest.CaptureFixture[str], arguments: list[str], says: str
) -> None:
    with pytest.raises(SystemExit) as end:
        parse(arguments, {})
    printed = capsys.readouterr()
    assert (end.value.code, printed.out) == (2, "")
    assert printed.err.count("\n") == 1
    assert printed.err.startswith("reference: ")
    assert says in printed.err


@pytest.mark.parametrize("rows", ["not toml", '[[model]]\nname = "x"\n', 'model = "x"\n'])
def test_a_bad_file_of_models_ends_with_2_and_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], rows: str
) -> None:
    (tmp_path / "rows.toml").write_text(rows)
    with pytest.raises(SystemExit) as end:
        parse(["--models", str(tmp_path / "rows.toml"), "--model", TAG], {})
    assert end.value.code == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_an_empty_folder_of_weights_is_told_at_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        parse(["--model", TAG, "--weights", str(tmp_path)], {})
    assert "the directory is empty; was the right one mounted?" in capsys.readouterr().err
