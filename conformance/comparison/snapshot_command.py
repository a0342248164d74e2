"""``clip-conformance record``: vectors that are kept, to be compared with later.

``record URL -o FILE`` keeps an endpoint's, for ``--compare-with FILE``; ``record --reference TAG
--weights hub`` those of published weights, for the group EXA.
"""

import sys
from argparse import ArgumentParser, Namespace
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from conformance.comparison import record_expected, snapshot
from conformance.comparison.inputs import Inputs, inputs
from conformance.comparison.record_expected import DOWNLOAD_WAIT
from conformance.comparison.snapshot import Ask
from conformance.options.table import option
from conformance.transport.endpoint import Endpoint
from conformance.transport.readiness import Unusable, preflight

UNUSABLE = 4


def main(arguments: list[str]) -> int:
    """Record vectors; 0 where the file was written, 4 with one line where not."""
    options = _parsed(arguments)
    try:
        done = record_expected.record if options.reference else _record
        print(done(options, _ask))
    except (Unusable, snapshot.NoAnswers, OSError) as problem:
        print(f"ERROR: {problem}", file=sys.stderr)
        return UNUSABLE
    return 0


def _parsed(arguments: list[str]) -> Namespace:
    parser = _parser()
    options = parser.parse_args(arguments)
    if bool(options.url) == bool(options.reference):
        parser.error("give the URL of an endpoint, or --reference TAG")
    if options.output is None and (options.url or options.weights != "hub"):
        parser.error("give -o FILE; only the vectors of hub weights have a place of their own")
    if options.wait is None:
        options.wait = DOWNLOAD_WAIT if options.reference else option("wait").default
    return options


def _parser() -> ArgumentParser:
    parser = ArgumentParser("clip-conformance record", description=__doc__, allow_abbrev=False)
    add = parser.add_argument
    add("url", metavar="URL", nargs="?", help="the endpoint")
    add("-o", "--output", metavar="FILE", type=Path, help="where the vectors go")
    add("--model", metavar="TAG", default="", help="noted in the file")
    add("--reference", metavar="TAG", help="start the reference, and record what EXA compares with")
    loads = "what the reference loads: hub, stand-in or a folder (default: hub)"
    add("--weights", metavar="WHICH", default="hub", help=loads)
    timeout, wait = option("endpoint-timeout"), option("wait")
    shown = f"{timeout.help} (default: {timeout.default:g})"
    add(
        "--endpoint-timeout",
        metavar="SECONDS",
        type=timeout.type,
        default=timeout.default,
        help=shown,
    )
    shown = f"{wait.help} (default: {wait.default:g}; for the reference: {DOWNLOAD_WAIT:g})"
    add("--wait", metavar="SECONDS", type=wait.type, help=shown)
    return parser


def _record(options: Namespace, ask: Ask) -> str:
    """Record the endpoint at the URL; what is to be said."""
    with snapshot.opened(options.url, options.endpoint_timeout) as endpoint:
        preflight(endpoint, options.wait, lambda: True)
        made = ask(endpoint, inputs())
    if not made.texts and not made.images:
        first = next(iter(made.refused.values()))
        raise Unusable(f"nothing to record: every item was refused, the first with: {first}")
    snapshot.write(made, options.output, options.model)
    return made.told(options.output)


def _ask(endpoint: Endpoint, wanted: Inputs) -> snapshot.Snapshot:
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
