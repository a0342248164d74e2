"""``clip-conformance record URL -o FILE``: an endpoint's vectors, to be compared with later."""

import sys
from argparse import ArgumentParser
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from conformance.comparison import snapshot
from conformance.comparison.inputs import inputs
from conformance.options.table import option
from conformance.transport.endpoint import Endpoint
from conformance.transport.readiness import Unusable, preflight

UNUSABLE = 4


def main(arguments: list[str]) -> int:
    """Record an endpoint; 0 where the file was written, 4 with one line where not."""
    parser = ArgumentParser("clip-conformance record", description=__doc__, allow_abbrev=False)
    parser.add_argument("url", metavar="URL", help="the endpoint")
    parser.add_argument("-o", "--output", metavar="FILE", type=Path, required=True)
    parser.add_argument("--model", metavar="TAG", default="", help="noted in the file")
    for name in ("endpoint-timeout", "wait"):
        row = option(name)
        shown = f"{row.help} (default: {row.default:g})"
        parser.add_argument(
            f"--{name}", metavar=row.metavar, type=row.type, default=row.default, help=shown
        )
    options = parser.parse_args(arguments)
    try:
        with snapshot.opened(options.url, options.endpoint_timeout) as endpoint:
            preflight(endpoint, options.wait, lambda: True)
            made = _ask(endpoint)
        if not made.texts and not made.images:
            first = next(iter(made.refused.values()))
            raise Unusable(f"nothing to record: every item was refused, the first with: {first}")
        snapshot.write(made, options.output, options.model)
    except (Unusable, snapshot.NoAnswers, OSError) as problem:
        print(f"ERROR: {problem}", file=sys.stderr)
        return UNUSABLE
    print(f"{len(made.texts)} texts and {len(made.images)} images recorded in {options.output}")
    for name, why in made.refused.items():
        print(f"left out, as refused: {name}: {why}")
    return 0


def _ask(endpoint: Endpoint) -> snapshot.Snapshot:
    wanted = inputs()
    columns = (
        TextColumn("encoding"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[item]}"),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=len(wanted.texts) + len(wanted.images), item="")
        return snapshot.ask(
            endpoint.client.url,
            endpoint.vectorize,
            wanted,
            lambda name: bar.update(task, advance=1, item=name),
        )
