"""IMG-07: images that are alike but for one thing."""

import pytest

from conformance import expect
from conformance.corpus import image_pairs
from conformance.corpus.image_pairs import Alike
from conformance.data.models import Model
from conformance.expect import given
from conformance.expect.image_comparisons import ImageBatches

USUAL_SIZE = 224
LARGE = 1220
"""Pixels a side of a BMP of 4.4 MB."""


def differ(batches: ImageBatches, alike: Alike) -> None:
    """No two have one vector."""
    batches.gather(alike.images.values())
    rows = given.joined([batches.image(file) for file in alike.images.values()])
    expect.distinct(rows, list(alike.images))


@pytest.mark.clause("IMG-07")
@pytest.mark.parametrize("name", image_pairs.names())
def test_a_difference_is_seen(batches: ImageBatches, model: Model, name: str) -> None:
    differ(batches, image_pairs.group(name, model.image_size or USUAL_SIZE))


@pytest.mark.clause("IMG-07")
def test_a_difference_is_seen_in_large_files(batches: ImageBatches) -> None:
    differ(batches, image_pairs.large(LARGE))
