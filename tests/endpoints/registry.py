"""The names of all endpoints, with what each is to show."""

import inspect
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from typing import Literal, TypeVar

from conformance.data import models
from tests.endpoints.encoder import Encoder, for_model
from tests.endpoints.endpoint import Endpoint
from tests.endpoints.published_encoder import PublishedEncoder

Need = Literal["lower-case", "crop", "published", "slow", "weaviate", "whole"]
Kind = TypeVar("Kind", bound=type[Endpoint])

MULTILINGUAL = "sentence-transformers-clip-ViT-B-32-multilingual-v1"
LOWER_CASE = "google-siglip2-so400m-patch16-384"
PUBLISHED = "sentence-transformers-clip-ViT-B-32"


@dataclass(frozen=True)
class Entry:
    """One endpoint: a fault with the clauses one of which must catch it, or a legal variation."""

    name: str
    summary: str
    endpoint: type[Endpoint]
    caught_by: tuple[str, ...] = ()
    """Clause ids; empty for what is legal."""
    needs: tuple[Need, ...] = ()
    """What the run must have for the fault to be seen."""
    undecidable: str = ""
    """Why no clause can tell it from a legal choice; empty where one can."""
    options: tuple[str, ...] = ()
    """Further options of `clip-conformance`."""
    host: str = "127.0.0.1"

    @property
    def theme(self) -> str:
        """The module that defines it."""
        return self.endpoint.__module__.rpartition(".")[2]

    @property
    def model(self) -> str:
        """The tag that the run is made with."""
        if "lower-case" in self.needs:
            return LOWER_CASE
        return PUBLISHED if "published" in self.needs else MULTILINGUAL

    @property
    def weights(self) -> str:
        """What the endpoint is said to serve, which decides on the corpus."""
        return "published" if "published" in self.needs else "stand-in"

    @property
    def needs_more(self) -> str:
        """What an ordinary run lacks for it; empty where nothing."""
        return next((need for need in self.needs if need in ("slow", "weaviate")), "")

    def build(self) -> Endpoint:
        """A fresh endpoint over the fake encoder of `model`."""
        return self.endpoint(encoder(self.model, self.weights))


@cache
def encoder(tag: str, weights: str = "stand-in") -> Encoder:
    """The fake encoder of a tag; what is said to be published knows the photographs."""
    kind = PublishedEncoder if weights == "published" else Encoder
    ready = for_model(models.find(tag), kind=kind)
    ready.text("")  # what it needs is made before it serves
    return ready


def fault(
    name: str,
    summary: str,
    *caught_by: str,
    needs: tuple[Need, ...] = (),
    undecidable: str = "",
    options: tuple[str, ...] = (),
) -> Callable[[Kind], Kind]:
    """Names a faulty endpoint: what people ship, and the clauses one of which must catch it."""

    def note(endpoint: Kind) -> Kind:
        entry = Entry(name, summary, endpoint, caught_by, needs, undecidable, options)
        endpoint.entry = entry  # type: ignore[attr-defined]
        return endpoint

    return note


def legal(
    name: str,
    summary: str,
    host: str = "127.0.0.1",
    options: tuple[str, ...] = (),
    needs: tuple[Need, ...] = (),
) -> Callable[[Kind], Kind]:
    """Names an endpoint that differs within the contract."""

    def note(endpoint: Kind) -> Kind:
        entry = Entry(name, summary, endpoint, host=host, options=options, needs=needs)
        endpoint.entry = entry  # type: ignore[attr-defined]
        return endpoint

    return note


def entries(package: str) -> Iterator[Entry]:
    """All entries of the modules of `package`, in the order of their names."""
    root = import_module(f"tests.endpoints.{package}")
    for module in iter_modules(root.__path__):
        found = import_module(f"{root.__name__}.{module.name}")
        for _, kind in inspect.getmembers(found, inspect.isclass):
            if "entry" in vars(kind) and kind.__module__ == found.__name__:
                yield vars(kind)["entry"]


def faults() -> dict[str, Entry]:
    """Every faulty endpoint by its name."""
    return {entry.name: entry for entry in entries("faults")}


def legals() -> dict[str, Entry]:
    """Every legal endpoint by its name; `plain` is the unmodified one."""
    return {entry.name: entry for entry in entries("legal")}


def find(name: str) -> Entry:
    """The fault or legal variation of that name. Raises KeyError."""
    return {**faults(), **legals()}[name]
