"""All of the suite's timeouts and delays, in seconds, with the source of each value."""

from typing import Final

ENDPOINT_TIMEOUT: Final = 50.0
"""Limit for a whole exchange: Weaviate's own default for a request, `MODULES_CLIENT_TIMEOUT`."""

READY_TIMEOUT: Final = 0.5
"""Weaviate's timeout for each readiness probe at startup (`startup.go`); it sends no liveness
probes."""

LIVE_TIMEOUT: Final = 3.0
"""The liveness probe's `timeoutSeconds` in Weaviate's Helm chart."""

READY_WAIT: Final = 10.0
"""How long an endpoint given by URL may take to become ready: it should already be running."""

REFERENCE_WAIT: Final = 120.0
"""The same for an endpoint that the suite starts, which loads its model first. Weaviate waits just
as long at startup."""

IDLE_CONNECTION: Final = 90.0
"""How long Go's `net/http` keeps an idle connection (`DefaultTransport.IdleConnTimeout`)."""

CLOSE_GRACE: Final = 0.02
"""Time after a response within which a closed connection is noticed. Go's client then opens a new
one, and no request is lost."""

GOOD_REQUEST: Final = 10.0
"""Limit for a small valid request after an unusual one, if such requests took less than a second
before: an endpoint that takes longer has stopped working."""

SHRINKING: Final = 5.0
"""Time that Hypothesis may take to shrink a failing request."""

PAUSE_IN_BODY: Final = 0.15
"""Pause between two pieces of a request: longer than the usual gap between packets in a network."""

EXPECT_CONTINUE: Final = 1.0
"""How long curl waits for 100 Continue before it sends the body anyway."""
