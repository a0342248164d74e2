"""Answers at /meta that break Weaviate's own /v1/meta, and with it the start of its clients."""
# ruff: noqa: ARG002 - a hook takes what its stage is given

import json
import time

from tests.endpoints.endpoint import JSON, Body, Endpoint, Refused, Write
from tests.endpoints.registry import fault
from tests.endpoints.wire import Answer, Request


@fault("meta-html", "meta is a page for people", "MET-01", "WIR-02")
class MetaHtml(Endpoint):
    def meta(self, request: Request) -> Answer:
        return Answer(200, b"<html><h1>CLIP</h1></html>", {"Content-Type": "text/html"})


@fault("meta-array", "meta is a list of models", "MET-01")
class MetaArray(Endpoint):
    def meta(self, request: Request) -> Answer:
        return Answer(200, self.dump([self.description()]), dict(JSON))


@fault("meta-string", "meta is JSON that was encoded twice", "MET-01")
class MetaString(Endpoint):
    def meta(self, request: Request) -> Answer:
        return Answer(200, self.dump(json.dumps(self.description())), dict(JSON))


@fault("meta-null", "meta is null", "MET-01")
class MetaNull(Endpoint):
    def meta(self, request: Request) -> Answer:
        return Answer(200, b"null", dict(JSON))


@fault("meta-empty-body", "meta is 200 with nothing", "MET-01")
class MetaEmpty(Endpoint):
    def meta(self, request: Request) -> Answer:
        return Answer(200)


@fault("meta-204", "meta is 204", "MET-01")
class MetaNoContent(Endpoint):
    def meta(self, request: Request) -> Answer:
        return Answer(204)


@fault("meta-404", "no route for meta", "MET-04", "MET-01")
class MetaMissing(Endpoint):
    def meta(self, request: Request) -> Answer:
        raise Refused(404, "Not Found")


@fault("meta-500", "meta fails with a JSON error", "MET-04", "MET-01")
class MetaFails(Endpoint):
    def meta(self, request: Request) -> Answer:
        raise Refused(500, "no configuration file")


@fault(
    "meta-fails-later",
    "meta works once, then its file handle is at the end",
    "MET-04",
    "MET-03",
    "MET-01",
)
class MetaOnce(Endpoint):
    def description(self) -> Body:
        if next(self.calls) > 1:
            raise Refused(500, "empty file")
        return super().description()


@fault("meta-redirects", "meta redirects to another path", "MET-01")
class MetaRedirects(Endpoint):
    def meta(self, request: Request) -> Answer:
        return Answer(301, headers={"Location": "/v1/meta"})


@fault("meta-nan", "meta carries a NaN of a model's configuration", "MET-01")
class MetaNan(Endpoint):
    def description(self) -> Body:
        return {**super().description(), "dropout": float("nan")}


@fault("meta-single-quotes", "meta is Python's repr of a dict", "MET-01")
class MetaRepr(Endpoint):
    def meta(self, request: Request) -> Answer:
        return Answer(200, repr(self.description()).encode(), dict(JSON))


@fault("meta-truncated", "meta ends in the middle", "MET-01")
class MetaTruncated(Endpoint):
    def meta(self, request: Request) -> Answer:
        answer = super().meta(request)
        return Answer(200, answer.body[:-5], answer.headers)


@fault("meta-bom", "meta begins with a byte order mark", "MET-01")
class MetaMarked(Endpoint):
    def meta(self, request: Request) -> Answer:
        answer = super().meta(request)
        return Answer(200, b"\xef\xbb\xbf" + answer.body, answer.headers)


@fault("meta-silent", "meta closes the connection without an answer", "MET-01")
class MetaSilent(Endpoint):
    def send(self, request: Request, answer: Answer, write: Write) -> bool:
        return "meta" not in request.path and super().send(request, answer, write)


@fault(
    "meta-hangs",
    "meta asks a model hub that cannot be reached",
    "MET-01",
    "MET-03",
    options=("--endpoint-timeout", "3"),
)
class MetaHangs(Endpoint):
    def meta(self, request: Request) -> Answer:
        time.sleep(8)
        return super().meta(request)


@fault("meta-empty-object", "meta is {}: nobody can see what is served", "MET-02")
class MetaNamesNothing(Endpoint):
    def description(self) -> Body:
        return {}


@fault("meta-names-another-model", "meta names the model of another container", "MET-02")
class MetaLies(Endpoint):
    def description(self) -> Body:
        return {"model": "acme/other-encoder-large", "dimension": self.encoder.width}
