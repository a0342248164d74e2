"""``clip-conformance compose`` and docker/compose.yml, checked without a container engine."""

from pathlib import Path
from typing import Any

import pytest
import yaml  # type: ignore[import-untyped]

from conformance.command.cli import invoke
from conformance.containers import compose
from conformance.data import models
from conformance.data.clauses import DEFAULT_VERSION

OURS = Path(__file__).parents[2] / "docker" / "compose.yml"
TAG = "openai-clip-vit-base-patch16"


def printed(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict[str, Any]:
    assert invoke(compose.command, list(arguments)) == 0
    return dict(yaml.safe_load(capsys.readouterr().out)["services"])


@pytest.mark.parametrize("tag", [name for name, row in models.load().items() if row.listed])
def test_every_listed_model_has_the_pages_services(
    capsys: pytest.CaptureFixture[str], tag: str
) -> None:
    services = printed(capsys, "--model", tag)
    encoder = services["multi2vec-clip"]
    assert (
        encoder["image"]
        == f"cr.weaviate.io/semitechnologies/multi2vec-clip:{tag}-{compose.RELEASE}"
    )
    assert encoder["environment"] == {"ENABLE_CUDA": "0"}
    weaviate = services["weaviate"]
    assert weaviate["image"] == f"cr.weaviate.io/semitechnologies/weaviate:{DEFAULT_VERSION}"
    assert weaviate["environment"]["CLIP_INFERENCE_API"] == "http://multi2vec-clip:8080"
    assert weaviate["environment"]["ENABLE_MODULES"] == "multi2vec-clip"


def test_a_gpu_is_asked_for_and_handed_in(capsys: pytest.CaptureFixture[str]) -> None:
    encoder = printed(capsys, "--model", TAG, "--cuda")["multi2vec-clip"]
    assert encoder["environment"]["ENABLE_CUDA"] == "1"
    (device,) = encoder["deploy"]["resources"]["reservations"]["devices"]
    assert device["capabilities"] == ["gpu"]


def test_an_image_and_a_version_of_ones_own(capsys: pytest.CaptureFixture[str]) -> None:
    words = ("--model", TAG, "--image", "own: image", "--weaviate-version", "1.38.2")
    services = printed(capsys, *words)
    assert services["multi2vec-clip"]["image"] == "own: image"
    # An image from the reference encoder can serve several models.
    assert services["multi2vec-clip"]["environment"] == {"ENABLE_CUDA": "0", "MODEL": TAG}
    assert services["weaviate"]["image"].endswith(":1.38.2")


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--model", "no-such-tag"), "unknown model 'no-such-tag'"),
        (("--model", "own", "--models", "rows.toml"), "specify its image with --image"),
        ((), "--model"),
    ],
)
def test_a_bad_option_is_one_line(
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    words: tuple[str, ...],
    says: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "rows.toml").write_text('[[model]]\ntag = "own"\n')
    assert invoke(compose.command, list(words)) == 4
    said = capsys.readouterr().err
    assert says in said
    assert said.count("\n") == 1


def test_the_projects_own_file_tells_weaviate_the_same(capsys: pytest.CaptureFixture[str]) -> None:
    ours = yaml.safe_load(OURS.read_text(encoding="utf-8"))["services"]
    told = dict(ours["weaviate"]["environment"])
    del told["DISABLE_TELEMETRY"]
    services = printed(capsys, "--model", TAG)
    assert told == services["weaviate"]["environment"]
    assert ours["multi2vec-clip"]["healthcheck"] == services["multi2vec-clip"]["healthcheck"]
    assert ours["weaviate"]["depends_on"] == services["weaviate"]["depends_on"]
