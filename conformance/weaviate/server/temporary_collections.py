"""The collections of one run: names that nobody else has, and their end."""

import secrets
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from weaviate import WeaviateClient
    from weaviate.collections import Collection

Objects: TypeAlias = "Collection[dict[str, Any], None]"
"""A collection, as weaviate-client has it."""
PREFIX = "ClipConformance"


class TemporaryCollections:
    """Creates collections with a random suffix, and removes exactly those."""

    def __init__(self, client: "WeaviateClient") -> None:
        self.client = client
        self.suffix = secrets.token_hex(4)
        self.created: list[str] = []

    def name(self, purpose: str) -> str:
        """A new name, to be removed at the end; `purpose` starts with a capital letter."""
        name = f"{PREFIX}{purpose}_{self.suffix}_{len(self.created)}"
        self.created.append(name)
        return name

    def create(self, purpose: str, **settings: Any) -> Objects:
        """A new collection; `settings` are those of weaviate-client's own `create`."""
        return self.client.collections.create(self.name(purpose), **settings)

    def remove_all(self) -> None:
        """Remove what this run has created, whatever has gone wrong before."""
        from weaviate.exceptions import WeaviateBaseError

        delete: Callable[[str], None] = self.client.collections.delete
        for name in self.created:
            with suppress(WeaviateBaseError):
                delete(name)
