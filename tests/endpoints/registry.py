"""All endpoints by name, with the clauses that should detect each fault."""

import time
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from inspect import currentframe
from pathlib import Path
from pkgutil import iter_modules
from typing import Any, Literal, TypeVar

from conformance.data import fixture_files, models
from tests.endpoints.encoder import Encoder, for_model
from tests.endpoints.endpoint import Endpoint, Refused
from tests.endpoints.published_encoder import PublishedEncoder

Need = Literal["lower-case", "crop", "published", "slow", "weaviate", "whole"]
Kind = TypeVar("Kind", bound=type[Endpoint])

MULTILINGUAL = "sentence-transformers-clip-ViT-B-32-multilingual-v1"
LOWER_CASE = "google-siglip2-so400m-patch16-384"
PUBLISHED = "sentence-transformers-clip-ViT-B-32"


@dataclass(frozen=True)
class Entry:
    """One endpoint: a fault with the clauses that should detect it, or a legal variation."""

    name: str
    summary: str
    endpoint: type[Endpoint]
    caught_by: tuple[str, ...] = ()
    """Clause IDs, at least one of which must detect the fault; empty for a legal variation."""
    needs: tuple[Need, ...] = ()
    """What a run must have or do for the fault to show."""
    undecidable: str = ""
    """Why no clause can distinguish the fault from a legal choice; empty if one can."""
    options: Mapping[str, Any] = field(default_factory=dict)
    """Further options of `conformance.run`."""
    host: str = "127.0.0.1"

    @property
    def theme(self) -> str:
        return self.endpoint.__module__.rpartition(".")[2]

    @property
    def is_fault(self) -> bool:
        return bool(self.caught_by)

    @property
    def model(self) -> str:
        if "lower-case" in self.needs:
            return LOWER_CASE
        return PUBLISHED if "published" in self.needs else MULTILINGUAL

    @property
    def weights(self) -> str:
        """The weights that the endpoint is supposed to serve, which determine the corpus."""
        return "published" if "published" in self.needs else "stand-in"

    @property
    def needs_more(self) -> str:
        """A requirement that an ordinary run does not meet; empty if there is none."""
        return next((need for need in self.needs if need in ("slow", "weaviate")), "")

    def build(self) -> Endpoint:
        """A fresh endpoint over the fake encoder of `model`."""
        return self.endpoint(encoder(self.model, self.weights))


PREFLIGHT = "preflight"
"""Used in `caught_by` if the run ends before the first check and says why."""
FAULTS: dict[str, Entry] = {}
LEGAL: dict[str, Entry] = {}
"""Entries by name, from the modules that were imported."""


@cache
def encoder(tag: str, weights: str = "stand-in") -> Encoder:
    """The fake encoder of a tag; with published weights, it knows the photographs."""
    kind = PublishedEncoder if weights == "published" else Encoder
    ready = for_model(models.find(tag), kind)
    # The caches that it needs are filled before it serves.
    ready.text("")
    ready.known_image(b"")
    return ready


def fault(name: str, needs: tuple[Need, ...] = (), **options: Any) -> Callable[[Kind], Kind]:
    """Register a faulty endpoint, which `fixtures/faults.toml` describes.

    `options` are further options of the run.
    """

    def note(endpoint: Kind) -> Kind:
        assert name not in FAULTS, name
        row = rows()[name]
        clauses = (*row["clauses"], *([PREFLIGHT] if row.get("preflight") else []))
        undecidable = row.get("undecidable", "")
        entry = Entry(name, row["summary"], endpoint, clauses, needs, undecidable, options)
        FAULTS[name] = entry
        return endpoint

    return note


@cache
def rows() -> dict[str, dict[str, Any]]:
    """The rows of `fixtures/faults.toml` by name."""
    return {row["name"]: row for row in fixture_files.toml("faults.toml")["fault"]}


def variants(base: type[Endpoint], *stages: str) -> Callable[..., None]:
    """A function that registers endpoints that differ from `base` only in these stages.

    It takes the name, and a replacement for each stage: a value, or a function of its arguments.
    """
    module = caller()

    def note(name: str, *others: Any, **options: Any) -> None:
        own = [staticmethod(each) if callable(each) else each for each in others]
        named(name, module, base, dict(zip(stages, own, strict=True)), options)

    return note


Stage = Callable[[Any], Any]
Note = Callable[..., Callable[[Any], Any]]


def inputs(stage: str, base: type[Endpoint] = Endpoint) -> Note:
    """A function that registers endpoints that change what this stage is given.

    It takes the name and a function of the argument, or decorates that function.
    """
    return around(stage, base, caller(), lambda _, usual, given, change: usual(change(given)))


def outputs(stage: str, base: type[Endpoint] = Endpoint) -> Note:
    """A function that registers endpoints that change what this stage returns.

    It takes the name and a function of the result, or decorates that function.
    """
    return around(stage, base, caller(), lambda _, usual, given, change: change(usual(given)))


def numbered(stage: str) -> Note:
    """Like `outputs`, but the function also gets the number of the call, counted from 1."""

    def change(endpoint: Endpoint, usual: Stage, given: Any, change: Callable[..., Any]) -> Any:
        result = usual(given)
        return change(result, next(endpoint.calls))

    return around(stage, Endpoint, caller(), change)


def delays(stage: str) -> Note:
    """A function that registers endpoints that wait before this stage.

    It takes the name and a function of the argument that returns seconds, or decorates it.
    """

    def wait(_: Endpoint, usual: Stage, given: Any, seconds: Stage) -> Any:
        time.sleep(seconds(given))
        return usual(given)

    return around(stage, Endpoint, caller(), wait)


def refusals(stage: str) -> Note:
    """A function that registers endpoints that reject valid input at this stage.

    It takes the name, the status, and a function that selects the input to reject.
    """

    def refuse(_: Endpoint, usual: Stage, given: Any, status: int, refuses: Stage) -> Any:
        if refuses(given):
            raise Refused(status, "what was sent is not accepted")
        return usual(given)

    return around(stage, Endpoint, caller(), refuse)


def caches(stage: str) -> Note:
    """A function that registers endpoints that reuse the first result for inputs with equal keys.

    It takes the name and a function of the argument, or decorates that function.
    """

    def remember(endpoint: Endpoint, usual: Stage, given: Any, key: Stage) -> Any:
        return endpoint.known.setdefault(key(given), usual(given))

    return around(stage, Endpoint, caller(), remember)


def around(stage: str, base: type[Endpoint], module: str, call: Callable[..., Any]) -> Note:
    """A function that registers endpoints with `call` in place of a stage.

    It is called with the endpoint, the usual stage, its argument, and what follows the name.
    """

    def note(name: str, *own: Any, **options: Any) -> Any:
        if not own or not callable(own[-1]):
            return lambda change: note(name, *own, change, **options)

        def replaced(self: Endpoint, given: Any) -> Any:
            return call(self, getattr(super(kind, self), stage), given, *own)

        kind = named(name, module, base, {stage: replaced}, options)
        return own[-1]

    return note


def named(
    name: str, module: str, base: type[Endpoint], stages: dict[str, Any], options: dict[str, Any]
) -> type[Endpoint]:
    """A class with these stages, registered as a legal endpoint or a fault, depending on the
    module."""
    note = legal if module.startswith(f"{__package__}.legal.") else fault
    return note(name, **options)(type(name, (base,), {"__module__": module, **stages}))


def caller() -> str:
    """The name of the module that calls the function that calls this one."""
    frame = currentframe()
    for _ in range(2):
        assert frame is not None
        frame = frame.f_back
    assert frame is not None
    return str(frame.f_globals["__name__"])


def legal(
    name: str, host: str = "127.0.0.1", needs: tuple[Need, ...] = ()
) -> Callable[[Kind], Kind]:
    """Register a legal endpoint, which `legal.toml` describes."""

    def note(endpoint: Kind) -> Kind:
        assert name not in LEGAL, name
        summary = next(group[name] for group in legal_rows()["group"] if name in group)
        LEGAL[name] = Entry(name, summary, endpoint, host=host, needs=needs)
        return endpoint

    return note


@cache
def legal_rows() -> dict[str, Any]:
    return tomllib.loads(Path(__file__).with_name("legal.toml").read_text(encoding="utf-8"))


def faults() -> dict[str, Entry]:
    load("faults")
    return FAULTS


def legals() -> dict[str, Entry]:
    """Every legal endpoint by its name; `plain` is the unmodified one."""
    load("legal")
    return LEGAL


@cache
def load(package: str) -> None:
    """Import the modules of `package`, in the order of their names."""
    root = import_module(f"tests.endpoints.{package}")
    for module in iter_modules(root.__path__):
        import_module(f"{root.__name__}.{module.name}")


def find(name: str) -> Entry:
    """The fault or legal variation of that name. Raises KeyError."""
    return {**faults(), **legals()}[name]
