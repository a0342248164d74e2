"""Define a mistake: a temporary patch that makes a model's code deviate from documented usage."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import Any, Literal

from conformance.data.models import Model
from lab.exactness.documented.usage import Usage

Kind = Literal["text", "image"]
Change = Callable[[Usage, Model], AbstractContextManager[Usage]]


class NotApplicable(Exception):
    """The mistake cannot be made with this model."""


@dataclass(frozen=True)
class Mistake:
    """`change(usage, model)` is the usage with the mistake; `name` completes "as if …"."""

    name: str
    kind: Kind
    change: Change


def simple(make: Callable[[Usage, Model], Usage]) -> Change:
    """A change that alters no module, so there is nothing to undo."""

    @contextmanager
    def change(usage: Usage, model: Model) -> Iterator[Usage]:
        yield make(usage, model)

    return change


@contextmanager
def patched(owner: Any, name: str, value: Any) -> Iterator[None]:
    """Set `owner.name` to `value` inside the block."""
    before = getattr(owner, name)
    setattr(owner, name, value)
    try:
        yield
    finally:
        setattr(owner, name, before)
