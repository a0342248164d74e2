"""What passed between Weaviate and the endpoint, as the suite shows exchanges."""

from conformance.transport.exchange import Exchange
from conformance.transport.failures import Failure, FailureKind
from conformance.weaviate.wire.proxy import Passed, RecordingProxy


def to_exchange(passed: Passed, proxy: RecordingProxy) -> Exchange:
    """The exchange, addressed to the endpoint itself, so that its curl line repeats it."""
    answer, parts = passed.answer, proxy.upstream.parts
    return Exchange(
        method=passed.request.start.split(" ")[0],
        url=f"{parts.scheme}://{parts.netloc}{passed.path}",
        request_headers=tuple(each for each in passed.request.headers if each[0] == "Content-Type"),
        request_body=passed.request.body,
        status=passed.status,
        headers={name.lower(): value for name, value in answer.headers} if answer else {},
        body=passed.answered,
        failure=None if answer else Failure(FailureKind.INCOMPLETE, "no whole answer"),
    )
