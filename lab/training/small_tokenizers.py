"""Small tokenizers, trained on the project's captions, of the types that the listed models use.

If a change to this code changes token IDs, the archives in `reference/standins` become invalid: all
stand-ins were trained with these IDs, so the stand-ins and the vectors in `fixtures/expected` must
be regenerated.
"""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

from tokenizers import Tokenizer, decoders, models, pre_tokenizers, processors, trainers
from transformers import (
    CLIPTokenizer,
    DistilBertTokenizer,
    GemmaTokenizer,
    PreTrainedTokenizerFast,
    SiglipTokenizer,
    XLMRobertaTokenizer,
)

from lab.training.captions import every_training_caption

_LONGEST: Final = 4
"""Maximum length of a piece: otherwise, a phrase in a script without spaces would become one."""

_BLOCKS: Final = [
    (0x21, 0x250),
    (0x370, 0x1200),
    (0x2010, 0x2050),
    (0x3000, 0x3100),
    (0x1F300, 0x1FB00),
]
_STANDARDS: Final = [("gb2312", 0xB0, 0xD8), ("euc_jp", 0xB0, 0xD0), ("euc_kr", 0xB0, 0xC9)]
"""Codecs, with the first row of their common characters and the row after the last."""

_NO_MASK: Final = ["input_ids"]
"""As in the published SigLIP checkpoints, whose texts are always padded, without masking the
padding."""

_BYTES: Final = sorted(pre_tokenizers.ByteLevel.alphabet())


def letters() -> list[str]:
    """Characters of a vocabulary without bytes, so that different texts get different tokens.

    These are alphabets, emoji, and the most common ideographs and syllables by national standard.
    """
    found = {chr(code) for start, stop in _BLOCKS for code in range(start, stop)}
    for codec, first, last in _STANDARDS:
        found.update(_standard(codec, first, last))
    return sorted(character for character in found if character.isprintable())


def _standard(codec: str, start: int, stop: int) -> Iterator[str]:
    for row in range(start, stop):
        for column in range(0xA1, 0xFF):
            yield from bytes([row, column]).decode(codec, errors="ignore")


def clip(limit: int) -> CLIPTokenizer:
    """CLIP's tokenizer: lowercased byte-level pairs; words end in `</w>`; end-of-text has the
    highest ID."""
    blank = CLIPTokenizer().backend_tokenizer
    merges = _merges(blank, every_training_caption(["en"]), 1200, end_of_word_suffix="</w>")
    alphabet = [*_BYTES, *(byte + "</w>" for byte in _BYTES)]
    tokens = [*alphabet, *("".join(pair) for pair in merges)]
    tokens += ["<|startoftext|>", "<|endoftext|>"]
    vocabulary = {token: number for number, token in enumerate(dict.fromkeys(tokens))}
    return CLIPTokenizer(vocab=vocabulary, merges=merges, model_max_length=limit)


def _merges(like: Tokenizer, texts: Sequence[str], size: int, **trainer: Any) -> Any:
    """The pairs that a byte-pair tokenizer with the text handling of `like` learns to merge."""
    learner = Tokenizer(models.BPE())
    if like.normalizer is not None:
        learner.normalizer = like.normalizer
    learner.pre_tokenizer = like.pre_tokenizer
    learner.train_from_iterator(
        texts, trainers.BpeTrainer(vocab_size=size, show_progress=False, **trainer)
    )
    return [tuple(pair) for pair in _state(learner)["merges"]]


def _state(tokenizer: Tokenizer) -> dict[str, Any]:
    state: dict[str, Any] = json.loads(tokenizer.to_str())["model"]
    return state


def xlm_roberta(languages: Sequence[str], limit: int) -> XLMRobertaTokenizer:
    """XLM-R's and XLM-V's tokenizer: unigrams with a mark at the beginning of a word."""
    blank = XLMRobertaTokenizer().backend_tokenizer
    learner = Tokenizer(models.Unigram())
    learner.pre_tokenizer = blank.pre_tokenizer
    learner.train_from_iterator(
        every_training_caption(languages),
        trainers.UnigramTrainer(
            vocab_size=2500,
            show_progress=False,
            special_tokens=["<unk>"],
            unk_token="<unk>",
            max_piece_length=_LONGEST,
        ),
    )
    learned = [(piece, score) for piece, score in _state(learner)["vocab"] if piece != "<unk>"]
    known = {piece for piece, _ in learned}
    rare = [(letter, -20.0) for letter in letters() if letter not in known]
    specials = [("<s>", 0.0), ("<pad>", 0.0), ("</s>", 0.0), ("<unk>", 0.0)]
    return XLMRobertaTokenizer(
        vocab=[*specials, *learned, *rare, ("<mask>", 0.0)], model_max_length=limit
    )


def distilbert(languages: Sequence[str], limit: int) -> DistilBertTokenizer:
    """Multilingual DistilBERT's tokenizer: cased word pieces."""
    blank = DistilBertTokenizer(do_lower_case=False).backend_tokenizer
    learner = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    learner.normalizer, learner.pre_tokenizer = blank.normalizer, blank.pre_tokenizer
    learner.train_from_iterator(
        every_training_caption(languages),
        trainers.WordPieceTrainer(vocab_size=2500, show_progress=False),
    )
    inner = ["##" + letter for letter in letters() if not "\u4e00" <= letter <= "\u9fff"]
    tokens = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    tokens += [*_state(learner)["vocab"], *letters(), *inner]
    vocabulary = {token: number for number, token in enumerate(dict.fromkeys(tokens))}
    return DistilBertTokenizer(vocab=vocabulary, do_lower_case=False, model_max_length=limit)


def gemma(languages: Sequence[str], limit: int) -> GemmaTokenizer:
    """Gemma's tokenizer, as in SigLIP 2: byte pairs over characters; unknown characters as
    bytes."""
    words = Tokenizer(models.BPE())
    words.normalizer = GemmaTokenizer().backend_tokenizer.normalizer
    words.pre_tokenizer = pre_tokenizers.Split("\u2581", "merged_with_next")
    texts = [text.lower() for text in every_training_caption(languages)]
    merges = _merges(words, texts, 2500, max_token_length=_LONGEST)
    letters_seen = sorted({c for text in texts for c in text.replace(" ", "\u2581")})
    tokens = ["<pad>", "<eos>", "<bos>", "<unk>", "<mask>"]
    tokens += [f"<0x{byte:02X}>" for byte in range(256)]
    tokens += [*letters_seen, *("".join(pair) for pair in merges)]
    vocabulary = {token: number for number, token in enumerate(dict.fromkeys(tokens))}
    made = GemmaTokenizer(
        vocab=vocabulary,
        merges=merges,
        model_max_length=limit,
        padding_side="right",
        model_input_names=_NO_MASK,
    )
    made.backend_tokenizer.post_processor = processors.TemplateProcessing(
        single="$A <eos>", pair="$A <eos> $B <eos>", special_tokens=[("<eos>", 1)]
    )
    return made


def siglip(languages: Sequence[str], limit: int, scratch: Path) -> SiglipTokenizer:
    """SigLIP i18n's tokenizer: a sentencepiece model, lowercased; unknown characters as bytes."""
    import sentencepiece

    texts = [text.lower() for text in every_training_caption(languages)]
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(texts),
        model_prefix=str(scratch / "spiece"),
        vocab_size=2500,
        hard_vocab_limit=False,
        byte_fallback=True,
        max_sentencepiece_length=_LONGEST,
        pad_id=0,
        eos_id=1,
        unk_id=2,
        bos_id=-1,
        minloglevel=2,
    )
    return SiglipTokenizer(
        str(scratch / "spiece.model"), model_max_length=limit, model_input_names=_NO_MASK
    )


def modernbert(limit: int) -> PreTrainedTokenizerFast:
    """ModernBERT's tokenizer with ModernVBERT's extra tokens: cased byte-level pairs."""
    learner = Tokenizer(models.BPE())
    learner.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    merges = _merges(learner, every_training_caption(["en"]), 1200)
    tokens = [*_BYTES, *("".join(pair) for pair in merges)]
    vocabulary = {token: number for number, token in enumerate(dict.fromkeys(tokens))}
    made = Tokenizer(models.BPE(vocab=vocabulary, merges=merges))
    made.pre_tokenizer, made.decoder = learner.pre_tokenizer, decoders.ByteLevel()
    made.add_special_tokens(["[UNK]", "[CLS]", "[SEP]", "[PAD]", "[MASK]", "<|begin_of_text|>"])
    ends = [(token, made.token_to_id(token)) for token in ("[CLS]", "[SEP]")]
    made.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", pair="[CLS] $A [SEP] $B [SEP]", special_tokens=ends
    )
    grid = [f"<row_{row}_col_{column}>" for row in range(1, 7) for column in range(1, 7)]
    image = ["<image>", "<fake_token_around_image>", "<global-img>", "<end_of_utterance>"]
    kind: Any = PreTrainedTokenizerFast
    wrapped: PreTrainedTokenizerFast = kind(
        tokenizer_object=made,
        unk_token="[UNK]",
        cls_token="[CLS]",
        sep_token="[SEP]",
        pad_token="[PAD]",
        mask_token="[MASK]",
        model_max_length=limit,
    )
    wrapped.add_special_tokens({"additional_special_tokens": [*image, *grid]})
    return wrapped
