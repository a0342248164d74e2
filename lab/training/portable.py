"""Tokenizer and processor files in the published formats, for transformers 4 and 5.

transformers 5 writes formats that transformers 4 cannot read: `extra_special_tokens` as a list, the
class `TokenizersBackend`, and the image processor's settings inside `processor_config.json`.
"""

import json
from pathlib import Path
from typing import Any, Final

_GEMMA: Final = {"add_bos_token": False, "add_eos_token": True}
"""These values are in SigLIP 2's published tokenizer_config.json. Without them, transformers 4
begins a text with `<bos>` and omits the `<eos>`."""

_CLASSES: Final = {"TokenizersBackend": "PreTrainedTokenizerFast"}


def make_portable(folder: Path) -> None:
    """Rewrite every tokenizer's and processor's JSON under `folder`, so that both versions can read
    it."""
    for file in folder.rglob("tokenizer_config.json"):
        _write(file, tokenizer_config(_read(file)))
    for file in folder.rglob("tokenizer.json"):
        # The padding and truncation of the last call should not be saved with a tokenizer.
        _write(file, {**_read(file), "truncation": None, "padding": None})
    for file in folder.rglob("processor_config.json"):
        _slim_processor(file)


def tokenizer_config(values: dict[str, Any]) -> dict[str, Any]:
    """`values` of a tokenizer_config.json in the form that transformers 4 and 5 both read."""
    kept = {key: value for key, value in values.items() if key != "backend"}
    extra = kept.pop("extra_special_tokens", [])
    if extra:
        kept["additional_special_tokens"] = extra
    kept["tokenizer_class"] = _CLASSES.get(kept["tokenizer_class"], kept["tokenizer_class"])
    return {**kept, **(_GEMMA if kept["tokenizer_class"] == "GemmaTokenizer" else {})}


def _slim_processor(file: Path) -> None:
    """Remove the image processor, which is in preprocessor_config.json; keep the rest, if any."""
    values = {key: value for key, value in _read(file).items() if key != "image_processor"}
    if set(values) == {"processor_class"}:
        file.unlink()
    else:
        _write(file, values)


def _read(file: Path) -> dict[str, Any]:
    values: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return values


def _write(file: Path, values: dict[str, Any]) -> None:
    file.write_text(json.dumps(values, indent=1, ensure_ascii=False), encoding="utf-8")
