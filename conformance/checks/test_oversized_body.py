"""ERR-11: a body that is far too large is refused in JSON.

After the callers that hang up: an endpoint may close the connection in the middle of it.
"""

import pytest

from conformance import expect
from conformance.transport.endpoint import Endpoint

OVERSIZED = 80 * 2**20
"""Bytes: five times what must be served."""


@pytest.mark.clause("ERR-11")
def test_an_oversized_body_is_refused_in_json(endpoint: Endpoint) -> None:
    expect.refusal(endpoint.post(b'{"images": ["' + b"A" * OVERSIZED + b'"]}'))
