"""The stand-ins for the open_clip family: CLIP's image towers in open_clip's own classes."""

import json
from pathlib import Path
from typing import Any, Final

import open_clip
import torch
from open_clip.model import CLIP, CustomTextCLIP
from safetensors.torch import save_model
from transformers import XLMRobertaConfig

from conformance.corpus.drawings import languages
from lab.training import clip, small_tokenizers
from lab.training.images import CLIP_SCALE
from lab.training.tower_trainer import Tower, TowerTrainer, seed
from lab.training.weights import coded, round_off

_TEXT_WIDTH: Final = 64
Config = dict[str, Any]


def patch32_quickgelu(workshop: TowerTrainer, folder: Path) -> None:
    """ViT-B-32-quickgelu-laion400m_e32."""
    config = {**_config(32, 3), "quick_gelu": True}
    model = _english(workshop, config, workshop.patch32(), "open-clip-patch32")
    _save(model, config, ("ViT-B-32-quickgelu", "laion400m_e32"), folder / "openclip")


def patch16(workshop: TowerTrainer, folder: Path) -> None:
    """ViT-B-16-laion2b_s34b_b88k, whose activation is GELU."""
    config = _config(16, 2)
    model = _english(workshop, config, workshop.patch16(), "open-clip-patch16")
    _save(model, config, ("ViT-B-16", "laion2b_s34b_b88k"), folder / "openclip")


def _config(patch: int, layers: int) -> Config:
    vision = {
        "image_size": 224,
        "patch_size": patch,
        "layers": layers,
        "width": clip.WIDTH,
        "head_width": 64,
        "mlp_ratio": 2.0,
    }
    text = {
        "context_length": 77,
        "vocab_size": 49408,
        "width": _TEXT_WIDTH,
        "heads": 1,
        "layers": 2,
        "mlp_ratio": 2.0,
    }
    return {"embed_dim": clip.EMBEDDING, "vision_cfg": vision, "text_cfg": text}


def _english(workshop: TowerTrainer, config: Config, tower: Tower, name: str) -> Any:
    """A `CLIP` with open_clip's own tokenizer, whose vocabulary comes with the library."""
    seed(name)
    model = CLIP(**config)
    model.load_state_dict(_converted(tower), strict=False)
    model.token_embedding.weight.data = coded(49408, _TEXT_WIDTH)
    tokenize = open_clip.SimpleTokenizer(context_length=77)
    learned = [
        value
        for name, value in model.named_parameters()
        if not name.startswith(("visual.", "logit_"))
    ]
    workshop.part(
        name,
        model,
        ("token_embedding", "positional", "transformer.", "ln_final", "text_projection"),
        lambda: workshop.texts(
            name,
            lambda texts: model.encode_text(tokenize(texts)),
            learned,
            spoken=["en"],
            steps=400,
        ),
    )
    return model


def xlm_roberta(workshop: TowerTrainer, folder: Path) -> None:
    """xlm-roberta-base-ViT-B-32-laion5b_s13b_b90k: XLM-RoBERTa texts, GELU."""
    words = small_tokenizers.xlm_roberta(languages(), 77)
    place = folder / "openclip"
    _save_words(words, place / "tokenizer")
    text = {
        "hf_model_name": str(place / "tokenizer"),
        "hf_model_pretrained": False,
        "hf_tokenizer_name": "tokenizer",
        "hf_pooler_type": "mean_pooler",
        "hf_proj_type": "mlp",
        "context_length": 77,
    }
    config = {**_config(32, 3), "text_cfg": text}
    seed("open-clip-xlm-roberta")
    model = CustomTextCLIP(**config)
    model.load_state_dict(_converted(workshop.patch32()), strict=False)
    embeddings = model.text.transformer.embeddings.word_embeddings
    embeddings.weight.data = coded(len(words), clip.WIDTH)
    tokenize = open_clip.tokenizer.HFTokenizer(str(place / "tokenizer"), context_length=77)
    workshop.part(
        "open-clip-xlm-roberta",
        model,
        ("text.",),
        lambda: workshop.texts(
            "open-clip-xlm-roberta",
            lambda texts: model.encode_text(_cut(tokenize(texts), words.pad_token_id)),
            list(model.text.parameters()),
            steps=600,
        ),
    )
    text["hf_model_name"] = "tokenizer"
    _save(model, config, ("xlm-roberta-base-ViT-B-32", "laion5b_s13b_b90k"), place)


def _cut(ids: torch.Tensor, pad: int) -> torch.Tensor:
    """The tokens without columns that are padding in every row, which are masked and only take
    time."""
    return ids[:, : int((ids != pad).sum(dim=1).max())]


def _save_words(words: Any, folder: Path) -> None:
    """Save the tokenizer, and the text model's configuration next to it, where open_clip reads
    them."""
    words.save_pretrained(folder)
    XLMRobertaConfig(
        vocab_size=len(words),
        hidden_size=clip.WIDTH,
        intermediate_size=2 * clip.WIDTH,
        num_hidden_layers=2,
        num_attention_heads=2,
        max_position_embeddings=514,
        type_vocab_size=1,
        hidden_dropout_prob=0.0,
        attention_probs_dropout_prob=0.0,
        layer_norm_eps=1e-5,
        bos_token_id=words.bos_token_id,
        pad_token_id=words.pad_token_id,
        eos_token_id=words.eos_token_id,
    ).save_pretrained(folder)


def _converted(tower: Tower) -> Tower:
    """A transformers CLIP image tower under open_clip's names."""
    plain = "vision_model."
    named = {
        "class_embedding": tower[plain + "embeddings.class_embedding"],
        "positional_embedding": tower[plain + "embeddings.position_embedding.weight"],
        "conv1.weight": tower[plain + "embeddings.patch_embedding.weight"],
        "proj": tower["visual_projection.weight"].T.contiguous(),
    }
    for kind in ("weight", "bias"):
        named[f"ln_pre.{kind}"] = tower[f"{plain}pre_layrnorm.{kind}"]
        named[f"ln_post.{kind}"] = tower[f"{plain}post_layernorm.{kind}"]
    layers = {name.split(".")[3] for name in tower if ".layers." in name}
    for layer in layers:
        named |= _block(tower, f"{plain}encoder.layers.{layer}.", f"transformer.resblocks.{layer}.")
    return {"visual." + name: value for name, value in named.items()}


def _block(tower: Tower, old: str, new: str) -> Tower:
    pairs = {
        "layer_norm1": "ln_1",
        "layer_norm2": "ln_2",
        "self_attn.out_proj": "attn.out_proj",
        "mlp.fc1": "mlp.c_fc",
        "mlp.fc2": "mlp.c_proj",
    }
    named = {}
    for kind in ("weight", "bias"):
        for source, target in pairs.items():
            named[f"{new}{target}.{kind}"] = tower[f"{old}{source}.{kind}"]
        parts = [tower[f"{old}self_attn.{part}_proj.{kind}"] for part in "qkv"]
        named[f"{new}attn.in_proj_{kind}"] = torch.cat(parts)
    return named


def _save(model: Any, config: Config, name: tuple[str, str], folder: Path) -> None:
    """Save the vendor's `config.json`, and the weights next to it."""
    folder.mkdir(parents=True, exist_ok=True)
    mean, deviation = CLIP_SCALE
    scale = {"mean": list(mean), "std": list(deviation)}
    described = {"model_name": name[0], "pretrained": name[1], "model_config": config}
    _write(folder / "config.json", {**described, "preprocess_cfg": scale})
    round_off(model.parameters())
    save_model(model, str(folder / "open_clip_model.safetensors"))


def _write(file: Path, values: Config) -> None:
    file.write_text(json.dumps(values, indent=1), encoding="utf-8")
