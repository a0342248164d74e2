"""What is said of vectors that differ, and of models that the vendor's image reads otherwise."""

import numpy as np
import pytest

from conformance.comparison.similarity import Comparison, pairs
from conformance.data import models

ONE = np.array([1, 0], dtype=np.float32)
OTHER = np.array([0, 1], dtype=np.float32)


def comparison(**there: np.ndarray) -> Comparison:
    """Texts that are `ONE` here, beside others."""
    here = dict.fromkeys(there, ONE)
    return Comparison(pairs(here, there), "texts", "somewhere")


def test_equal_vectors_are_close() -> None:
    assert comparison(a=ONE).close


def test_far_ones_are_named_with_the_cause() -> None:
    found = comparison(a=ONE, b=OTHER)
    assert not found.close
    assert found.got("Best fit: none").startswith("1 of 2 texts apart: b: cosine 0.000000")
    assert found.got("Best fit: none").endswith(". Best fit: none")


def test_nothing_in_common_is_not_close() -> None:
    assert not comparison().close
    assert comparison().got() == "no texts that both sides have vectors for"


@pytest.mark.parametrize("tag", list(models.load()))
def test_models_that_the_vendor_reads_otherwise_are_remarked_on(tag: str) -> None:
    model = models.find(tag)
    said = comparison(a=OTHER).expected(model)
    assert ("vendor's image" in said) is ("siglip" in tag or "metaclip" in tag)
    assert ("does not lower-case" in said) is ("siglip2" in tag)
    assert ("docs/vendor-container.md" in said) is ("vendor's image" in said)
