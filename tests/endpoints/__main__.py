"""Serve one of the endpoints with `python -m tests.endpoints NAME`, or list them all."""

import argparse
import signal
from collections.abc import Iterable

from tests.endpoints import registry
from tests.endpoints.server import serve


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.endpoints", description=__doc__)
    parser.add_argument("name", nargs="?", help="the endpoint's name")
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one")
    parser.add_argument("--list", action="store_true", help="list the names")
    options = parser.parse_args()
    if options.list or options.name is None:
        show("faulty", registry.faults().values())
        show("legal", registry.legals().values())
        return
    run(options.name, options.port)


def show(title: str, entries: Iterable[registry.Entry]) -> None:
    print(f"# {title}")
    for entry in entries:
        mark = " (undecidable)" if entry.undecidable else ""
        print(f"{entry.name:36} {entry.summary}{mark}")


def run(name: str, port: int) -> None:
    """Serves the endpoint `name` until SIGINT or SIGTERM."""
    try:
        entry = registry.find(name)
    except KeyError:
        raise SystemExit(f"no endpoint {name!r}: see --list") from None
    with serve(entry.build(), entry.host, port) as url:
        options = f"--model {entry.model} --weights {entry.weights}"
        print(f"{url}  # clip-conformance {url} {options}", flush=True)
        signal.sigwait({signal.SIGINT, signal.SIGTERM})


if __name__ == "__main__":
    main()
