"""Tiny random checkpoints, one a library, in the folder layouts of the vendor's images."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
import transformers
from tokenizers import Tokenizer, models, pre_tokenizers, processors, trainers

HF: Any = transformers
"""The library without its types, which differ from release to release."""

WORDS = [
    "a photo of a red circle and a blue square",
    "ein rotes Quadrat",
    "赤い丸 猫 犬",
    "0123456789",
]
IDS = {"pad_token_id": 0, "bos_token_id": 1, "eos_token_id": 2}
LAYERS: Any = {
    "hidden_size": 64,
    "intermediate_size": 96,
    "num_hidden_layers": 2,
    "num_attention_heads": 2,
}


def tokenizer(length: int, special: tuple[str, ...] = ()) -> Any:
    """A byte-level BPE tokenizer that frames a text with 1 and 2, and pads with 0."""
    made = Tokenizer(models.BPE())
    made.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    trainer = trainers.BpeTrainer(
        vocab_size=400,
        special_tokens=["<pad>", "<start>", "<end>", *special],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
    )
    made.train_from_iterator(WORDS, trainer)
    made.post_processor = processors.TemplateProcessing(
        single="<start> $A <end>", special_tokens=[("<start>", 1), ("<end>", 2)]
    )
    names = {"pad_token": "<pad>", "bos_token": "<start>", "eos_token": "<end>"}
    return HF.PreTrainedTokenizerFast(tokenizer_object=made, model_max_length=length, **names)


def clip_config(kind: Any, words: Any, size: int) -> Any:
    """A CLIP 512 wide that reads 77 tokens and squares of `size` pixels."""
    text = {**LAYERS, **IDS, "vocab_size": len(words), "max_position_embeddings": 77}
    vision = {**LAYERS, "image_size": size, "patch_size": 32}
    return kind(text_config=text, vision_config=vision, projection_dim=512)


def clip(folder: Path) -> None:
    """`openai_clip` and `openai_clip_processor`."""
    words = tokenizer(77)
    torch.manual_seed(0)
    model = HF.CLIPModel(clip_config(HF.CLIPConfig, words, 224))
    model.save_pretrained(folder / "openai_clip")
    processor = HF.CLIPProcessor(HF.CLIPImageProcessor(), words)
    processor.save_pretrained(folder / "openai_clip_processor")


def metaclip2(folder: Path) -> None:
    """One plain folder of a `MetaClip2Model`."""
    words = tokenizer(77)
    torch.manual_seed(1)
    HF.MetaClip2Model(clip_config(HF.MetaClip2Config, words, 384)).save_pretrained(folder)
    size = {"shortest_edge": 384}
    images = HF.CLIPImageProcessor(size=size, crop_size={"height": 384, "width": 384})
    HF.CLIPProcessor(images, words).save_pretrained(folder)


def siglip(folder: Path) -> None:
    """`siglip`: 64 wide, 256 pixels, 64 tokens."""
    words = tokenizer(64)
    text = {**LAYERS, **IDS, "vocab_size": len(words), "max_position_embeddings": 64}
    vision = {**LAYERS, "image_size": 256, "patch_size": 32}
    torch.manual_seed(2)
    config = HF.SiglipConfig(text_config=text, vision_config=vision)
    HF.SiglipModel(config).save_pretrained(folder / "siglip")
    images = HF.SiglipImageProcessor(size={"height": 256, "width": 256})
    HF.SiglipProcessor(images, words).save_pretrained(folder / "siglip")


def sentence_transformers(folder: Path) -> None:
    """`clip` and `text`: a CLIP, and a BERT that is mean-pooled and mapped to 512."""
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.base.modules import Dense, Transformer
    from sentence_transformers.sentence_transformer.modules import Pooling

    parts = folder / "parts"
    clip(parts)
    for file in (parts / "openai_clip_processor").iterdir():
        file.rename(parts / "openai_clip" / file.name)
    SentenceTransformer(str(parts / "openai_clip"), device="cpu").save(str(folder / "clip"))
    words = tokenizer(128)
    words.save_pretrained(parts / "bert")
    torch.manual_seed(3)
    config = HF.BertConfig(vocab_size=len(words), **LAYERS)
    HF.BertModel(config).save_pretrained(parts / "bert")
    body = Transformer(str(parts / "bert"), max_seq_length=128)
    last = Dense(64, 512, bias=False, activation_function=torch.nn.Identity())
    SentenceTransformer(modules=[body, Pooling(64), last], device="cpu").save(str(folder / "text"))


OPEN_CLIP: Any = {
    "embed_dim": 512,
    "vision_cfg": {"image_size": 224, "layers": 2, "width": 64, "patch_size": 32},
    "text_cfg": {"context_length": 77, "vocab_size": 49408, "width": 64, "heads": 2, "layers": 2},
}


def open_clip(folder: Path) -> None:
    """`openclip`: a weights file beside the vendor's config.json."""
    from open_clip import CLIP
    from safetensors.torch import save_file

    torch.manual_seed(4)
    model = CLIP(**OPEN_CLIP)
    (folder / "openclip").mkdir(parents=True)
    state = {name: value.contiguous() for name, value in model.state_dict().items()}
    save_file(state, folder / "openclip" / "open_clip_model.safetensors")
    config = {"model_name": "tiny", "pretrained": "none", "model_config": OPEN_CLIP}
    (folder / "openclip" / "config.json").write_text(json.dumps(config))


def modernvbert(folder: Path) -> None:
    """`modernvbert`: 64 wide, tiles of 512 pixels."""
    tiles = tuple(f"<row_{row}_col_{column}>" for row in range(1, 7) for column in range(1, 7))
    image = ("<image>", "<fake_token_around_image>", "<global-img>", "<end_of_utterance>")
    words = tokenizer(512, (*image, *tiles))
    ids = {**IDS, "cls_token_id": 1, "sep_token_id": 2, "vocab_size": len(words)}
    vision = {"model_type": "siglip_vision_model", "image_size": 512, "patch_size": 32}
    config = HF.ModernVBertConfig(
        text_config={**LAYERS, **ids, "model_type": "modernbert"},
        vision_config={**LAYERS, **vision},
        image_token_id=3,
        pixel_shuffle_factor=4,
    )
    torch.manual_seed(5)
    HF.ModernVBertModel(config).save_pretrained(folder / "modernvbert")
    edges = {"size": {"longest_edge": 2048}, "max_image_size": {"longest_edge": 512}}
    processor = HF.Idefics3Processor(HF.Idefics3ImageProcessor(**edges), words, image_seq_len=16)
    processor.save_pretrained(folder / "modernvbert")


MAKERS: dict[str, Callable[[Path], None]] = {
    "sentence-transformers": sentence_transformers,
    "clip": clip,
    "metaclip2": metaclip2,
    "siglip": siglip,
    "open_clip": open_clip,
    "modernvbert": modernvbert,
}
