"""Writes requests that passed the proxy into a folder, as `replay` reads them.

They are kept byte for byte, but for the Host, with an index beside them that counts what each asks
for; `checks/test_wire.py` replays them where there is no Weaviate.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from importlib.metadata import version
from pathlib import Path

from conformance.weaviate.wire.proxied_exchange import Passed

HOST = "multi2vec-clip:8080"


@dataclass(frozen=True)
class Captured:
    """What one operation made Weaviate send."""

    name: str
    words: str
    """What was done, for people."""
    sent: Sequence[Passed]


def write(folder: Path, operations: Sequence[Captured], made_by: str, server: str) -> None:
    """One file a request, and `index.toml`; `server` is Weaviate's version."""
    index = [
        f"# Requests of a real Weaviate; made by {made_by}.",
        f'server = "{server}"',
        f'client = "weaviate-client {version("weaviate-client")}"',
    ]
    for operation in operations:
        index += _write_requests(folder, operation)
    (folder / "index.toml").write_text("\n".join(index) + "\n", encoding="utf-8")


def _write_requests(folder: Path, operation: Captured) -> list[str]:
    """Write the requests of one operation; the lines of the index for them."""
    lines: list[str] = []
    for number, passed in enumerate(operation.sent, 1):
        name = operation.name if len(operation.sent) == 1 else f"{operation.name}-{number}"
        (folder / f"{name}.http").write_bytes(_with_neutral_host(passed))
        asked = passed.asked() if passed.vectorizes else {}
        counts = [f"{kind} = {len(items)}" for kind, items in asked.items()]
        heading = ["", "[[request]]", f'name = "{name}"', f'operation = "{operation.words}"']
        lines += [*heading, *counts]
    return lines


def _with_neutral_host(passed: Passed) -> bytes:
    headers = tuple((n, HOST if n == "Host" else value) for n, value in passed.request.headers)
    return replace(passed.request, headers=headers).rendered()
