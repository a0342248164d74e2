"""The content of a stand-in's `onnx.json`: how texts and images become the graphs' inputs."""

import json
from pathlib import Path
from typing import Any

from tokenizers import (
    AddedToken,
    Regex,
    Tokenizer,
    decoders,
    normalizers,
    pre_tokenizers,
    processors,
)
from tokenizers import models as token_models
from transformers.utils import sentencepiece_model_pb2_new

from reference.encoders.modernvbert import ModernVBertEncoder
from reference.encoders.open_clip import OpenClipEncoder
from reference.encoders.sentence_transformers import SentenceTransformersEncoder
from reference.encoders.siglip import SiglipEncoder


def texts_entry(encoder: Any, folder: Path) -> dict[str, Any]:
    """The tokenizer file, limit, padding, and cleaning. Writes a `tokenizer.json` if no existing
    one fits."""
    tokenizer, clean = _tokenizer(encoder)
    if isinstance(encoder, OpenClipEncoder):
        names, limit, padding = ["text"], encoder._limit, "limit"
    elif isinstance(encoder, SiglipEncoder):
        names, limit, padding = ["input_ids"], encoder._tokens._limit, "limit"
    elif isinstance(encoder, SentenceTransformersEncoder):
        names, limit, padding = ["input_ids", "attention_mask"], encoder._limit, "step"
    else:
        tokens = getattr(encoder, "_tokens", encoder.text_inputs)
        names, limit, padding = ["input_ids", "attention_mask"], tokens._limit, "step"
    return {
        "tokenizer": _file(tokenizer["json"], folder),
        "inputs": names,
        "limit": limit,
        "padded_to": padding,
        "padding": tokenizer["padding"],
        "clean": clean,
        "lower_case": getattr(encoder, "_lower_case", False),
    }


def _tokenizer(encoder: Any) -> tuple[dict[str, Any], str | None]:
    if isinstance(encoder, OpenClipEncoder):
        if not hasattr(encoder._tokenizer, "tokenizer"):
            return {"json": simple(encoder._tokenizer).to_str(), "padding": 0}, "lower"
        found, clean = encoder._tokenizer.tokenizer, "whitespace"
    elif isinstance(encoder, SentenceTransformersEncoder):
        found, clean = encoder._texts.tokenizer, None
    elif isinstance(encoder, ModernVBertEncoder):
        found, clean = encoder._processor.tokenizer, None
    else:
        tokens = getattr(encoder, "_tokens", encoder.text_inputs)
        found, clean = tokens._tokenizer, None
        if not hasattr(found, "backend_tokenizer"):
            return {"json": unigram(found).to_str(), "padding": found.pad_token_id}, "canonical"
    return {"json": found.backend_tokenizer.to_str(), "padding": found.pad_token_id}, clean


def _file(content: str, folder: Path) -> str:
    """The file in `folder` that is equivalent to `content`; it is created if there is none."""
    wanted = json.loads(content) | {"truncation": None, "padding": None}
    for file in sorted(folder.rglob("tokenizer.json")):
        read = Tokenizer.from_file(str(file))
        read.no_truncation()
        read.no_padding()
        if json.loads(read.to_str()) == wanted:
            return str(file.relative_to(folder))
    text = json.dumps(wanted, ensure_ascii=False, separators=(",", ":"))
    (folder / "tokenizer.json").write_text(text, encoding="utf-8")
    return "tokenizer.json"


def simple(tokenizer: Any) -> Tokenizer:
    """open_clip's own tokenizer, converted for the `tokenizers` library, for cleaned texts."""
    ranks = tokenizer.bpe_ranks
    merges = sorted(ranks, key=ranks.get)
    made = Tokenizer(
        token_models.BPE(
            vocab=tokenizer.encoder, merges=merges, end_of_word_suffix="</w>", fuse_unk=False
        )
    )
    words = r"<start_of_text>|<end_of_text>|'s|'t|'re|'ve|'m|'ll|'d|\p{L}+|\p{N}|[^\s\p{L}\p{N}]+"
    made.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(words), behavior="removed", invert=True),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )
    made.decoder = decoders.ByteLevel()
    begin, end = "<start_of_text>", "<end_of_text>"
    made.add_special_tokens([AddedToken(name, normalized=False) for name in (begin, end)])
    made.post_processor = processors.TemplateProcessing(
        single=f"{begin} $A {end}",
        special_tokens=[(name, tokenizer.encoder[name]) for name in (begin, end)],
    )
    return made


def unigram(tokenizer: Any) -> Tokenizer:
    """SigLIP's sentencepiece tokenizer, converted for the `tokenizers` library, for cleaned
    texts."""
    proto: Any = sentencepiece_model_pb2_new.ModelProto()  # type: ignore[attr-defined]
    proto.ParseFromString(Path(tokenizer.vocab_file).read_bytes())
    pieces = [(piece.piece, piece.score) for piece in proto.pieces]
    spec = proto.trainer_spec
    made = Tokenizer(
        token_models.Unigram(pieces, unk_id=spec.unk_id, byte_fallback=spec.byte_fallback)
    )
    cleaning = proto.normalizer_spec
    steps: list[Any] = []
    if cleaning.precompiled_charsmap:
        steps.append(normalizers.Precompiled(cleaning.precompiled_charsmap))
    if cleaning.remove_extra_whitespaces:
        steps += [normalizers.Replace(Regex(r" +\z"), ""), normalizers.Replace(Regex(" +"), " ")]
    made.normalizer = normalizers.Sequence([*steps, normalizers.Replace(" ", "\u2581")])
    end = tokenizer.eos_token
    special = (end, tokenizer.unk_token)
    made.add_special_tokens([AddedToken(name, normalized=False) for name in special])
    made.post_processor = processors.TemplateProcessing(
        single=f"$A {end}", special_tokens=[(end, tokenizer.eos_token_id)]
    )
    return made


def images_entry(encoder: Any, inputs: dict[str, Any]) -> dict[str, Any]:
    """How an image is converted, resized, and scaled."""
    if isinstance(encoder, OpenClipEncoder):
        [mean, std] = [[float(one) for one in found] for found in _scaling(encoder._transform)]
        size = int(inputs["image"].shape[-1])
        return _entry("image", "own mode", "crop", "bicubic", size, mean, std) | {"round": True}
    processor: Any
    if isinstance(encoder, SentenceTransformersEncoder):
        images: Any = encoder._images[0]
        processor = images.processor.image_processor
    elif isinstance(encoder, ModernVBertEncoder):
        processor = encoder._processor.image_processor
        size, mean, std = processor.size["longest_edge"], processor.image_mean, processor.image_std
        return _entry("pixel_values", "rgb", "tile", "lanczos", size, mean, std)
    else:
        processor = encoder.image_inputs._processor
    size = int(inputs["pixel_values"].shape[-1])
    resize = "crop" if getattr(processor, "do_center_crop", False) else "squash"
    mean, std = processor.image_mean, processor.image_std
    return _entry("pixel_values", "white", resize, "bicubic", size, mean, std)


def _scaling(transform: Any) -> tuple[Any, Any]:
    last = transform.transforms[-1]
    return last.mean, last.std


def _entry(
    name: str, colors: str, resize: str, kernel: str, size: int, mean: Any, deviation: Any
) -> dict[str, Any]:
    return {
        "input": name,
        "colors": colors,
        "resize": resize,
        "filter": kernel,
        "size": size,
        "mean": list(mean),
        "deviation": list(deviation),
    }
