"""The endpoint of a run: where it is, and what was first seen of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from conformance.transport.exchange import Exchange
from conformance.transport.readiness import Preflight


@dataclass(frozen=True)
class Target:
    """A running endpoint."""

    url: str
    started_here: bool
    preflight: Preflight
    image: Mapping[str, Any] | None = None
    """Of the container that the suite has started, what `containers.under_test` says; else None."""

    def to_plain(self) -> dict[str, Any]:
        """Plain values, fit for another process."""
        seen = {name: getattr(self.preflight, name).to_plain() for name in ("first", "meta")}
        return {
            "url": self.url,
            "started_here": self.started_here,
            "preflight": seen,
            "image": self.image,
        }

    @staticmethod
    def from_plain(plain: dict[str, Any]) -> "Target":
        """The target that `to_plain` took apart."""
        seen = {name: Exchange.from_plain(value) for name, value in plain["preflight"].items()}
        return Target(**{**plain, "preflight": Preflight(**seen)})
