"""What each status of a clause says, read from ``statuses.toml``."""

from conformance.data import fixture_files


def meanings() -> dict[str, str]:
    """A sentence for each status, the worst status first."""
    return dict(fixture_files.toml("statuses.toml")["meaning"])
