"""Read a user's Weaviate collection over REST: settings, tenants, objects and vectors."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, Literal, Self
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
"""Seconds for one answer of Weaviate's."""
TOGETHER = 4
"""Objects in one answer: they come with their images, and an answer is bounded."""
ACTIVE = ("ACTIVE", "HOT")
FORBIDDEN = (401, 403)


class NoAnswer(UserError):
    """Weaviate did not answer as it should; `status` is 0 where nothing came at all."""

    def __init__(self, message: str, status: int = 0, reason: str = "", path: str = "") -> None:
        super().__init__(message)
        self.status = status
        self.path = path
        self.reason = reason
        """What happened, without the address."""


class NothingStored(UserError):
    """The collection holds nothing that can be compared."""


class Rest:
    """Read-only requests to one Weaviate; close it, or use it as a context manager."""

    def __init__(self, server: Server, timeout: float = READ_TIMEOUT) -> None:
        self.url = server.url
        self._client = Client(server.url, timeout)
        self._headers = {"Authorization": f"Bearer {server.key}"} if server.key else {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_problem: object) -> None:
        self.close()

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
        """What a query, which reads, returns as `data`; raises NoAnswer."""
        path, body = "/v1/graphql", json.dumps({"query": query}).encode()
        headers = {**self._headers, "Content-Type": "application/json"}
        found = self._answer(path, dict, self._client.send(Request("POST", path, body, headers)))
        return found.get("data") or {}

    def _get(self, path: str, query: Mapping[str, object]) -> Exchange:
        where = f"{path}?{urlencode(query)}" if query else path
        return self._client.send(Request("GET", where, headers=self._headers))

    def _answer(self, path: str, kind: type, seen: Exchange) -> Any:
        """The document of an answer, of the kind that it must have."""
        if seen.failure:
            reason = str(seen.failure)
            larger = seen.failed_by(FailureKind.TOO_LARGE)
            status = 200 if larger else 0
            raise NoAnswer(
                f"Weaviate does not respond at {self.url}: {reason}", status, reason, path
            )
        if seen.status in FORBIDDEN:
            reason = f"status {seen.status}"
            message = f"the Weaviate at {self.url} requires an API key ({reason}): set {KEY}"
            raise NoAnswer(message, seen.status, reason, path)
        document = seen.json()
        if not seen.succeeded or not isinstance(document, kind):
            reason = f"status {seen.status}{_error(document)}"
            raise NoAnswer(f"{self.url}{path}: {reason}", seen.status, reason, path)
        return document


def _error(document: object) -> str:
    """Weaviate's own words for a failure, after a colon."""
    rows = document.get("error") if isinstance(document, dict) else None
    first = rows[0] if isinstance(rows, list) and rows else None
    return f": {first['message']}" if isinstance(first, dict) and "message" in first else ""


@dataclass(frozen=True)
class ClipConfig:
    """How multi2vec-clip makes one vector of a collection, and the types of its properties."""

    where: str
    vector: str | None
    """The vector's name; None for the one of a collection without named vectors."""
    settings: Mapping[str, Any]
    types: Mapping[str, str]

    def fields(self, kind: Kind) -> list[str]:
        """The fields of a kind, in the order of the configuration."""
        return [str(name) for name in self.settings.get(f"{kind}Fields") or ()]

    def weights(self, kind: Kind) -> list[float]:
        """Their weights; empty if none are given."""
        given = self.settings.get("weights") or {}
        return [float(weight) for weight in given.get(f"{kind}Fields") or ()]

    @property
    def all_weights(self) -> tuple[float, ...] | None:
        """The weights of texts, then of images, as Weaviate takes them; None without any."""
        return (*self.weights("text"), *self.weights("image")) or None

    @property
    def inference_url(self) -> str:
        """The endpoint of this vector alone; empty where Weaviate's own counts."""
        return str(self.settings.get("inferenceUrl") or "")


def configs(schema: Mapping[str, Any]) -> Iterator[ClipConfig]:
    """The vectors of a collection that multi2vec-clip makes; of `GET /v1/schema/NAME`."""
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
    """What makes the vectors of a collection; `none` is nothing: objects bring their own."""
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
    """One collection of a Weaviate, and the tenant that is looked at where it has tenants."""

    rest: Rest
    name: str
    schema: Mapping[str, Any]
    tenant: str | None = None

    def objects(self, most: int, vector: str | None = None) -> list[StoredObject]:
        """The vectors of the first `most` objects, in the order of their ids.

        Only those that multi2vec-clip has made, or of these the one named `vector`. Raises
        NothingStored where there is none, and NoAnswer.
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
                together = 1  # Their images do not fit one bounded answer.
                continue
            yield from rows
            if len(rows) < together:
                return
            last = {"after": rows[-1]["id"]}

    def _no_vector(self, vector: str | None) -> str:
        named = [each.vector for each in configs(self.schema) if each.vector]
        if vector is not None and named:
            hint = suggestion(vector, named)
            return f"{self.name} has no vector {vector} of {MODULE}{hint}; there are {named}"
        others = [each for each in vectorizers(self.schema) if each != "none"]
        if others:
            return f"the vectors of {self.name} are made by {', '.join(others)}, not by {MODULE}"
        return (
            f"{self.name} has vectorizer none: its objects bring their own vectors, and nothing "
            "says which of their fields these were made from"
        )

    def _nothing(self, rows: int) -> str:
        where = f"{self.name}, tenant {self.tenant}," if self.tenant else self.name
        if not rows:
            return f"{where} has no objects"
        return f"none of {rows} objects of {where} has a vector and the fields that it is made from"


def open_collection(rest: Rest, name: str, tenant: str | None = None) -> Collection:
    """The collection, with the tenant named or else its first active one.

    Raises NothingStored where there is no such collection or no such active tenant, and NoAnswer.
    """
    classes = {row["class"]: row for row in rest.document("/v1/schema").get("classes") or ()}
    found = next((each for each in classes if each.lower() == name.lower()), None)
    if found is None:
        known = f"; there are {', '.join(sorted(classes))}" if classes else ""
        hint = suggestion(name, classes)
        raise NothingStored(f"there is no collection {name} at {rest.url}{hint}{known}")
    schema = classes[found]
    if not has_tenants(schema):
        if tenant:
            raise NothingStored(f"{found} has no tenants: leave --tenant out")
        return Collection(rest, found, schema)
    return Collection(rest, found, schema, _tenant(found, tenants(rest, found), tenant))


def has_tenants(schema: Mapping[str, Any]) -> bool:
    """Whether the collection keeps its objects by tenant."""
    return bool((schema.get("multiTenancyConfig") or {}).get("enabled"))


def tenants(rest: Rest, name: str) -> dict[str, str]:
    """The state of each tenant of a collection, by the tenant's name; raises NoAnswer."""
    rows = rest.rows(f"/v1/schema/{quote(name)}/tenants")
    return {row["name"]: str(row.get("activityStatus", ACTIVE[0])) for row in rows}


def _tenant(collection: str, states: Mapping[str, str], wanted: str | None) -> str:
    """Never one that is not active: to read it could activate it, which is a change."""
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
    # Weaviate sends fields in alphabetical order and takes weights in the configured one.
    properties = row.get("properties") or {}
    names = sorted(config.fields("text"))
    texts = [text for name in names for text in _texts(properties.get(name))]
    images = [properties[name] for name in sorted(config.fields("image")) if properties.get(name)]
    vectors = {None: row.get("vector"), **(row.get("vectors") or {})}
    vector, weights = vectors.get(config.vector), config.all_weights
    # More rows than weights are more than a server combines: the vector came from elsewhere.
    weighted = weights is None or len(weights) >= len(texts) + len(images)
    if vector and weighted and (texts or images):
        suffix = f", vector {config.vector}" if config.vector else ""
        numbers = np.asarray(vector, dtype=np.float32)
        yield StoredObject(f"object {row['id']}{suffix}", texts, images, weights, numbers)


def _texts(value: object) -> list[str]:
    if isinstance(value, str):
        return [value]
    return [text for text in value if isinstance(text, str)] if isinstance(value, list) else []
