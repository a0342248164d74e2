"""``--weights hub``: how the libraries are called, tested with mocks."""

import importlib
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from conformance.data import models
from reference.encoders import MODULES, Placement

Asked = list[tuple[Any, ...]]


class Double:
    """Stands in for any object that a library would have loaded."""

    def __getattr__(self, name: str) -> Any:
        return 64 if name in ("max_position_embeddings", "context_length") else Double()

    def __call__(self, *_: Any, **__: Any) -> "Double":
        return self

    def __int__(self) -> int:
        return 64

    def __iter__(self) -> Iterator["Double"]:
        return iter(())


def module_of(tag: str) -> Any:
    library = models.find(tag).library
    assert library is not None
    return importlib.import_module(MODULES[library])


def pretrained(asked: Asked, kind: str) -> Any:
    """A class whose `from_pretrained` records its arguments."""

    def load(source: str, **options: Any) -> Any:
        asked.append((kind, source))
        assert "trust_remote_code" not in options
        report = {"missing_keys": set[str]()}
        return (Double(), report) if "output_loading_info" in options else Double()

    return SimpleNamespace(from_pretrained=load)


@pytest.mark.parametrize(
    ("tag", "names"),
    [
        ("openai-clip-vit-base-patch16", ("AutoModel", "AutoProcessor")),
        ("facebook-metaclip-2-worldwide-b32-384", ("AutoModel", "AutoProcessor")),
        ("google-siglip2-so400m-patch16-384", ("AutoModel", "AutoProcessor")),
        ("google-siglip2-so400m-patch16-512", ("AutoModel", "AutoProcessor")),
        ("google-siglip-so400m-patch16-256-i18n", ("AutoModel", "AutoProcessor")),
        ("ModernVBERT-modernvbert-embed", ("ModernVBertModel", "Idefics3Processor")),
    ],
)
def test_transformers_is_asked_for_the_hub_id(
    monkeypatch: pytest.MonkeyPatch, tag: str, names: tuple[str, str]
) -> None:
    asked: Asked = []
    module = module_of(tag)
    for name in names:
        monkeypatch.setattr(module, name, pretrained(asked, name))
    module.load(models.find(tag), None, Placement())
    assert asked == [(name, models.find(tag).image_model) for name in names]


@pytest.mark.parametrize(
    ("tag", "sources"),
    [
        ("sentence-transformers-clip-ViT-B-32", ["clip-ViT-B-32"]),
        (
            "sentence-transformers-clip-ViT-B-32-multilingual-v1",
            ["clip-ViT-B-32", "clip-ViT-B-32-multilingual-v1"],
        ),
    ],
)
def test_sentence_transformers_is_asked_for_both_models(
    monkeypatch: pytest.MonkeyPatch, tag: str, sources: list[str]
) -> None:
    asked: Asked = []

    def load(source: str, device: str) -> Double:
        asked.append((source, device))
        return Double()

    module = module_of(tag)
    monkeypatch.setattr(module, "SentenceTransformer", load)
    module.load(models.find(tag), None, Placement("cuda:1"))
    assert [source.removeprefix("sentence-transformers/") for source, _ in asked] == sources
    assert {device for _, device in asked} == {"cuda:1"}


@pytest.mark.parametrize(
    "tag",
    [
        "ViT-B-16-laion2b_s34b_b88k",
        "ViT-B-32-quickgelu-laion400m_e32",
        "xlm-roberta-base-ViT-B-32-laion5b_s13b_b90k",
    ],
)
def test_open_clip_is_asked_for_a_pair_that_it_publishes(
    monkeypatch: pytest.MonkeyPatch, tag: str
) -> None:
    asked = open_clip_double(monkeypatch, tag)
    module_of(tag).load(models.find(tag), None, Placement())
    [(name, pretrained, cache), tokenizer] = asked
    assert (name, pretrained) in module_of(tag).open_clip.list_pretrained()
    assert f"{name}-{pretrained}" == tag
    assert (cache, tokenizer) == (None, (name, None))


def open_clip_double(monkeypatch: pytest.MonkeyPatch, tag: str) -> Asked:
    asked: Asked = []

    def create(name: str, pretrained: str | None, cache_dir: str | None) -> tuple[Double, ...]:
        asked.append((name, pretrained, cache_dir))
        return Double(), Double(), Double()

    def tokenizer(name: str, cache_dir: str | None) -> Double:
        asked.append((name, cache_dir))
        return Double()

    library = module_of(tag).open_clip
    monkeypatch.setattr(library, "create_model_and_transforms", create)
    monkeypatch.setattr(library, "get_tokenizer", tokenizer)
    return asked


def test_the_hub_cache_in_the_vendors_open_clip_image(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    tag = "ViT-B-16-laion2b_s34b_b88k"
    asked = open_clip_double(monkeypatch, tag)
    (tmp_path / "openclip").mkdir()
    config = '{"model_name": "ViT-B-16", "pretrained": "laion2b_s34b_b88k"}'
    (tmp_path / "openclip" / "config.json").write_text(config)
    module_of(tag).load(models.find(tag), tmp_path, Placement())
    cache = str(tmp_path / "openclip")
    assert asked == [("ViT-B-16", "laion2b_s34b_b88k", cache), ("ViT-B-16", cache)]


def test_the_hub_cache_in_the_vendors_siglip_image(tmp_path: Path) -> None:
    tag = "google-siglip2-so400m-patch16-512"
    (tmp_path / "siglip").mkdir()
    (tmp_path / "model_name").write_text("google/siglip2-so400m-patch16-512\n")
    folder = str(tmp_path / "siglip")
    assert module_of(tag).sources(models.find(tag), tmp_path) == (
        folder,
        "google/siglip2-so400m-patch16-512",
        {"cache_dir": folder},
    )


def test_the_hub_caches_in_the_vendors_modernvbert_image(tmp_path: Path) -> None:
    tag = "ModernVBERT-modernvbert-embed"
    (tmp_path / "colpali_engine_model").mkdir()
    (tmp_path / "model_name").write_text("ModernVBERT/modernvbert-embed")
    name, caches = "ModernVBERT/modernvbert-embed", tmp_path / "colpali_engine"
    assert module_of(tag).sources(models.find(tag), tmp_path) == (
        name,
        name,
        ({"cache_dir": f"{caches}_model"}, {"cache_dir": f"{caches}_processor"}),
    )
