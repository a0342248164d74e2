"""Other server software."""

from tests.endpoints.endpoint import Endpoint
from tests.endpoints.registry import legal


@legal("wsgiref", "served by the standard library's WSGI server: HTTP/1.0")
class OnWsgiref(Endpoint):
    software = "wsgiref"


@legal("waitress", "served by waitress")
class OnWaitress(Endpoint):
    software = "waitress"


@legal("asyncio", "served by one thread of asyncio")
class OnStreams(Endpoint):
    software = "streams"
