"""``clip-conformance record``: keep vectors in a file, to compare with them later.

``record URL -o FILE`` keeps an endpoint's, for ``compare`` and ``--compare-with FILE``;
``record --reference TAG --weights hub`` keeps those of published weights, for the group EXA.
"""

from pathlib import Path
from typing import Any, Final

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from conformance.comparison import recording
from conformance.comparison.recording import Inputs, Snapshot, inputs
from conformance.data.messages import UserError, suggestion
from conformance.data.models import Model, load
from conformance.exact import items, published
from conformance.options.seconds import Seconds
from conformance.options.table import option
from conformance.transport.endpoint import Endpoint, Preflight
from conformance.transport.readiness import preflight
from conformance.transport.reference_process import Reference

DOWNLOAD_WAIT: Final = 3600.0
"""Seconds until the reference must be ready: it may have gigabytes to load from the hub."""


@click.command(help=__doc__, context_settings={"max_content_width": 100})
@click.argument("url", required=False)
@click.option(
    "-o", "--output", metavar="FILE", type=click.Path(path_type=Path), help="where the vectors go"
)
@click.option("--model", metavar="TAG", default="", help="noted in the file")
@click.option(
    "--reference", metavar="TAG", help="start the reference, and record what EXA compares with"
)
@click.option(
    "--weights",
    metavar="WHICH",
    default="hub",
    show_default=True,
    help="what the reference loads: hub, stand-in or a folder",
)
@click.option(
    "--endpoint-timeout",
    metavar="SECONDS",
    type=Seconds(),
    default=option("endpoint-timeout").default,
    show_default=True,
    help=option("endpoint-timeout").help,
)
@click.option(
    "--wait",
    metavar="SECONDS",
    type=Seconds(),
    help=f"{option('wait').help}  [default: {option('wait').default:g}; "
    f"for the reference: {DOWNLOAD_WAIT:g}]",
)
def command(
    url: str | None,
    output: Path | None,
    model: str,
    reference: str | None,
    weights: str,
    endpoint_timeout: float,
    wait: float | None,
) -> int:
    """Record vectors; 0 where the file was written."""
    if bool(url) == bool(reference):
        raise click.UsageError("give the URL of an endpoint, or --reference TAG")
    if output is None and (url or weights != "hub"):
        raise click.UsageError("give -o FILE; only the vectors of hub weights have a default place")
    if reference:
        seconds = DOWNLOAD_WAIT if wait is None else wait
        click.echo(record_reference(reference, weights, output, endpoint_timeout, seconds))
    elif url and output:
        seconds = option("wait").default if wait is None else wait
        click.echo(record_endpoint(url, output, model, endpoint_timeout, seconds))
    return 0


def record_endpoint(url: str, output: Path, model: str, timeout: float, wait: float) -> str:
    """Write what the endpoint answers to `output`; returns what to tell. Times in seconds."""
    with recording.opened(url, timeout) as endpoint:
        preflight(endpoint, wait, lambda: True)
        made = ask(endpoint, inputs())
    if not made.texts and not made.images:
        first = next(iter(made.refused.values()))
        raise UserError(f"nothing to record: every item was refused, the first with: {first}")
    recording.write(made, output, model)
    return made.told(output)


def record_reference(
    tag: str, weights: str, output: Path | None, timeout: float, wait: float
) -> str:
    """Start the reference, ask it for the items of EXA and write the file; what to tell."""
    model = _model(tag)
    place = output or published.file(model.tag)
    assert model.image_size is not None
    wanted = Inputs(items.texts(), items.images(model.image_size))
    with (
        Reference(model.tag, weights) as reference,
        recording.opened(reference.url, timeout) as endpoint,
    ):
        seen = preflight(endpoint, wait, lambda: reference.running)
        made = ask(endpoint, wanted)
    if made.refused:
        name, why = next(iter(made.refused.items()))
        raise UserError(f"the reference refused {name}: {why}")
    origin = f"those that the reference made of {weights} weights ({place.name})"
    published.write(place, made.texts, made.images, _versions(seen), origin, model.image_size)
    return made.told(place)


def _model(tag: str) -> Model:
    found = load().get(tag)
    if found is None or found.image_size is None:
        raise UserError(f"there is no model {tag}{suggestion(tag, load())}")
    return found


def _versions(seen: Preflight) -> dict[str, str]:
    document: Any = seen.meta.json()
    versions: dict[str, str] = document.get("versions", {})
    return versions


def ask(endpoint: Endpoint, wanted: Inputs) -> Snapshot:
    """Each item alone, with a progress bar on stderr; raises NoAnswers."""
    columns = (
        TextColumn("encoding"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[item]}"),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=len(wanted.texts) + len(wanted.images), item="")
        return recording.ask(
            endpoint.client.url,
            endpoint.vectorize,
            wanted,
            lambda name: bar.update(task, advance=1, item=name),
        )
