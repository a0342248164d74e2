"""Explain a comparison's result: whether the vectors match, how far apart they are, and why."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from conformance.comparison import vendor
from conformance.comparison.recording import inputs
from conformance.comparison.similarity import NAMED, Agreement, Comparison, Pair
from conformance.data.models import Model

SAME_DIRECTION = 0.9999
"""Cosine above which two vectors differ only in their norm."""
UNIT = 1e-2
"""How far from 1 the norm of a normalized vector may be."""
NEARLY = 0.99
"""Cosine above which two vectors come from the same model, computed differently."""
LONG = 200
"""Characters of a text that may exceed a model's token limit."""
OTHER_MODEL = "a different model, or different weights"
UNRELATED = 0.5
"""Median cosine below which two vectors come from different models or weights."""


@dataclass(frozen=True)
class Side:
    """The name of one side of a comparison, and what it reports about itself."""

    name: str
    model: str = ""
    """A tag of models.toml; empty if unknown."""
    transformers: str = ""
    """The version from GET /meta, which the vendor's container reports."""


@dataclass(frozen=True)
class Answer:
    """A comparison of old and new vectors: `kinds` are texts, images, or objects."""

    old: Side
    new: Side
    kinds: Sequence[Comparison]
    searches: Agreement | None = None
    missing: Sequence[str] = ()
    """Descriptions of the kinds that only one side has vectors for."""
    left_out: Sequence[str] = ()
    """Descriptions of what was not compared."""
    model: Model | None = None
    explanation: str = ""
    """The reason, if the caller knows more than the vectors show."""
    remarks: Sequence[str] = ()

    @property
    def match(self) -> bool:
        """Whether something was compared and all of it is the same."""
        compared = [each for each in self.kinds if each.pairs]
        return bool(compared) and all(each.close for each in compared) and not self.missing

    def lines(self) -> Iterator[str]:
        """The answer, line by line; text from endpoints is made printable."""
        yield self._verdict()
        for each in self.kinds:
            yield from _kind_lines(each)
        yield from (f"  {line}" for line in self.missing)
        if self.searches:
            yield f"  searches: {self.searches}"
        yield from (f"  not compared: {line}" for line in self.left_out)
        yield from (f"  note: {line}" for line in self.remarks)
        if not self.match:
            yield f"likely reason: {self.explanation or self.reason()}"

    def _verdict(self) -> str:
        if self.match:
            words = f"MATCH: the vectors of {self.new.name} match those of {self.old.name}"
            return f"{words}{self._moved()}."
        return f"NO MATCH: the vectors of {self.new.name} do not match those of {self.old.name}."

    def _moved(self) -> str:
        """A warning if differences within the tolerance change what searches return."""
        seen = self.searches
        if seen is None or seen.same == seen.queries:
            return ""
        moved = seen.queries - seen.same
        return f", but {moved} of {seen.queries} queries return a different top {seen.top}"

    def reason(self) -> str:
        """The likely reason for a difference, in one or two sentences."""
        far = [pair for each in self.kinds for pair in each.far]
        if not far:
            return self._of_missing()
        return (
            other_length(far)
            or _other_norm(far)
            or self._of_one_kind()
            or self._other_model(far)
            or self._small(far)
        )

    def _other_model(self, far: Sequence[Pair]) -> str:
        """Report a different model if most items are unrelated, or some are and none match."""
        some_unrelated = min(pair.cosine for pair in far) < UNRELATED
        none = len(far) == sum(len(each.pairs) for each in self.kinds)
        return OTHER_MODEL if (none and some_unrelated) or _are_unrelated(far) else ""

    def _of_missing(self) -> str:
        kinds = [each.kind for each in self.kinds if not each.pairs]
        known = [words for kind in kinds if (words := self._releases(kind, refused=True))]
        return known[0] if known else "one side rejects items that the other accepts (see above)"

    def _of_one_kind(self) -> str:
        """The reason if only texts or only images differ."""
        compared = [each for each in self.kinds if each.pairs]
        differing = [each for each in compared if not each.close]
        if len(compared) < 2 or len(differing) != 1:
            return ""
        [kind] = differing
        # A release that changes vectors slightly does not explain unrelated vectors.
        releases = "" if _are_unrelated(kind.far) else self._releases(kind.kind)
        by_design = vendor.remark(self.model) if self.model and kind.kind == "texts" else ""
        return " ".join(filter(None, [_which(kind), releases, by_design]))

    def _releases(self, kind: str, refused: bool = False) -> str:
        """What changed between releases of the vendor's image; empty if nothing did."""
        old, new = self.old.transformers, self.new.transformers
        if old and old == new and not refused:
            return ""
        changed = vendor.changes(kind, self.model, old, new, refused)
        told = [words for words in map(vendor.release_words, (old, new)) if words]
        seen = f" (/meta looks like {' and '.join(told)})" if told else ""
        words = f"If these are releases of the vendor's image{seen}: {'; '.join(changed)}."
        return words if changed else ""

    def _small(self, far: Sequence[Pair]) -> str:
        if min(pair.cosine for pair in far) >= NEARLY:
            words = (
                "the same model, computed differently: a different precision (float16, int8), "
                "device, or library version"
            )
        else:
            words = (
                "a different version of the model, or different preprocessing of texts and images"
            )
        return ". ".join(filter(None, [words, self._releases("images")]))


def other_length(far: Sequence[Pair]) -> str:
    """Report different dimensions, which mean different models; empty if all are equal."""
    lengths = {pair.numbers for pair in far if len(set(pair.numbers)) > 1}
    if not lengths:
        return ""
    new, old = min(lengths)
    return f"a different model: vectors have {new} dimensions now, and had {old} before"


def _other_norm(far: Sequence[Pair]) -> str:
    if min(pair.cosine for pair in far) < SAME_DIRECTION:
        return ""
    now = all(abs(pair.norm - 1) < UNIT for pair in far)
    before = all(abs(pair.other_norm - 1) < UNIT for pair in far)
    what = "now" if now else "before" if before else ""
    normalized = f" (normalized only {what})" if what else ""
    return (
        f"the same directions but different norms{normalized}. This does not affect cosine "
        "distance, but it does affect dot, l2-squared, and weighted fields"
    )


def _are_unrelated(far: Sequence[Pair]) -> bool:
    return sorted(pair.cosine for pair in far)[len(far) // 2] < UNRELATED


IMAGE_REASONS = {
    "encoding": "those that have to be converted first (palette, transparency, grayscale, 16-bit, "
    "CMYK), so they are decoded differently",
    "size": "those that are not square or are very small, so they are resized or cropped "
    "differently",
}


def _which(kind: Comparison) -> str:
    """What the differing items of one kind have in common."""
    names = {pair.name for pair in kind.far}
    special = _special_texts(kind, names) if kind.kind == "texts" else _special_images(names)
    if special:
        return f"only {kind.kind} differ, and of these only {special}."
    if _are_unrelated(kind.far):
        return (
            f"only {kind.kind} differ, and they are unrelated: a different encoder for {kind.kind}."
        )
    how = "resized, cropped, or normalized"
    if kind.kind == "texts":
        how = "tokenized, padded, or truncated"
    return f"only {kind.kind} differ: they are {how} differently."


def _special_images(names: set[str]) -> str:
    known = [
        words
        for start, words in IMAGE_REASONS.items()
        if any(name.startswith(start) for name in names)
    ]
    all_known = all(name.startswith(tuple(IMAGE_REASONS)) for name in names)
    return ", and ".join(known) if all_known else ""


def _special_texts(kind: Comparison, names: set[str]) -> str:
    texts = {pair.name: inputs().texts.get(pair.name, "") for pair in kind.pairs}
    if all(len(texts[name]) >= LONG for name in names):
        return "long ones, so they are truncated at a different length"
    if names == {name for name, text in texts.items() if text != text.lower()}:
        return "those with uppercase letters, so only one side lowercases them"
    return ""


def _kind_lines(kind: Comparison) -> Iterator[str]:
    if not kind.pairs:
        return
    same = len(kind.pairs) - len(kind.far)
    first = f"  {kind.kind}: {same} of {len(kind.pairs)} the same"
    comparable = [pair for pair in kind.pairs if len(set(pair.numbers)) == 1]
    if comparable:
        lowest = min(pair.cosine for pair in comparable)
        norms = _range([pair.norm for pair in comparable])
        before = _range([pair.other_norm for pair in comparable])
        first += f"; lowest cosine {lowest:.6f}; norms {norms} (before: {before})"
    yield first
    yield from (f"    {pair.name}: {pair}" for pair in kind.far[:NAMED])


def _range(numbers: Sequence[float]) -> str:
    low, high = min(numbers), max(numbers)
    return f"{low:.4g}" if f"{low:.4g}" == f"{high:.4g}" else f"{low:.4g} to {high:.4g}"
