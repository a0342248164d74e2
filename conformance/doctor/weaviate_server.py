"""Inspect a running Weaviate server: its module, the endpoint behind it, and its collections.

The doctor uses only the REST API, and never writes.
"""

import json
import re
from collections.abc import Mapping
from contextlib import closing
from typing import Any

from conformance.comparison.stored_objects import Reencoded, explanation, reencode
from conformance.comparison.weaviate_collection import (
    FORBIDDEN,
    MODULE,
    ClipConfig,
    Collection,
    NoAnswer,
    NothingStored,
    Rest,
    configs,
    open_collection,
    vectorizers,
)
from conformance.data import fixture_files
from conformance.data.messages import UserError, one_line, suggestion
from conformance.data.tolerances import ACROSS_REQUESTS
from conformance.doctor import schema
from conformance.doctor.diagnosis import Diagnosis
from conformance.doctor.endpoint import PROBE_TIMEOUT, address_facts
from conformance.doctor.go_url import masked, url_problem
from conformance.transport.client import Client
from conformance.transport.endpoint import READY, Endpoint
from conformance.transport.exchange import without_password
from conformance.weaviate.server import Server

MESSAGES = "weaviate_messages.toml"
"""Parts of Weaviate's messages about its endpoint, with causes and remedies."""
SAMPLE = 100
"""Number of objects that are checked for absent fields."""
LOOKED_AT = 20
"""Number of collections for which a stored object is encoded again, if none is named."""
UNKNOWN = {
    "cause": "See Weaviate's message below. If it names no address, it is the response of the "
    "service at CLIP_INFERENCE_API to GET /meta.",
    "remedy": "Run the doctor on the value of CLIP_INFERENCE_API, including its path.",
}


class WeaviateDoctor:
    """Examines one server, and records its findings in `found`."""

    def __init__(self, server: Server, found: Diagnosis) -> None:
        self.found = found
        self.rest = Rest(server, PROBE_TIMEOUT)

    def examine(
        self,
        endpoint: Endpoint | None,
        endpoint_url: str,
        endpoint_meta: Mapping[str, object],
        collection: str | None,
        tenant: str | None = None,
    ) -> None:
        """Examine the module, then one collection or all of them.

        `endpoint` encodes stored objects again; None if it does not respond.
        """
        with closing(self.rest):
            try:
                self._module(endpoint_url, endpoint_meta)
                self._collections(endpoint, collection, tenant)
            except NoAnswer as problem:
                self._no_answer(problem)

    def _no_answer(self, problem: NoAnswer) -> None:
        if not problem.status:
            self.found.problem("weaviate-down", url=self.rest.url, failure=problem.reason)
        elif problem.status in FORBIDDEN:
            self.found.problem("weaviate-key", status=problem.status)
        else:
            facts = {"url": self.rest.url, "path": problem.path, "failure": problem.reason}
            self.found.problem("weaviate-answer", **facts)

    def _module(self, endpoint_url: str, endpoint_meta: Mapping[str, object]) -> None:
        meta = self.rest.document("/v1/meta")
        modules = meta.get("modules") or {}
        self.found.note("version", str(meta.get("version", "not given")))
        names = ", ".join(sorted(modules)) or "none"
        enabled = f"{MODULE} (of {len(modules)} in all)" if MODULE in modules else names
        self.found.note("modules", enabled)
        if MODULE not in modules:
            self.found.problem("no-module")
            return
        shown = modules[MODULE]
        error = shown.get("error") if isinstance(shown, dict) and len(shown) == 1 else None
        if isinstance(error, str):
            self._module_error(error)
        elif endpoint_meta and shown != endpoint_meta:
            facts = {"url": without_password(endpoint_url), "shown": one_line(json.dumps(shown))}
            self.found.problem("another-endpoint", **facts)

    def _module_error(self, error: str) -> None:
        known = fixture_files.toml(MESSAGES)["message"]
        why = next((row for row in known if any(each in error for each in row["words"])), UNKNOWN)
        self.found.problem("module-error", cause=why["cause"], remedy=why["remedy"], error=error)
        if at := re.search(r"(https?://[^\s\"]+?)/meta", error):
            self.found.note("CLIP_INFERENCE_API", masked(at[1]))

    def _collections(self, endpoint: Endpoint | None, name: str | None, tenant: str | None) -> None:
        rows = self.rest.document("/v1/schema").get("classes") or ()
        classes = {row["class"]: row for row in rows}
        chosen = [classes[each] for each in classes if name is None or each.lower() == name.lower()]
        if name is not None and not chosen:
            known = ", ".join(sorted(classes)) or "none"
            hint = suggestion(name, classes)
            self.found.problem("no-collection", name=name, hint=hint, known=known)
        others = [row["class"] for row in chosen if not any(configs(row))]
        if name is None and others:
            self.found.note(f"without {MODULE}", one_line(", ".join(others)))
        for number, row in enumerate(chosen):
            if name is not None and not list(configs(row)):
                self._other_vectorizer(row)
            for config in configs(row):
                self._settings(config)
            if any(configs(row)) and (name is not None or number < LOOKED_AT):
                self._objects(endpoint, row["class"], tenant)

    def _settings(self, config: ClipConfig) -> None:
        """Examine the settings of one vector."""
        fields = [*config.fields("text"), *config.fields("image")]
        self.found.note(config.where, f"fields {', '.join(fields) or 'none'}")
        left_out = [each for each in schema.images(config) if each not in fields]
        if left_out:
            self.found.note(
                config.where, f"image properties that are not vectorized: {', '.join(left_out)}"
            )
        schema.examine(config, self.found)
        self._inference_url(config)

    def _other_vectorizer(self, row: Mapping[str, Any]) -> None:
        others = [each for each in vectorizers(row) if each != "none"]
        if others:
            self.found.problem("not-clip", name=row["class"], others=", ".join(others))
        else:
            self.found.problem("own-vectors", name=row["class"])

    def _objects(self, endpoint: Endpoint | None, name: str, tenant: str | None) -> None:
        """Examine the objects of a collection, or report why that is impossible."""
        try:
            collection = open_collection(self.rest, name, tenant)
            if collection.tenant:
                self.found.note(name, f"reading tenant {collection.tenant}")
            for config in configs(collection.schema):
                self._absent(collection, config)
                if config.fields("text") or config.fields("image"):
                    self._stored(endpoint, collection, config)
        except (NoAnswer, NothingStored) as problem:
            self.found.note(name, f"its objects could not be read: {problem}")

    def _absent(self, collection: Collection, config: ClipConfig) -> None:
        """Check a sample for objects without a value for a weighted text."""
        fields = schema.weighted_texts(config)
        if not fields:
            return
        objects = collection.properties(fields, SAMPLE)
        for field in fields:
            absent = sum(each.get(field) is None for each in objects)
            if absent:
                facts = {"absent": absent, "seen": len(objects), "field": field}
                self.found.problem("weights-optional", where=config.where, **facts)

    def _stored(
        self, endpoint: Endpoint | None, collection: Collection, config: ClipConfig
    ) -> None:
        """Compare a stored vector with the endpoint's current one."""
        if endpoint is None or config.inference_url not in ("", endpoint.client.url):
            other = f"its vectors come from {config.inference_url}"
            why = other if endpoint else "the endpoint does not respond"
            self.found.note(config.where, f"its stored vectors are not compared: {why}")
            return
        try:
            again = reencode(collection.objects(1, config.vector), endpoint)
        except UserError as problem:
            self.found.note(config.where, f"its stored vectors are not compared: {problem}")
            return
        self._judge(config, again)

    def _judge(self, config: ClipConfig, again: Reencoded) -> None:
        if again.refused:
            [(name, why)] = again.refused.items()
            self.found.problem("stored-refused", where=config.where, object=name, why=why)
            return
        [pair] = again.pairs()
        new, stored = pair.numbers
        if new != stored:
            self.found.problem("stored-length", where=config.where, new=new, stored=stored)
        elif pair.distance > ACROSS_REQUESTS:
            facts = {"object": pair.name, "pair": str(pair), "why": explanation(again)}
            self.found.problem("stored-differs", where=config.where, **facts)
        else:
            self.found.note(config.where, f"a stored vector matches the current one: {pair}")

    def _inference_url(self, config: ClipConfig) -> None:
        url = config.inference_url
        if not url or url_problem(url):
            return
        with closing(Client(url, PROBE_TIMEOUT)) as client:
            seen = Endpoint(client).get(READY)
        if not seen.succeeded:
            failure = one_line(seen.failure) if seen.failure else f"status {seen.status}"
            facts = {"value": address_facts(url)["url"], "failure": failure}
            self.found.problem("inference-url-dead", where=config.where, **facts)
