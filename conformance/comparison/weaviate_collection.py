"""Read a user's Weaviate collection over REST: settings, tenants, objects, and vectors."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, Literal
from urllib.parse import quote, urlencode

import numpy as np

from conformance.data.messages import UserError, suggestion
from conformance.data.tolerances import Array
from conformance.transport.client import Client, Request
from conformance.transport.exchange import Exchange, FailureKind
from conformance.weaviate.server import KEY, Server

MODULE = "multi2vec-clip"
Kind = Literal["text", "image"]
KINDS: tuple[Kind, ...] = ("text", "image")
READ_TIMEOUT = 60.0
"""Seconds for one response from Weaviate."""
TOGETHER = 4
"""Objects per response, which includes their images and has a maximum size."""
ACTIVE = ("ACTIVE", "HOT")
FORBIDDEN = (401, 403)


class NoAnswer(UserError):
    """Weaviate did not answer as expected; `status` is 0 if there was no response."""

    def __init__(self, message: str, status: int = 0, reason: str = "", path: str = "") -> None:
        super().__init__(message)
        self.status = status
        self.path = path
        self.reason = reason
        """What happened, without the address."""


class NothingStored(UserError):
    """The collection holds nothing that can be compared."""


class Rest:
    """Read-only requests to one Weaviate server; must be closed."""

    def __init__(self, server: Server, timeout: float = READ_TIMEOUT) -> None:
        self.url = server.url
        self._client = Client(server.url, timeout)
        self._headers = {"Authorization": f"Bearer {server.key}"} if server.key else {}

    def close(self) -> None:
        """Close its connections."""
        self._client.close()

    def document(self, path: str, **query: object) -> Mapping[str, Any]:
        """The JSON object at `path`; raises NoAnswer."""
        found = self._answer(path, dict, self._get(path, query))
        return dict(found)

    def rows(self, path: str) -> Sequence[Any]:
        """The JSON array at `path`; raises NoAnswer."""
        return list(self._answer(path, list, self._get(path, {})))

    def graphql(self, query: str) -> Mapping[str, Any]:
        """The `data` that a read-only query returns; raises NoAnswer."""
        path, body = "/v1/graphql", json.dumps({"query": query}).encode()
        headers = {**self._headers, "Content-Type": "application/json"}
        found = self._answer(path, dict, self._client.send(Request("POST", path, body, headers)))
        return found.get("data") or {}

    def _get(self, path: str, query: Mapping[str, object]) -> Exchange:
        where = f"{path}?{urlencode(query)}" if query else path
        return self._client.send(Request("GET", where, headers=self._headers))

    def _answer(self, path: str, kind: type, seen: Exchange) -> Any:
        """The document in a response, which must be of this kind."""
        if seen.failure:
            reason = str(seen.failure)
            larger = seen.failed_by(FailureKind.TOO_LARGE)
            status = 200 if larger else 0
            raise NoAnswer(
                f"Weaviate does not respond at {self.url}: {reason}", status, reason, path
            )
        if seen.status in FORBIDDEN:
            reason = f"status {seen.status}"
            message = f"the Weaviate server at {self.url} requires an API key ({reason}): set {KEY}"
            raise NoAnswer(message, seen.status, reason, path)
        document = seen.json()
        if not seen.succeeded or not isinstance(document, kind):
            reason = f"status {seen.status}{_error(document)}"
            raise NoAnswer(f"{self.url}{path}: {reason}", seen.status, reason, path)
        return document


def _error(document: object) -> str:
    """Weaviate's own error message, after a colon."""
    rows = document.get("error") if isinstance(document, dict) else None
    first = rows[0] if isinstance(rows, list) and rows else None
    return f": {first['message']}" if isinstance(first, dict) and "message" in first else ""


@dataclass(frozen=True)
class ClipConfig:
    """The multi2vec-clip settings of one vector, and the types of the collection's properties."""

    where: str
    vector: str | None
    """The vector's name; None if the collection has no named vectors."""
    settings: Mapping[str, Any]
    types: Mapping[str, str]

    def fields(self, kind: Kind) -> list[str]:
        """The fields of a kind, in the order of the configuration."""
        return [str(name) for name in self.settings.get(f"{kind}Fields") or ()]

    def weights(self, kind: Kind) -> list[float]:
        """The weights of the fields of a kind; empty if none are given."""
        given = self.settings.get("weights") or {}
        return [float(weight) for weight in given.get(f"{kind}Fields") or ()]

    @property
    def all_weights(self) -> tuple[float, ...] | None:
        """The weights of texts, then of images, as Weaviate uses them; None if there are none."""
        return (*self.weights("text"), *self.weights("image")) or None

    @property
    def inference_url(self) -> str:
        """The endpoint of this vector alone; empty if Weaviate's default applies."""
        return str(self.settings.get("inferenceUrl") or "")


def configs(schema: Mapping[str, Any]) -> Iterator[ClipConfig]:
    """The vectors of a collection made by multi2vec-clip, from `GET /v1/schema/NAME`."""
    name, types = str(schema["class"]), _types(schema)
    for vector, row in (schema.get("vectorConfig") or {}).items():
        if MODULE in (row.get("vectorizer") or {}):
            own = row["vectorizer"][MODULE] or {}
            yield ClipConfig(f"{name}, vector {vector}", vector, own, types)
    if schema.get("vectorizer") == MODULE:
        own = (schema.get("moduleConfig") or {}).get(MODULE) or {}
        yield ClipConfig(name, None, own, types)


def _types(schema: Mapping[str, Any]) -> dict[str, str]:
    rows = schema.get("properties") or ()
    return {str(row["name"]): str((row.get("dataType") or ["?"])[0]) for row in rows}


def vectorizers(schema: Mapping[str, Any]) -> list[str]:
    """The vectorizers of a collection; `none` means that objects bring their own vectors."""
    rows = (schema.get("vectorConfig") or {}).values()
    named = [name for row in rows for name in row.get("vectorizer") or {}]
    return sorted({*named, *([str(schema["vectorizer"])] if schema.get("vectorizer") else [])})


@dataclass(frozen=True)
class StoredObject:
    """One object's items, as Weaviate sends them, and the vector (d,) that is stored."""

    name: str
    texts: list[str]
    images: list[str]
    """Base64."""
    weights: tuple[float, ...] | None
    vector: Array


@dataclass(frozen=True)
class Collection:
    """One collection, and the tenant that is read if it has tenants."""

    rest: Rest
    name: str
    schema: Mapping[str, Any]
    tenant: str | None = None

    def objects(self, most: int, vector: str | None = None) -> list[StoredObject]:
        """The vectors of the first `most` objects, in the order of their IDs.

        Only those made by multi2vec-clip, or only the one named `vector`. Raises NothingStored if
        there is none, and NoAnswer.
        """
        chosen = [each for each in configs(self.schema) if vector in (None, each.vector)]
        if not chosen:
            raise NothingStored(self._no_vector(vector))
        rows = list(islice(self._rows(), most))
        stored = [made for row in rows for each in chosen for made in _objects(row, each)]
        if not stored:
            raise NothingStored(self._nothing(len(rows)))
        return stored

    def properties(self, fields: Sequence[str], most: int) -> list[Mapping[str, Any]]:
        """These fields of up to `most` objects, without vectors; raises NoAnswer."""
        tenant = f", tenant: {json.dumps(self.tenant)}" if self.tenant else ""
        names = " ".join(fields)
        found = self.rest.graphql(f"{{Get{{{self.name}(limit: {most}{tenant}){{{names}}}}}}}")
        rows: list[Mapping[str, Any]] = (found.get("Get") or {}).get(self.name) or []
        return rows

    def _rows(self) -> Iterator[Mapping[str, Any]]:
        last: dict[str, str] = {}
        tenant = {"tenant": self.tenant} if self.tenant else {}
        together = TOGETHER
        while True:
            asked = {"class": self.name, "limit": together, "include": "vector", **tenant, **last}
            try:
                rows = self.rest.document("/v1/objects", **asked).get("objects") or []
            except NoAnswer as problem:
                if problem.status != 200 or together == 1:
                    raise
                together = 1  # Several objects with images exceed the limit of one response.
                continue
            yield from rows
            if len(rows) < together:
                return
            last = {"after": rows[-1]["id"]}

    def _no_vector(self, vector: str | None) -> str:
        named = [each.vector for each in configs(self.schema) if each.vector]
        if vector is not None and named:
            hint = f"{suggestion(vector, named)}; its vectors: {', '.join(named)}"
            return f"{self.name} has no vector {vector} of {MODULE}{hint}"
        others = [each for each in vectorizers(self.schema) if each != "none"]
        if others:
            return f"the vectors of {self.name} come from {', '.join(others)}, not from {MODULE}"
        return (
            f"{self.name} has vectorizer none: its objects come with their own vectors, and "
            "the schema does not say from which fields these were computed"
        )

    def _nothing(self, rows: int) -> str:
        where = f"{self.name}, tenant {self.tenant}," if self.tenant else self.name
        if not rows:
            return f"{where} has no objects"
        return (
            f"none of the {rows} objects in {where} has both a vector and the fields it comes from"
        )


def open_collection(rest: Rest, name: str, tenant: str | None = None) -> Collection:
    """The collection, with the named tenant or else its first active one.

    Raises NothingStored if there is no such collection or no such active tenant, and NoAnswer.
    """
    classes = {row["class"]: row for row in rest.document("/v1/schema").get("classes") or ()}
    found = next((each for each in classes if each.lower() == name.lower()), None)
    if found is None:
        known = f"; existing collections: {', '.join(sorted(classes))}" if classes else ""
        hint = suggestion(name, classes)
        raise NothingStored(f"there is no collection {name} at {rest.url}{hint}{known}")
    schema = classes[found]
    if not has_tenants(schema):
        if tenant:
            raise NothingStored(f"{found} has no tenants: omit --tenant")
        return Collection(rest, found, schema)
    return Collection(rest, found, schema, _tenant(found, tenants(rest, found), tenant))


def has_tenants(schema: Mapping[str, Any]) -> bool:
    """Whether the collection is multi-tenant."""
    return bool((schema.get("multiTenancyConfig") or {}).get("enabled"))


def tenants(rest: Rest, name: str) -> dict[str, str]:
    """The state of each tenant of a collection, by the tenant's name; raises NoAnswer."""
    rows = rest.rows(f"/v1/schema/{quote(name)}/tenants")
    return {row["name"]: str(row.get("activityStatus", ACTIVE[0])) for row in rows}


def _tenant(collection: str, states: Mapping[str, str], wanted: str | None) -> str:
    """An active tenant: reading an inactive one could activate it, which would be a change."""
    active = [name for name, state in states.items() if state in ACTIVE]
    if wanted is None:
        if active:
            return active[0]
        raise NothingStored(f"{collection} has {len(states)} tenants, and none of them is active")
    if wanted not in states:
        hint = suggestion(wanted, states)
        raise NothingStored(f"{collection} has no tenant {wanted}{hint}")
    if wanted not in active:
        state = states[wanted]
        raise NothingStored(f"tenant {wanted} of {collection} is not active ({state})")
    return wanted


def _objects(row: Mapping[str, Any], config: ClipConfig) -> Iterator[StoredObject]:
    # Weaviate sends fields in alphabetical order, but takes weights in the configured order.
    properties = row.get("properties") or {}
    names = sorted(config.fields("text"))
    texts = [text for name in names for text in _texts(properties.get(name))]
    images = [properties[name] for name in sorted(config.fields("image")) if properties.get(name)]
    vectors = {None: row.get("vector"), **(row.get("vectors") or {})}
    vector, weights = vectors.get(config.vector), config.all_weights
    # A server cannot combine more rows than there are weights: the vector came from elsewhere.
    weighted = weights is None or len(weights) >= len(texts) + len(images)
    if vector and weighted and (texts or images):
        suffix = f", vector {config.vector}" if config.vector else ""
        numbers = np.asarray(vector, dtype=np.float32)
        yield StoredObject(f"object {row['id']}{suffix}", texts, images, weights, numbers)


def _texts(value: object) -> list[str]:
    if isinstance(value, str):
        return [value]
    return [text for text in value if isinstance(text, str)] if isinstance(value, list) else []
