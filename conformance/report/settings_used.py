"""The options that were given, and where each came from, as a report shows them."""

from typing import Any

from conformance.options.settings import Settings
from conformance.transport.exchange import without_password

MASKED = "***"


def settings_used(settings: Settings) -> list[dict[str, str]]:
    """One row an option that was given, with name, value and origin; secrets are masked."""
    return [
        {"name": name, "value": _shown(name, given.value), "origin": given.origin}
        for name, given in settings.given.items()
    ]


def _shown(name: str, value: Any) -> str:
    values = value if isinstance(value, list | tuple) else [value]
    return ", ".join(_masked(name, each) for each in values)


def _masked(name: str, value: Any) -> str:
    if name == "env":  # a container's variables hold its keys and tokens
        return f"{str(value).partition('=')[0]}={MASKED}"
    if value is True or value is False:
        return str(value).lower()
    return without_password(str(value)) if "://" in str(value) else str(value)
