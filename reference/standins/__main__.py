"""``python -m reference.standins TAG DIR``: write stand-in weights that another server can load.

The layout is either that of the vendor's images or that of the model's own library.
"""

import argparse
import json
import shutil
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from conformance.data.models import Library, find
from reference import standins

LAYOUTS: Final = ("vendor", "library")

_MODELS: Final = "./models"
"""The vendor's directory as its code names it, relative to the working directory /app."""

_VENDOR_CONFIGS: Final = "/usr/local/lib/python3.11/site-packages/open_clip/model_configs"


def export(tag: str, folder: Path, layout: str = "vendor", mounted_at: str = _MODELS) -> str:
    """Write the stand-in for `tag` into `folder`, and return instructions in a few lines.

    `mounted_at` is where the server will see the directory, in the vendor's layout.

    Raises LookupError for a tag without a stand-in, FileExistsError if `folder` is not empty.
    """
    standins.archive(tag)
    library = find(tag).library
    assert library is not None
    if folder.exists() and any(folder.iterdir()):
        raise FileExistsError(folder)
    with TemporaryDirectory() as scratch:
        unpacked = standins.unpack(tag, Path(scratch))
        shutil.copytree(unpacked, folder, dirs_exist_ok=True, ignore=_not_of_the_checkpoint)
    if layout == "vendor":
        return _VENDOR[library](folder.resolve(), mounted_at)
    return _LIBRARY[library](folder.resolve())


def _not_of_the_checkpoint(folder: str, names: list[str]) -> set[str]:
    """The ONNX engine's files, which are at the top of a stand-in; others are in directories."""
    return {name for name in names if "onnx.json" in names and (Path(folder) / name).is_file()}


def _vendor(folder: Path, _models: str) -> str:
    return f"mount it where the vendor's images keep their model:\n  -v {folder}:/app/models:ro"


def _vendor_siglip(folder: Path, models: str) -> str:
    (folder / "model_name").write_text(f"{models}/siglip", encoding="utf-8")
    return _vendor(folder, models)


def _vendor_open_clip(folder: Path, models: str) -> str:
    """The architecture is a file of open_clip's own, and the weights are a path."""
    inner = folder / "openclip"
    config = _read(inner / "config.json")
    name, tokenizer = config["model_name"], f"{models}/openclip/tokenizer"
    _point_at(config["model_config"], tokenizer)
    (folder / "model_configs").mkdir()
    _write(folder / "model_configs" / f"{name}.json", config["model_config"])
    weights = f"{models}/openclip/open_clip_model.safetensors"
    _write(
        inner / "config.json", {**config, "pretrained": weights, "cache_dir": f"{models}/openclip"}
    )
    architecture = f"{folder}/model_configs/{name}.json:{_VENDOR_CONFIGS}/{name}.json:ro"
    return (
        f"{_vendor(folder, models)}\n"
        f"and mount its smaller architecture file over open_clip's own:\n  -v {architecture}"
    )


def _vendor_modernvbert(folder: Path, _models: str) -> str:
    return (
        f"{folder}/modernvbert is for transformers 5 (ModernVBertModel, Idefics3Processor).\n"
        "The vendor's image reads this model with colpali-engine, whose class uses different\n"
        "names for the weights, and loads the configurations of the model's parts from the hub,\n"
        "so the image cannot load this directory."
    )


def _library_transformers(folder: Path, *inner: str) -> str:
    _flatten(folder, *inner)
    return f"AutoModel.from_pretrained({str(folder)!r}), AutoProcessor.from_pretrained(the same)"


def _library_modernvbert(folder: Path) -> str:
    _flatten(folder, "modernvbert")
    return (
        f"transformers 5: ModernVBertModel.from_pretrained({str(folder)!r}), "
        "Idefics3Processor.from_pretrained(the same)"
    )


def _library_sentence_transformers(folder: Path) -> str:
    if (folder / "text" / "0_CLIPModel").is_dir():  # one model for both
        shutil.rmtree(folder / "text")
        _flatten(folder, "clip")
        return f"SentenceTransformer({str(folder)!r})"
    return (
        f"images: SentenceTransformer({str(folder / 'clip')!r})\n"
        f"texts:  SentenceTransformer({str(folder / 'text')!r})"
    )


def _library_open_clip(folder: Path) -> str:
    """The layout that open_clip 3 calls a local directory."""
    _flatten(folder, "openclip")
    config = _read(folder / "config.json")
    (folder / "config.json").unlink()
    if (folder / "tokenizer").is_dir():
        # The tokenizer is next to the weights; that directory's config.json is the text model's.
        _flatten(folder, "tokenizer")
        _point_at(config["model_config"], str(folder))
    cfg = {"model_cfg": config["model_config"], "preprocess_cfg": config["preprocess_cfg"]}
    _write(folder / "open_clip_config.json", cfg)
    return (
        f"open_clip.create_model_and_transforms({f'local-dir:{folder}'!r})\n"
        f"open_clip.get_tokenizer({f'local-dir:{folder}'!r})"
    )


def _point_at(architecture: dict[str, Any], tokenizer: str) -> None:
    """Set the paths of the text model's configuration and the tokenizer, if it has its own."""
    text = architecture["text_cfg"]
    for key in {"hf_model_name", "hf_tokenizer_name"} & text.keys():
        text[key] = tokenizer


def _flatten(folder: Path, *inner: str) -> None:
    """Move what is in the `inner` directories up into `folder`."""
    for name in inner:
        for entry in (folder / name).iterdir():
            entry.rename(folder / entry.name)
        (folder / name).rmdir()


def _read(file: Path) -> dict[str, Any]:
    values: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return values


def _write(file: Path, values: dict[str, Any]) -> None:
    file.write_text(json.dumps(values, indent=1), encoding="utf-8")


_VENDOR: Final[dict[Library, Callable[[Path, str], str]]] = {
    "clip": _vendor,
    "siglip": _vendor_siglip,
    "open_clip": _vendor_open_clip,
    "sentence-transformers": _vendor,
    "modernvbert": _vendor_modernvbert,
}
_LIBRARY: Final[dict[Library, Callable[[Path], str]]] = {
    "clip": lambda folder: _library_transformers(folder, "openai_clip", "openai_clip_processor"),
    "siglip": lambda folder: _library_transformers(folder, "siglip"),
    "open_clip": _library_open_clip,
    "sentence-transformers": _library_sentence_transformers,
    "modernvbert": _library_modernvbert,
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Write stand-in weights for another server, and print how to mount it."""
    options = _parser().parse_args(arguments)
    try:
        instructions = export(options.tag, options.folder, options.layout, options.mounted_at)
    except FileExistsError:
        print(f"ERROR: {options.folder} already exists and is not empty", file=sys.stderr)
        return 1
    except (LookupError, OSError) as error:
        print(f"ERROR: {error.args[0] if error.args else error}", file=sys.stderr)
        return 1
    print(instructions)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="clip-conformance stand-in",
        description="Write the stand-in for TAG to the directory DIR, and print how to mount it.",
    )
    parser.add_argument("tag", metavar="TAG", help="a tag that `clip-conformance models` lists")
    parser.add_argument("folder", metavar="DIR", type=Path, help="a new or empty directory")
    parser.add_argument(
        "--layout",
        choices=LAYOUTS,
        default="vendor",
        help="vendor: as in the vendor's images under /app/models (the default); "
        "library: as the model's own library loads it",
    )
    parser.add_argument(
        "--mounted-at",
        metavar="PATH",
        default=_MODELS,
        help="path of DIR as the server sees it, in the vendor's layout (default: ./models)",
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
