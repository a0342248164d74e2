"""Tiny random checkpoints, one a library, in the folder layouts of the vendor's images."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from tokenizers import Tokenizer, models, pre_tokenizers, processors, trainers
from transformers import PreTrainedTokenizerFast

WORDS = [
    "a photo of a red circle and a blue square",
    "ein rotes Quadrat",
    "赤い丸 猫 犬",
    "0123456789",
]


def tokenizer(special: list[str], start: str, end: str, pad: str, length: int) -> Any:
    """A byte-level BPE tokenizer that frames a text with `start` and `end`."""
    made = Tokenizer(models.BPE())
    made.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(vocab_size=400, special_tokens=special, initial_alphabet=alphabet)
    made.train_from_iterator(WORDS, trainer)
    ids = [(token, made.token_to_id(token)) for token in (start, end)]
    made.post_processor = processors.TemplateProcessing(
        single=f"{start} $A {end}", special_tokens=ids
    )
    return PreTrainedTokenizerFast(
        tokenizer_object=made,
        bos_token=start,
        eos_token=end,
        pad_token=pad,
        model_max_length=length,
    )


def clip_tokenizer(length: int) -> Any:
    return tokenizer(["<pad>", "<start>", "<end>"], "<start>", "<end>", "<pad>", length)


def clip(folder: Path) -> None:
    """`openai_clip` and `openai_clip_processor`: 512 wide, 224 pixels, 77 tokens."""
    from transformers import CLIPConfig, CLIPImageProcessor, CLIPModel, CLIPProcessor

    words = clip_tokenizer(77)
    ids = {"bos_token_id": 1, "eos_token_id": 2, "pad_token_id": 0}
    layers = {
        "hidden_size": 64,
        "intermediate_size": 96,
        "num_hidden_layers": 2,
        "num_attention_heads": 2,
    }
    config = CLIPConfig(
        text_config={**layers, **ids, "vocab_size": len(words), "max_position_embeddings": 77},
        vision_config={**layers, "image_size": 224, "patch_size": 32},
        projection_dim=512,
    )
    torch.manual_seed(0)
    CLIPModel(config).save_pretrained(folder / "openai_clip")
    CLIPProcessor(CLIPImageProcessor(), words).save_pretrained(folder / "openai_clip_processor")


def metaclip2(folder: Path) -> None:
    """One plain folder of a `MetaClip2Model`: 512 wide, 384 pixels, 77 tokens."""
    from transformers import CLIPImageProcessor, CLIPProcessor, MetaClip2Config, MetaClip2Model

    words = clip_tokenizer(77)
    ids = {"bos_token_id": 1, "eos_token_id": 2, "pad_token_id": 0}
    layers = {
        "hidden_size": 64,
        "intermediate_size": 96,
        "num_hidden_layers": 2,
        "num_attention_heads": 2,
    }
    config = MetaClip2Config(
        text_config={**layers, **ids, "vocab_size": len(words), "max_position_embeddings": 77},
        vision_config={**layers, "image_size": 384, "patch_size": 32},
        projection_dim=512,
    )
    torch.manual_seed(1)
    MetaClip2Model(config).save_pretrained(folder)
    images = CLIPImageProcessor(
        size={"shortest_edge": 384}, crop_size={"height": 384, "width": 384}
    )
    CLIPProcessor(images, words).save_pretrained(folder)


def siglip(folder: Path) -> None:
    """`siglip`: 96 wide, 256 pixels, 64 tokens."""
    from transformers import SiglipConfig, SiglipImageProcessor, SiglipModel, SiglipProcessor

    words = clip_tokenizer(64)
    layers = {
        "hidden_size": 96,
        "intermediate_size": 96,
        "num_hidden_layers": 2,
        "num_attention_heads": 2,
    }
    config = SiglipConfig(
        text_config={
            **layers,
            "vocab_size": len(words),
            "max_position_embeddings": 64,
            "pad_token_id": 0,
        },
        vision_config={**layers, "image_size": 256, "patch_size": 32},
    )
    torch.manual_seed(2)
    SiglipModel(config).save_pretrained(folder / "siglip")
    images = SiglipImageProcessor(size={"height": 256, "width": 256})
    SiglipProcessor(images, words).save_pretrained(folder / "siglip")


def sentence_transformers(folder: Path) -> None:
    """`clip` and `text`: a CLIP and a BERT that is mean-pooled and mapped to 512."""
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.base.modules import Dense, Transformer
    from sentence_transformers.sentence_transformer.modules import Pooling
    from transformers import BertConfig, BertModel

    clip(folder / "parts")
    plain = folder / "parts" / "openai_clip"
    (folder / "parts" / "openai_clip_processor").rename(folder / "parts" / "processor")
    for file in (folder / "parts" / "processor").iterdir():
        file.rename(plain / file.name)
    SentenceTransformer(str(plain), device="cpu").save(str(folder / "clip"))
    words = tokenizer(["[PAD]", "[CLS]", "[SEP]"], "[CLS]", "[SEP]", "[PAD]", 128)
    torch.manual_seed(3)
    layers = {
        "hidden_size": 64,
        "intermediate_size": 96,
        "num_hidden_layers": 2,
        "num_attention_heads": 2,
    }
    BertModel(BertConfig(vocab_size=len(words), **layers)).save_pretrained(
        folder / "parts" / "bert"
    )
    words.save_pretrained(folder / "parts" / "bert")
    body = Transformer(str(folder / "parts" / "bert"), max_seq_length=128)
    last = Dense(64, 512, bias=False, activation_function=torch.nn.Identity())
    SentenceTransformer(modules=[body, Pooling(64), last], device="cpu").save(str(folder / "text"))


def open_clip(folder: Path) -> None:
    """`openclip`: a weights file beside the vendor's config.json, 512 wide, 224 pixels."""
    from open_clip import CLIP
    from safetensors.torch import save_file

    architecture = {
        "embed_dim": 512,
        "vision_cfg": {"image_size": 224, "layers": 2, "width": 64, "patch_size": 32},
        "text_cfg": {
            "context_length": 77,
            "vocab_size": 49408,
            "width": 64,
            "heads": 2,
            "layers": 2,
        },
    }
    torch.manual_seed(4)
    (folder / "openclip").mkdir(parents=True)
    state = {name: value.contiguous() for name, value in CLIP(**architecture).state_dict().items()}
    save_file(state, folder / "openclip" / "open_clip_model.safetensors")
    config = {"model_name": "tiny", "pretrained": "none", "model_config": architecture}
    (folder / "openclip" / "config.json").write_text(json.dumps(config))


def modernvbert(folder: Path) -> None:
    """`modernvbert`: 64 wide, tiles of 512 pixels."""
    from transformers import (
        Idefics3ImageProcessor,
        Idefics3Processor,
        ModernVBertConfig,
        ModernVBertModel,
    )

    rows = [f"<row_{row}_col_{column}>" for row in range(1, 7) for column in range(1, 7)]
    special = ["[PAD]", "[CLS]", "[SEP]", "<image>", "<fake_token_around_image>", "<global-img>"]
    words = tokenizer([*special, "<end_of_utterance>", *rows], "[CLS]", "[SEP]", "[PAD]", 512)
    layers = {
        "hidden_size": 64,
        "intermediate_size": 96,
        "num_hidden_layers": 2,
        "num_attention_heads": 2,
    }
    ids = {
        "pad_token_id": 0,
        "bos_token_id": 1,
        "eos_token_id": 2,
        "cls_token_id": 1,
        "sep_token_id": 2,
    }
    config = ModernVBertConfig(
        text_config={**layers, **ids, "model_type": "modernbert", "vocab_size": len(words)},
        vision_config={
            **layers,
            "model_type": "siglip_vision_model",
            "image_size": 512,
            "patch_size": 32,
        },
        image_token_id=3,
        pixel_shuffle_factor=4,
    )
    torch.manual_seed(5)
    ModernVBertModel(config).save_pretrained(folder / "modernvbert")
    images = Idefics3ImageProcessor(
        size={"longest_edge": 2048}, max_image_size={"longest_edge": 512}, resample=1
    )
    Idefics3Processor(images, words, image_seq_len=16).save_pretrained(folder / "modernvbert")


MAKERS: dict[str, Callable[[Path], None]] = {
    "sentence-transformers": sentence_transformers,
    "clip": clip,
    "metaclip2": metaclip2,
    "siglip": siglip,
    "open_clip": open_clip,
    "modernvbert": modernvbert,
}
