"""One exchange between Weaviate and the endpoint, as the proxy kept it."""

import json
import zlib
from dataclasses import dataclass, replace
from typing import Any

from conformance.transport.exchange import Exchange, Failure, FailureKind, TooLarge, classify
from conformance.weaviate.wire.http1 import Message
from conformance.weaviate.wire.raw_response import response_to
from conformance.weaviate.wire.upstream import RESPONSE_TIMEOUT

NO_RESPONSE = Failure(FailureKind.INCOMPLETE, "no whole answer")


@dataclass(frozen=True)
class Passed:
    """The request as Weaviate sent it and the endpoint's response, None where none came whole."""

    request: Message
    response: Message | None
    origin: str = ""
    """Scheme and host of the endpoint itself, where Weaviate knows the proxy's."""

    @property
    def path(self) -> str:
        """The path that Weaviate asked for, as it stood on the wire."""
        return self.request.start.split(" ")[1]

    @property
    def vectorizes(self) -> bool:
        """Whether this asked for vectors."""
        return self.request.start.startswith("POST ") and self.path.endswith("/vectorize")

    @property
    def status(self) -> int:
        """The status of the response; 0 without one."""
        return int(self.response.start.split(" ")[1]) if self.response else 0

    @property
    def size(self) -> int:
        """Bytes of both bodies."""
        response = len(self.response.framed) if self.response else 0
        return len(self.request.framed) + response

    def without_items(self) -> "Passed":
        """The same exchange without what was sent."""
        return replace(self, request=replace(self.request, framed=b"", body=b""))

    def asked(self) -> dict[str, list[str]]:
        """The request's texts and images; none where its body was not kept."""
        body: dict[str, Any] = json.loads(self.request.body or b"{}")
        return {kind: list(body.get(kind) or []) for kind in ("texts", "images")}

    def to_exchange(self) -> Exchange:
        """As the suite shows exchanges; addressed to the endpoint, so that its curl line works.

        What is wrong with the response is the endpoint's doing, and so a failure of the exchange;
        nothing is raised for it.
        """
        request = Exchange(
            method=self.request.start.split(" ")[0],
            url=f"{self.origin}{self.path}",
            request_headers=tuple(h for h in self.request.headers if h[0] == "Content-Type"),
            request_body=self.request.body,
        )
        if self.response is None:
            return replace(request, failure=NO_RESPONSE)
        try:
            return response_to(request, self.response)
        except (zlib.error, TooLarge) as problem:
            failure = classify(problem, RESPONSE_TIMEOUT, reused=False)
            return replace(request, status=self.status, failure=failure)
