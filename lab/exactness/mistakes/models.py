"""Mistakes inside the model: pooling, normalization, activations, blocks, and weights."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from importlib import import_module
from typing import Any

import torch
from torch import nn

from conformance.data.models import Model, find
from lab.exactness import checkpoints, documented
from lab.exactness.documented.usage import Usage, unit
from lab.exactness.mistakes.mistake import Change, Kind, Mistake, NotApplicable, patched

Pool = Callable[[Any, Any], torch.Tensor]
"""Pools a tower's last hidden states (1, n, d) into (1, d), before projection."""


def _tower(usage: Usage, kind: Kind) -> list[tuple[str, nn.Module]]:
    """The named modules of the tower that makes vectors of this kind."""
    model = usage.image_model if kind == "image" else usage.text_model
    every = list(model.named_modules())
    if type(model).__name__ == "ModernVBertModel" or not any("vis" in name for name, _ in every):
        return every
    return [(name, each) for name, each in every if ("vis" in name) == (kind == "image")]


def _replacing(
    kind: Kind, matches: Callable[[str, nn.Module], bool], new: Callable[[nn.Module], nn.Module]
) -> Change:
    """Replace the modules that match; not applicable if none does."""

    @contextmanager
    def change(usage: Usage, _: Model) -> Iterator[Usage]:
        found = [(name, each) for name, each in _tower(usage, kind) if matches(name, each)]
        if not found:
            raise NotApplicable
        root = usage.image_model if kind == "image" else usage.text_model
        with ExitStack() as stack:
            for name, each in found:
                parent, _dot, leaf = name.rpartition(".")
                owner = root.get_submodule(parent)
                stack.enter_context(patched(owner, leaf, new(each)))
            yield usage

    return change


class QuickGelu(nn.Module):
    """x * sigmoid(1.702 x)."""

    def forward(self, values: torch.Tensor) -> torch.Tensor:
        return values * torch.sigmoid(1.702 * values)


def _is_activation(_: str, module: nn.Module) -> bool:
    return "gelu" in type(module).__name__.lower()


def _is_quick(module: nn.Module) -> bool:
    return "quick" in type(module).__name__.lower()


def _other_activation(module: nn.Module) -> nn.Module:
    return nn.GELU() if _is_quick(module) else QuickGelu()


def _ends(*names: str) -> Callable[[str, nn.Module], bool]:
    return lambda name, _: name.rpartition(".")[2] in names


def _hooked(
    kind: Kind,
    matches: Callable[[str, nn.Module], bool],
    hook: Callable[..., Any],
    last: bool = False,
) -> Change:
    """Add a forward hook to the modules that match, or only to the last of them."""

    @contextmanager
    def change(usage: Usage, _: Model) -> Iterator[Usage]:
        found = [each for name, each in _tower(usage, kind) if matches(name, each)]
        if not found:
            raise NotApplicable
        handles = [
            each.register_forward_hook(hook, with_kwargs=True)
            for each in found[-1 if last else 0 :]
        ]
        try:
            yield usage
        finally:
            for handle in handles:
                handle.remove()

    return change


def _unchanged(_: nn.Module, args: Any, kwargs: Any, output: Any) -> Any:
    """Return a block's input instead of its output."""
    hidden = (args[0] if args else kwargs["hidden_states"]).contiguous()
    return (hidden, *output[1:]) if isinstance(output, tuple) else hidden


_BLOCKS = ("layers", "resblocks", "layer")


def _is_block(name: str, _: nn.Module) -> bool:
    parts = name.split(".")
    return len(parts) > 1 and parts[-1].isdigit() and parts[-2] in _BLOCKS


@contextmanager
def _no_positions(usage: Usage, kind: Kind) -> Iterator[Usage]:
    """Position embeddings that are all zero."""
    wanted = [
        value
        for name, each in _tower(usage, kind)
        for value in _positions(name, each)
        if name or kind == "text"
    ]
    if not wanted:
        raise NotApplicable
    kept = [value.detach().clone() for value in wanted]
    try:
        for value in wanted:
            value.data.zero_()
        yield usage
    finally:
        for value, before in zip(wanted, kept, strict=True):
            value.data.copy_(before)


def _positions(name: str, module: nn.Module) -> list[torch.Tensor]:
    if isinstance(module, nn.Embedding) and "position" in name:
        return [module.weight]
    own = getattr(module, "positional_embedding", None)
    return [own] if isinstance(own, torch.Tensor) else []


def _pooling(kind: Kind, how: str) -> Change:
    """Pool at another position, or take the mean of all."""

    @contextmanager
    def change(usage: Usage, model: Model) -> Iterator[Usage]:
        with POOLINGS[str(model.library)](usage, kind, how) as altered:
            yield altered

    return change


def picked(states: torch.Tensor, how: str) -> torch.Tensor:
    """(1, n, d) -> (1, d): the first position, the last, or the mean."""
    if how == "mean":
        return states.mean(dim=1)
    return states[:, 0] if how == "first" else states[:, -1]


@contextmanager
def _transformers_pooling(usage: Usage, kind: Kind, how: str) -> Iterator[Usage]:
    root: Any = usage.image_model if kind == "image" else usage.text_model
    if _is_st(root):
        root = root[0].model
        if not hasattr(root, "text_model"):
            with _dense_pooling(usage, how) as altered:
                yield altered
            return
    tower = root.vision_model if kind == "image" else root.text_model

    def hook(_: Any, __: Any, ___: Any, output: Any) -> Any:
        states = output.last_hidden_state
        if (
            kind == "image"
            and how == "mean"
            and hasattr(tower, "post_layernorm")
            and not hasattr(tower, "head")
        ):
            states = states[:, 1:]
        pooled = picked(states, how)
        if hasattr(tower, "head") and kind == "text":
            pooled = tower.head(pooled)
        if hasattr(tower, "post_layernorm") and not hasattr(tower, "head"):
            pooled = tower.post_layernorm(pooled)
        output.pooler_output = pooled
        return output

    handle = tower.register_forward_hook(hook, with_kwargs=True)
    try:
        yield usage
    finally:
        handle.remove()


@contextmanager
def _highest_id(usage: Usage, model: Model) -> Iterator[Usage]:
    """A text pooled at its highest token ID, as in transformers' CLIP for `eos_token_id` 2."""
    root: Any = usage.text_model
    tower = getattr(getattr(root[0], "model", None), "text_model", None) if _is_st(root) else None
    tower = tower or getattr(root, "text_model", None)
    if tower is None or model.library not in ("clip", "sentence-transformers"):
        raise NotApplicable
    at: list[int] = []

    def look(_: Any, positional: Any, named: Any) -> None:
        ids = positional[0] if positional else named["input_ids"]
        at[:] = [int(ids[0].argmax())]

    def pool(_: Any, __: Any, ___: Any, output: Any) -> Any:
        output.pooler_output = output.last_hidden_state[:, at[0]]
        return output

    with ExitStack() as stack:
        stack.callback(tower.register_forward_pre_hook(look, with_kwargs=True).remove)
        stack.callback(tower.register_forward_hook(pool, with_kwargs=True).remove)
        yield usage


def _is_st(root: Any) -> bool:
    return type(root).__name__ == "SentenceTransformer"


@contextmanager
def _dense_pooling(usage: Usage, how: str) -> Iterator[Usage]:
    """sentence-transformers' own pooling module."""

    def hook(_: Any, __: Any, ___: Any, output: Any) -> Any:
        output["sentence_embedding"] = picked(output["token_embeddings"], how)
        return output

    model: Any = usage.text_model
    handle = model[1].register_forward_hook(hook, with_kwargs=True)
    try:
        yield usage
    finally:
        handle.remove()


class _Picked(nn.Module):
    """open_clip's pooler of a Hugging Face text model, replaced."""

    def __init__(self, how: str) -> None:
        super().__init__()
        self.how = how

    def forward(self, output: Any, _: torch.Tensor) -> torch.Tensor:
        return picked(output.last_hidden_state, self.how)


@contextmanager
def _open_clip_pooling(usage: Usage, kind: Kind, how: str) -> Iterator[Usage]:
    root: Any = usage.text_model
    if kind == "image":
        if how != "mean":
            raise NotApplicable
        change = patched(root.visual, "pool_type", "avg")
    elif hasattr(root, "text_pool_type"):
        if how == "mean":
            raise NotApplicable
        change = patched(root, "text_pool_type", how)
    else:
        change = patched(root.text, "pooler", _Picked(how))
    with change:
        yield usage


@contextmanager
def _modernvbert_pooling(usage: Usage, kind: Kind, how: str) -> Iterator[Usage]:
    def vector(inputs: Any) -> torch.Tensor:
        return unit(picked(usage.text_model(**inputs).last_hidden_state, how))

    yield (
        usage.altered(text_vector=vector) if kind == "text" else usage.altered(image_vector=vector)
    )


POOLINGS: dict[str, Any] = {
    "clip": _transformers_pooling,
    "siglip": _transformers_pooling,
    "sentence-transformers": _transformers_pooling,
    "open_clip": _open_clip_pooling,
    "modernvbert": _modernvbert_pooling,
}


def _normalized(kind: Kind) -> Change:
    """Normalize vectors if the model's usage does not, and vice versa."""

    @contextmanager
    def change(usage: Usage, model: Model) -> Iterator[Usage]:
        if model.library in ("siglip", "sentence-transformers"):
            yield usage.altered(
                text_vector=lambda inputs: unit(usage.text_vector(inputs)),
                image_vector=lambda inputs: unit(usage.image_vector(inputs)),
            )
            return
        module = import_module(f"lab.exactness.documented.{model.library}")
        with patched(module, "unit", lambda rows: rows):
            yield usage

    del kind
    return change


def _scaled(kind: Kind) -> Change:
    @contextmanager
    def change(usage: Usage, _: Model) -> Iterator[Usage]:
        yield usage.altered(
            text_vector=lambda inputs: usage.text_vector(inputs) * 14.2857,
            image_vector=lambda inputs: usage.image_vector(inputs) * 14.2857,
        )

    del kind
    return change


OTHERS = {
    "openai-clip-vit-base-patch16": "sentence-transformers-clip-ViT-B-32",
    "sentence-transformers-clip-ViT-B-32": "openai-clip-vit-base-patch16",
    "sentence-transformers-clip-ViT-B-32-multilingual-v1": "openai-clip-vit-base-patch16",
    "ViT-B-32-quickgelu-laion400m_e32": "ViT-B-16-laion2b_s34b_b88k",
    "ViT-B-16-laion2b_s34b_b88k": "ViT-B-32-quickgelu-laion400m_e32",
    "xlm-roberta-base-ViT-B-32-laion5b_s13b_b90k": "facebook-metaclip-2-worldwide-b32-384",
    "facebook-metaclip-2-worldwide-b32-384": "xlm-roberta-base-ViT-B-32-laion5b_s13b_b90k",
    "google-siglip2-so400m-patch16-384": "google-siglip-so400m-patch16-256-i18n",
    "google-siglip2-so400m-patch16-512": "google-siglip-so400m-patch16-256-i18n",
    "google-siglip-so400m-patch16-256-i18n": "google-siglip2-so400m-patch16-384",
}
"""Another tag whose vectors have the same dimension, by tag."""


def _other_checkpoint(kind: Kind) -> Change:
    @contextmanager
    def change(usage: Usage, model: Model) -> Iterator[Usage]:
        if model.tag not in OTHERS:
            raise NotApplicable
        other = OTHERS[model.tag]
        yield documented.usage(find(other), checkpoints.folder(other))
        del usage

    del kind
    return change


def _both(name: str, make: Callable[[Kind], Change]) -> tuple[Mistake, Mistake]:
    return Mistake(name, "text", make("text")), Mistake(name, "image", make("image"))


class _Nothing(nn.Module):
    """Return a contiguous copy of the input, of which Idefics 3 then takes views."""

    def forward(self, values: torch.Tensor) -> torch.Tensor:
        return values.contiguous()


def _identity(_: nn.Module) -> nn.Module:
    return _Nothing()


ALL: tuple[Mistake, ...] = (
    *_both(
        "gelu was used in place of quick_gelu, or vice versa",
        lambda kind: _replacing(kind, _is_activation, _other_activation),
    ),
    *_both(
        "the final normalization layer was missing",
        lambda kind: _replacing(
            kind,
            _ends("final_layer_norm", "ln_final", "post_layernorm", "ln_post", "final_norm"),
            _identity,
        ),
    ),
    Mistake(
        "the normalization layer before the first block was missing",
        "image",
        _replacing("image", _ends("pre_layrnorm", "ln_pre"), _identity),
    ),
    *_both(
        "the last block was left out", lambda kind: _hooked(kind, _is_block, _unchanged, last=True)
    ),
    *_both(
        "the position embeddings were left out",
        lambda kind: lambda usage, _: _no_positions(usage, kind),
    ),
    *_both("the mean of all positions was used for pooling", lambda kind: _pooling(kind, "mean")),
    *_both("the first position was used for pooling", lambda kind: _pooling(kind, "first")),
    *_both("the last position was used for pooling", lambda kind: _pooling(kind, "last")),
    Mistake("the text was pooled at its highest token ID", "text", _highest_id),
    *_both(
        "the vectors were normalized, or left unnormalized, contrary to the documented usage",
        _normalized,
    ),
    *_both("the vectors were multiplied by the logit scale", _scaled),
    *_both("the tower of another checkpoint was loaded", _other_checkpoint),
)
