"""Mistakes in how a text or its tokens are handled."""

import unicodedata
from collections.abc import Callable
from typing import Any

import torch

from conformance.data.models import Model
from lab.exactness.documented.usage import Inputs, Usage
from lab.exactness.mistakes.mistake import Mistake, NotApplicable, simple

Rewrite = Callable[[str], str]
Cut = Callable[[list[int], int, list[int]], list[int]]
"""Selects the tokens to keep, given all tokens of a text, the limit, and the special tokens."""


def whole(usage: Usage, text: str) -> list[int]:
    """All tokens of `text`, regardless of its length, including the special ones."""
    tokenizer: Any = usage.tokenizer
    if hasattr(tokenizer, "sot_token_id"):  # open_clip's own tokenizer.
        return [tokenizer.sot_token_id, *tokenizer.encode(text), tokenizer.eot_token_id]
    inner = getattr(tokenizer, "tokenizer", tokenizer)
    return list(inner(text, verbose=False)["input_ids"])


def inputs_of(usage: Usage, ids: list[int]) -> Inputs:
    """A model's inputs for these tokens, padded as in the documented usage."""
    like = usage.tokens("a")
    name = "text" if "text" in like else "input_ids"
    empty = whole(usage, "")
    length = like[name].shape[1]
    padded = length > len(whole(usage, "a"))
    pad = int(like[name][0, -1]) if padded else empty[-1]
    row = torch.tensor([[*ids, *[pad] * (length - len(ids) if padded else 0)]])
    made = {**like, name: row}
    if "attention_mask" in like:
        made["attention_mask"] = torch.ones_like(row)
    return made


def _rewritten(rewrite: Rewrite) -> Callable[[Usage, Model], Usage]:
    def make(usage: Usage, _: Model) -> Usage:
        return usage.altered(tokens=lambda text: usage.tokens(rewrite(text)))

    return make


def _cut(cut: Cut) -> Callable[[Usage, Model], Usage]:
    def make(usage: Usage, model: Model) -> Usage:
        around = whole(usage, "")

        def tokens(text: str) -> Inputs:
            sent = text.lower() if model.lower_case else text
            return inputs_of(usage, cut(whole(usage, sent), usage.limit, around))

        return usage.altered(tokens=tokens)

    return make


def keep_head(ids: list[int], limit: int, around: list[int]) -> list[int]:
    """The standard behavior: the first tokens and the last special token are kept."""
    return ids if len(ids) <= limit else [*ids[: limit - 1], around[-1]]


def one_short(ids: list[int], limit: int, around: list[int]) -> list[int]:
    return keep_head(ids, limit - 1, around)


def keep_tail(ids: list[int], limit: int, around: list[int]) -> list[int]:
    starts = around[:-1]
    return ids if len(ids) <= limit else [*starts, *ids[-(limit - len(starts)) :]]


def without_end_when_cut(ids: list[int], limit: int, _: list[int]) -> list[int]:
    return ids[:limit]


def without_end(ids: list[int], limit: int, around: list[int]) -> list[int]:
    kept = keep_head(ids, limit, around)[:-1]
    return kept or ids


def without_begin(ids: list[int], limit: int, around: list[int]) -> list[int]:
    if len(around) < 2:
        raise NotApplicable
    return keep_head(ids, limit, around)[1:]


def without_specials(ids: list[int], limit: int, around: list[int]) -> list[int]:
    kept = keep_head(ids, limit, around)[len(around) - 1 : -1]
    return kept or ids


def specials_twice(ids: list[int], limit: int, around: list[int]) -> list[int]:
    return keep_head([*around[:-1], *ids, around[-1]], limit, around)


def half_as_many(ids: list[int], limit: int, around: list[int]) -> list[int]:
    return keep_head(ids, limit // 2, around)


def twenty(ids: list[int], limit: int, around: list[int]) -> list[int]:
    """The default `max_length` of a configuration, which is meant for text generation."""
    return keep_head(ids, min(limit, 20), around)


def _padding(wrong: Callable[[Inputs, Usage], Inputs]) -> Callable[[Usage, Model], Usage]:
    def make(usage: Usage, _: Model) -> Usage:
        return usage.altered(tokens=lambda text: wrong(usage.tokens(text), usage))

    return make


def unpadded(inputs: Inputs, usage: Usage) -> Inputs:
    """No padding, although the documented usage pads to the limit."""
    name = "text" if "text" in inputs else "input_ids"
    row = inputs[name]
    if row.shape[1] < usage.limit or name == "text":
        raise NotApplicable
    pad, end = _pad(usage), whole(usage, "")[-1]
    filled = int((row[0] != pad).sum())
    return {**inputs, name: row[:, : max(1, filled + (1 if pad == end else 0))]}


def other_pad(inputs: Inputs, usage: Usage) -> Inputs:
    """Padding with token 0 (or with 1 if 0 is correct)."""
    name = "text" if "text" in inputs else "input_ids"
    row, pad = inputs[name].clone(), _pad(usage)
    length = len(_trimmed(row[0].tolist(), pad, whole(usage, "")[-1]))
    if not _pads(usage):
        raise NotApplicable
    row[:, length:] = 1 if pad == 0 else 0
    return {**inputs, name: row}


def padded_unmasked(inputs: Inputs, usage: Usage) -> Inputs:
    """Padding to the limit without a mask that hides it."""
    if "attention_mask" not in inputs or _pads(usage) or usage.limit > 512:
        raise NotApplicable
    row = inputs["input_ids"]
    inner = getattr(usage.tokenizer, "pad_token_id", None)
    fill = torch.full((1, usage.limit - row.shape[1]), int(inner or 0), dtype=row.dtype)
    ids = torch.cat([row, fill], dim=1)
    return {**inputs, "input_ids": ids, "attention_mask": torch.ones_like(ids)}


def _pads(usage: Usage) -> bool:
    return bool(_ids_of(usage.tokens("a")).shape[1] > len(whole(usage, "a")))


def _pad(usage: Usage) -> int:
    return int(_ids_of(usage.tokens("a"))[0, -1])


def _ids_of(inputs: Inputs) -> torch.Tensor:
    ids: torch.Tensor = inputs["text" if "text" in inputs else "input_ids"]
    return ids


def _trimmed(ids: list[int], pad: int, end: int) -> list[int]:
    count = len(ids)
    while count > 1 and ids[count - 1] == pad and ids[count - 2] in (pad, end):
        count -= 1
    return ids[:count]


def cased(usage: Usage, model: Model) -> Usage:
    """Case preserved in a usage that lowercases texts before the tokenizer."""
    if not model.lower_case or model.library != "siglip":
        raise NotApplicable
    options = {"padding": "max_length", "max_length": usage.limit, "truncation": True}
    return usage.altered(
        tokens=lambda text: dict(usage.tokenizer([text], return_tensors="pt", **options))
    )


def plainly(usage: Usage, model: Model, limit: int) -> Usage:
    """SigLIP's processor called like CLIP's: texts unchanged, and padded at most to the longest."""
    if model.library != "siglip":
        raise NotApplicable
    options = {"padding": True, "max_length": limit, "truncation": True}
    return usage.altered(
        tokens=lambda text: dict(usage.tokenizer([text], return_tensors="pt", **options))
    )


def plainly_cased(usage: Usage, model: Model) -> Usage:
    """Two mistakes that occur together with SigLIP 2, whose processor neither lowercases nor
    pads."""
    if not model.lower_case:
        raise NotApplicable  # If the model does not lowercase texts, only the padding is missing.
    return plainly(usage, model, usage.limit)


def without_accents(text: str) -> str:
    """Letters without accents, as in uncased BERT models."""
    parts = unicodedata.normalize("NFD", text)
    return "".join(each for each in parts if unicodedata.category(each) != "Mn")


def _text(name: str, rewrite: Rewrite) -> Mistake:
    return Mistake(name, "text", simple(_rewritten(rewrite)))


def _ids(name: str, cut: Cut) -> Mistake:
    return Mistake(name, "text", simple(_cut(cut)))


def _pad_mistake(name: str, wrong: Callable[[Inputs, Usage], Inputs]) -> Mistake:
    return Mistake(name, "text", simple(_padding(wrong)))


ALL: tuple[Mistake, ...] = (
    _text('"a photo of" was prepended to the text', lambda text: f"a photo of {text}"),
    _text("a period was appended", lambda text: text + "."),
    _text('"query: " was prepended to the text', lambda text: f"query: {text}"),
    _text("the text was lowercased", str.lower),
    _text("accents were dropped", without_accents),
    _text("the text was normalized to NFKC", lambda text: unicodedata.normalize("NFKC", text)),
    _text("whitespace was collapsed and trimmed", lambda text: " ".join(text.split())),
    _text("UTF-8 was decoded as Latin-1", lambda text: text.encode().decode("latin-1")),
    _text(
        "non-ASCII letters were dropped",
        lambda text: text.encode("ascii", "ignore").decode(),
    ),
    _text("the text was truncated after 100 characters", lambda text: text[:100]),
    _text("the empty text was replaced by a space", lambda text: text or " "),
    Mistake("the text was not lowercased", "text", simple(cased)),
    _ids("a long text was truncated one token too early", one_short),
    _ids("a long text was truncated at half its tokens", half_as_many),
    _ids("texts were truncated at 20 tokens", twenty),
    _ids("the end of a long text was kept instead of its beginning", keep_tail),
    _ids("a long text lost its end token", without_end_when_cut),
    _ids("the end token was missing", without_end),
    _ids("the start token was missing", without_begin),
    _ids("the special tokens were missing", without_specials),
    _ids("the special tokens were duplicated", specials_twice),
    _pad_mistake("texts were not padded to the full length", unpadded),
    Mistake(
        "texts were neither lowercased nor padded to the full length",
        "text",
        simple(plainly_cased),
    ),
    Mistake(
        "texts were truncated at 20 tokens and not padded to the full length",
        "text",
        simple(lambda usage, model: plainly(usage, model, 20)),
    ),
    _pad_mistake("texts were padded with a different token", other_pad),
    _pad_mistake("texts were padded, and the padding was not masked", padded_unmasked),
)
