"""A conformance test suite for endpoints that serve Weaviate's multi2vec-clip module.

``run(url, model=...)`` checks an endpoint and returns a `Report`. The function raises `UserError`
if an option is invalid or there is no endpoint. The console command is ``clip-conformance``.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from conformance.data.messages import UserError
    from conformance.report.verdict import Report
    from conformance.running import run

__all__ = ["Report", "UserError", "run"]


def __getattr__(name: str) -> Any:
    # Wherever this package is installed, every pytest run imports it for its plugin, so other
    # modules are loaded only when they are needed.
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    home = "conformance.data.messages" if name == "UserError" else "conformance.running"
    return getattr(import_module(home), name)
