"""The alignment corpus: photographs for published weights and drawings for stand-ins."""

from dataclasses import dataclass
from functools import cache

from conformance.corpus import drawings, photographs
from conformance.corpus.image_files import save
from conformance.data.models import Model
from conformance.options.settings import Settings

DEFAULT_SIZE = 224
PHOTOGRAPHS_FOUND = 6 / 8
DRAWINGS_FOUND = 0.9


@dataclass(frozen=True)
class AlignedCorpus:
    """Images and, in each language, a caption for each, in the same order."""

    name: str
    why: str
    """Why this corpus suits the weights, for the report."""
    names: tuple[str, ...]
    images: tuple[bytes, ...]
    """PNG files."""
    captions: dict[str, tuple[str, ...]]
    """By ISO 639-1 code."""
    must: float
    """Minimum recall@1; if it is lower, the weights cannot be the specified ones."""
    should: float


def corpus_for(settings: Settings) -> AlignedCorpus:
    """The corpus for the endpoint's weights; drawings if the photographs are missing."""
    if settings.weights == "published" and photographs.available():
        return _photographs()
    return _drawings(settings.model.image_size or DEFAULT_SIZE)


def advertised(model: Model, corpus: AlignedCorpus) -> list[str]:
    """The languages that the model advertises and the corpus has captions in."""
    return [language for language in corpus.captions if language in model.languages]


@cache
def _photographs() -> AlignedCorpus:
    names = photographs.names()
    return AlignedCorpus(
        name="photographs",
        why="published weights were trained on photographs; every listed model recognizes these",
        names=tuple(names),
        images=tuple(save(photographs.load(name), "PNG") for name in names),
        captions={lang: tuple(photographs.captions(lang)) for lang in photographs.languages()},
        must=PHOTOGRAPHS_FOUND,
        should=1.0,
    )


@cache
def _drawings(size: int) -> AlignedCorpus:
    shown = drawings.combinations()
    seed = drawings.HELD_OUT_SEEDS[0]
    return AlignedCorpus(
        name="drawings",
        why="stand-ins were trained on drawings, but not on these drawings and captions",
        names=tuple(map(str, shown)),
        images=tuple(save(drawings.draw(each, seed, size), "PNG") for each in shown),
        captions={lang: _captions(shown, lang) for lang in drawings.languages()},
        must=DRAWINGS_FOUND,
        should=0.95,
    )


def _captions(shown: tuple[drawings.Combination, ...], language: str) -> tuple[str, ...]:
    """One held-out wording for each drawing, using all wordings in turn."""
    wordings = [drawings.captions(each, language, "held_out") for each in shown]
    return tuple(each[i % len(each)] for i, each in enumerate(wordings))
