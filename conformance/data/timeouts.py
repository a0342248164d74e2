"""Every timeout and delay of the suite, in seconds, with the source of each value."""

from typing import Final

ENDPOINT_TIMEOUT: Final = 50.0
"""Bound of a whole exchange: Weaviate's own for a request, `MODULES_CLIENT_TIMEOUT`."""

READY_TIMEOUT: Final = 0.5
"""Weaviate's cap on each try of ready while it starts (`startup.go`); it is not one on live."""

LIVE_TIMEOUT: Final = 3.0
"""The liveness probe's `timeoutSeconds` in Weaviate's Helm chart."""

READY_WAIT: Final = 10.0
"""How long an endpoint given by URL may take to get ready: it should be running already."""

REFERENCE_WAIT: Final = 120.0
"""The same for an endpoint that the suite starts itself, which loads its model first. Weaviate's
own patience at its start, too."""

IDLE_CONNECTION: Final = 90.0
"""How long Go's `net/http` keeps an idle connection (`DefaultTransport.IdleConnTimeout`)."""

CLOSE_GRACE: Final = 0.02
"""In which the end of a connection that was closed with the response before is seen: Go's client
opens another one then, and nothing is lost."""

GOOD_REQUEST: Final = 10.0
"""For a small good request after an odd one, where such a request took less than a second before:
an endpoint that takes longer than this now has stopped."""

SHRINKING: Final = 5.0
"""That Hypothesis may take to make a failing request smaller."""

PAUSE_IN_BODY: Final = 0.15
"""Between two pieces of a request: longer than packets of one request are apart in a network."""

EXPECT_CONTINUE: Final = 1.0
"""How long curl waits for 100 Continue before it sends the body all the same."""
