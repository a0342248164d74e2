"""OPS-06: callers that hang up leave nothing behind."""

import pytest

from conformance import expect
from conformance.checks import hung_up
from conformance.corpus import small_images
from conformance.expect.vector_cache import VectorCache
from conformance.transport.endpoint import Endpoint, Items

TEXT = "ein grüner Kreis, 緑の丸"
TIMES = 20
"""More callers than a service has workers or slots, as a rule."""
AFTER = 4


@pytest.mark.clause("OPS-06")
@pytest.mark.parametrize("moment", hung_up.MOMENTS)
def test_a_caller_that_hangs_up_leaves_nothing_behind(
    endpoint: Endpoint, cache: VectorCache, moment: str
) -> None:
    before = cache.vectors([TEXT], [small_images.png()])
    hung_up.hang_up(endpoint.client.url, endpoint.client.timeout, moment, TIMES)
    what = f"after {TIMES} callers that hung up {moment}"
    in_turn = [endpoint.vectorize([TEXT], [small_images.png()]) for _ in range(2)]
    at_once = endpoint.vectorize_at_once([Items([TEXT], [small_images.png()])] * AFTER)
    for exchange in (*in_turn, *at_once):
        after = expect.vectors(exchange, 1, 1)
        expect.same(after.texts, before.texts, f"the text {what}")
        expect.same(after.images, before.images, f"the image {what}")
