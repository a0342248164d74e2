"""Many small texts in few requests; where a list is refused, the text that it is refused for."""

from collections.abc import Iterator, Sequence

from conformance.expect import comparisons, responses
from conformance.expect.nonconformity import Nonconformity, PrerequisiteFailed
from conformance.expect.observations import Observations
from conformance.expect.vector_cache import VectorCache

MOST = 40
"""Texts a list: a slow encoder answers in time, and a refusal is soon traced."""
FEWEST = 9


def vectors(cache: VectorCache, texts: Sequence[str], first: int = FEWEST) -> Observations:
    """The vectors (n, d) of the texts, sent in lists of `first`, `first` + 1, ... texts.

    So that a run sends lists of many sizes. Raises Nonconformity for a text that is refused alone
    as well; where each is served alone, it is the list that the endpoint cannot take, which is no
    business of the running check: PrerequisiteFailed.
    """
    return comparisons.joined([_list(cache, part) for part in parts(texts, first)])


def given_vectors(cache: VectorCache, texts: Sequence[str], first: int = FEWEST) -> Observations:
    """The same where the running check is about something else than whether they are served."""
    try:
        return vectors(cache, texts, first)
    except Nonconformity as problem:
        raise PrerequisiteFailed.of(problem) from None


def parts(texts: Sequence[str], first: int) -> Iterator[Sequence[str]]:
    """The texts in lists of `first`, `first` + 1, ... up to MOST, and from FEWEST again."""
    start, size = 0, first
    while start < len(texts):
        yield texts[start : start + size]
        start, size = start + size, size + 1 if size < MOST else FEWEST


def _list(cache: VectorCache, texts: Sequence[str]) -> Observations:
    try:
        return cache.vectors(texts=texts).texts
    except PrerequisiteFailed:
        if cache.exchange(texts).failure is None:
            for text in texts:
                responses.vectors(cache.exchange([text]), 1, 0)
        raise
