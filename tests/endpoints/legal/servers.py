"""Other server software."""

from tests.endpoints.endpoint import Endpoint
from tests.endpoints.registry import legal


@legal("wsgiref", "served by the standard library's WSGI server with HTTP/1.0")
class OnWsgiref(Endpoint):
    software = "wsgiref"


@legal("waitress", "served by waitress")
class OnWaitress(Endpoint):
    software = "waitress"


@legal("asyncio", "served by a single asyncio thread")
class OnStreams(Endpoint):
    software = "streams"
