"""A simulated Weaviate REST API, with responses generated from a schema and objects."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.suite.sockets import Talk, answer, answering

MODULE = "multi2vec-clip"
Document = Mapping[str, Any]


def collection(
    name: str, settings: Document | None, vector: str | None = "v", tenants: bool = False
) -> dict[str, Any]:
    """A collection as GET /v1/schema shows it; if `settings` is None, the vectorizer is "none"."""
    rows = [
        {"name": each, "dataType": [kind]}
        for each, kind in {"title": "text", "body": "text", "photo": "blob"}.items()
    ]
    made: dict[str, Any] = {"class": name, "properties": rows}
    made["multiTenancyConfig"] = {"enabled": tenants}
    vectorizer, own = ("none", {}) if settings is None else (MODULE, dict(settings))
    if vector is None:
        return {**made, "vectorizer": vectorizer, "moduleConfig": {vectorizer: own}}
    return {**made, "vectorConfig": {vector: {"vectorizer": {vectorizer: own}}}}


@dataclass
class Played:
    """The server's contents: objects by collection, or by collection and tenant."""

    classes: Sequence[Document] = ()
    objects: Mapping[str, Sequence[Document]] = field(default_factory=dict)
    tenants: Mapping[str, str] = field(default_factory=dict)
    modules: Document = field(default_factory=lambda: {MODULE: {"model": "mine"}})
    version: str = "1.39.0"
    asked: list[str] = field(default_factory=list)
    """Every request line, without the HTTP version."""

    @property
    def talk(self) -> Talk:
        return answering(self.reply)

    def reply(self, request: bytes) -> bytes:
        method, target = request.decode("latin-1").split(" ", 2)[:2]
        self.asked.append(f"{method} {target}")
        status, document = self.found(target)
        return answer(json.dumps(document).encode(), status=status)

    def found(self, target: str) -> tuple[str, object]:
        parts = urlsplit(target)
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        if parts.path == "/v1/objects":
            return self.page(query)
        if parts.path.endswith("/tenants"):
            rows = [{"name": n, "activityStatus": state} for n, state in self.tenants.items()]
            return "200 OK", rows
        documents: dict[str, object] = {
            "/v1/meta": {"hostname": "", "version": self.version, "modules": self.modules},
            "/v1/schema": {"classes": list(self.classes)},
            "/v1/graphql": {"data": {"Get": self.properties()}},
        }
        if parts.path in documents:
            return "200 OK", documents[parts.path]
        return "404 Not Found", {}

    def properties(self) -> dict[str, list[Document]]:
        return {
            name.partition("/")[0]: [row["properties"] for row in rows]
            for name, rows in self.objects.items()
        }

    def page(self, query: Mapping[str, str]) -> tuple[str, object]:
        name = "/".join(filter(None, [query["class"], query.get("tenant")]))
        rows = [row for row in self.objects.get(name, ()) if row["id"] > query.get("after", "")]
        return "200 OK", {"objects": rows[: int(query["limit"])]}
