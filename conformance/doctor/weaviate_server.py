"""What a running Weaviate shows: its module, the endpoint behind it, and its collections.

Over its REST interface alone, and only reading.
"""

import re
from collections.abc import Mapping
from typing import Any

import httpx

from conformance.data.messages import one_line, suggestion
from conformance.doctor import schema
from conformance.doctor.diagnosis import Diagnosis
from conformance.doctor.endpoint import PROBE_TIMEOUT, address_facts
from conformance.doctor.schema import MODULE, ClipConfig
from conformance.transport.endpoint import READY
from conformance.transport.exchange import without_password
from conformance.weaviate.server import Server

SAMPLE = 100
"""Objects that are looked at for absent fields."""
CAUSES = {
    "refusing to dial internal address": (
        "MODULES_VALIDATE_BASE_URL is on, and the endpoint has an internal address.",
        "Leave it off for multi2vec-clip.",
    ),
    "connection refused": (
        "Nothing listens at CLIP_INFERENCE_API, as Weaviate sees it; in a container, localhost is "
        "that container.",
        "Name the endpoint's service and its port 8080.",
    ),
    "no such host": (
        "The host name in CLIP_INFERENCE_API is not known where Weaviate runs.",
        "Put both on one network, and use the service's name there.",
    ),
    "deadline exceeded": (
        "The endpoint took longer than MODULES_CLIENT_TIMEOUT.",
        "Leave that at 50s, and look at why /meta is slow.",
    ),
    "first path segment": (
        "CLIP_INFERENCE_API has no scheme.",
        "CLIP_INFERENCE_API=http://HOST:PORT",
    ),
    "unsupported protocol scheme": (
        "CLIP_INFERENCE_API has no scheme.",
        "CLIP_INFERENCE_API=http://HOST:PORT",
    ),
    "unmarshal meta response body": (
        "What answers at CLIP_INFERENCE_API is no multi2vec-clip container, or its /meta is no "
        "JSON object.",
        "Run the doctor on that address.",
    ),
}
"""Weaviate's own words, and what is behind them."""
UNKNOWN = ("It says so itself, below.", "Run the doctor on the address that it names.")


class NoAnswer(RuntimeError):
    """Weaviate did not answer as it should; the problem has been noted."""


class WeaviateDoctor:
    """Looks at one server; what it sees goes to `found`."""

    def __init__(self, server: Server, found: Diagnosis) -> None:
        self.server = server
        self.found = found
        headers = {"Authorization": f"Bearer {server.key}"} if server.key else {}
        self.http = httpx.Client(
            base_url=server.url,
            headers=headers,
            timeout=PROBE_TIMEOUT,
            trust_env=not server.local,
        )

    def examine(
        self, endpoint_url: str, endpoint_meta: Mapping[str, object], collection: str | None
    ) -> None:
        """Look at the module, then at one collection or at all of them."""
        try:
            self._module(endpoint_url, endpoint_meta)
            self._collections(collection)
        except NoAnswer:
            return
        finally:
            self.http.close()

    def _get(self, path: str) -> Any:
        try:
            answer = self.http.get(path)
        except httpx.HTTPError as problem:
            failure = one_line(str(problem)) or type(problem).__name__
            self.found.problem("weaviate-down", url=self.server.url, failure=failure)
            raise NoAnswer from problem
        if answer.status_code in (401, 403):
            self.found.problem("weaviate-key", status=answer.status_code)
            raise NoAnswer
        try:
            document = answer.json() if answer.is_success else None
        except ValueError:
            document = None
        if not isinstance(document, dict):
            facts = {
                "url": self.server.url,
                "path": path,
                "failure": f"status {answer.status_code}",
            }
            self.found.problem("weaviate-answer", **facts)
            raise NoAnswer
        return document

    def _module(self, endpoint_url: str, endpoint_meta: Mapping[str, object]) -> None:
        meta = self._get("/v1/meta")
        modules = meta.get("modules") or {}
        self.found.note("version", str(meta.get("version", "not said")))
        self.found.note("modules", ", ".join(sorted(modules)) or "none")
        if MODULE not in modules:
            self.found.problem("no-module")
            return
        shown = modules[MODULE]
        error = shown.get("error") if isinstance(shown, dict) and len(shown) == 1 else None
        if isinstance(error, str):
            self._module_error(error)
        elif endpoint_meta and shown != endpoint_meta:
            self.found.problem("another-endpoint", url=without_password(endpoint_url))

    def _module_error(self, error: str) -> None:
        cause, remedy = next((why for words, why in CAUSES.items() if words in error), UNKNOWN)
        self.found.problem("module-error", cause=cause, remedy=remedy, error=error)
        if at := re.search(r"(https?://[^\s\"]+?)/meta", error):
            self.found.note("CLIP_INFERENCE_API", without_password(at[1]))

    def _collections(self, name: str | None) -> None:
        classes = {row["class"]: row for row in self._get("/v1/schema").get("classes") or ()}
        chosen = [classes[each] for each in classes if name is None or each.lower() == name.lower()]
        if name is not None and not chosen:
            known = ", ".join(sorted(classes)) or "none"
            hint = suggestion(name, classes)
            self.found.problem("no-collection", name=name, hint=hint, known=known)
        for row in chosen:
            configs = list(schema.configs(row))
            if name is not None and not configs:
                others = ", ".join(schema.vectorizers(row)) or "nobody: they are its objects' own"
                self.found.problem("not-clip", name=row["class"], others=others)
            for config in configs:
                self._config(row["class"], config)

    def _config(self, name: str, config: ClipConfig) -> None:
        fields = [*config.fields("text"), *config.fields("image")]
        self.found.note(config.where, f"fields {', '.join(fields) or 'none'}")
        schema.examine(config, self.found)
        self._absent(name, config)
        self._inference_url(config)

    def _absent(self, name: str, config: ClipConfig) -> None:
        """Objects of a sample that lack a weighted text."""
        fields = schema.weighted_texts(config)
        if not fields:
            return
        query = f"{{Get{{{name}(limit:{SAMPLE}){{{' '.join(fields)}}}}}}}"
        try:
            document = self.http.post("/v1/graphql", json={"query": query}).json()
            objects = document["data"]["Get"][name] or []
        except (httpx.HTTPError, ValueError, KeyError, TypeError):
            self.found.note(config.where, "its objects could not be looked at")
            return
        for field in fields:
            absent = sum(each.get(field) is None for each in objects)
            if absent:
                facts = {"absent": absent, "seen": len(objects), "field": field}
                self.found.problem("weights-optional", where=config.where, **facts)

    def _inference_url(self, config: ClipConfig) -> None:
        url = config.inference_url
        if not url or any(each.id == "inference-url" for each in self.found.problems):
            return
        try:
            answer = httpx.get(f"{url}{READY}", timeout=PROBE_TIMEOUT, trust_env=False)
            failure = "" if answer.is_success else f"status {answer.status_code}"
        except (httpx.HTTPError, httpx.InvalidURL) as problem:
            failure = one_line(str(problem)) or type(problem).__name__
        if failure:
            facts = {"value": address_facts(url)["url"], "failure": failure}
            self.found.problem("inference-url-dead", where=config.where, **facts)
