"""``clip-conformance record``: save vectors to a file for later comparisons.

``record URL -o FILE`` saves an endpoint's vectors for ``compare`` and ``--compare-with FILE``.
``record --reference TAG --weights hub`` saves vectors computed with published weights, for EXA.
"""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import click

from conformance.comparison import recording, vendor
from conformance.comparison.recording import Inputs, Snapshot, inputs, progress
from conformance.data.messages import UserError
from conformance.data.models import Model, named_instead
from conformance.exact import expected, items
from conformance.options import endpoint_url, shared
from conformance.options.settings import find_model
from conformance.options.shared import Seconds
from conformance.options.table import option
from conformance.transport.endpoint import Endpoint, Preflight, opened
from conformance.transport.readiness import preflight
from conformance.transport.reference_process import Reference

DOWNLOAD_WAIT: Final = 3600.0
"""Seconds that the reference may take to become ready, since it may download gigabytes first."""


@click.command(context_settings={"max_content_width": 100})
@click.argument("url", required=False)
@click.option(
    "-o", "--output", metavar="FILE", type=click.Path(path_type=Path), help="file for the vectors"
)
@click.option(
    "--model",
    metavar="TAG",
    default="",
    help="the endpoint's model, which is stored in FILE; a note reports signs of another model",
)
@shared.models_file
@click.option(
    "--reference",
    metavar="TAG",
    help="start the reference, and record the vectors for the EXA group",
)
@click.option(
    "--weights",
    metavar="WHICH",
    default="hub",
    show_default=True,
    help="the weights that the reference loads: hub, stand-in, or a directory",
)
@shared.endpoint_timeout
@click.option(
    "--wait",
    metavar="SECONDS",
    type=Seconds(0.0),
    help=f"{option('wait').help}  [default: {option('wait').default:g}; "
    f"for the reference: {DOWNLOAD_WAIT:g}]",
)
@shared.access_to("url")
def command(
    url: str | None,
    output: Path | None,
    model: str,
    models: Path | None,
    reference: str | None,
    weights: str,
    timeout: float,
    wait: float | None,
) -> int:
    """Save an endpoint's vectors to a file for later comparison.

    `record URL -o FILE` is safe for production: it sends valid requests with one text or one
    image, one at a time, and changes nothing. `compare FILE URL` then shows whether the vectors
    are still the same.

    `record --reference TAG --weights hub` starts the project's reference encoder instead, and
    saves the vectors that the EXA group compares with. With --models and --weights DIR, it does
    so for your own checkpoint.

    Exit status: 0 if the file was written, 4 if it was not.
    """
    if bool(url) == bool(reference):
        raise click.UsageError("specify the URL of an endpoint, or --reference TAG")
    if (url and weights != "hub") or (reference and model):
        raise click.UsageError("--model describes the endpoint at URL, --weights the reference's")
    if output is None and (url or weights != "hub"):
        raise click.UsageError("specify -o FILE: there is a default file only for --weights hub")
    if reference:
        served, seconds = find_model(reference, models), DOWNLOAD_WAIT if wait is None else wait
        click.echo(record_reference(served, models, weights, output, timeout, seconds))
    elif url and output:
        seconds = option("wait").default if wait is None else wait
        named = find_model(model, models) if model else None
        click.echo(record_endpoint(url, output, named, models, timeout, seconds))
    return 0


def record_endpoint(
    url: str, output: Path, model: Model | None, models: Path | None, timeout: float, wait: float
) -> str:
    """Write the endpoint's vectors to `output` (times in seconds); returns the message to show."""
    if problem := endpoint_url.problem(url):
        raise click.UsageError(problem)
    _make_folder(output)
    wanted = inputs()
    count = len(wanted.texts) + len(wanted.images) + 1
    click.echo(f"Sends {count} requests, one text or one image each, one at a time.", err=True)
    with opened(url, timeout) as endpoint:
        seen = preflight(endpoint, wait, lambda: True)
        made = _asked(endpoint, wanted)
    if not made.texts and not made.images:
        first = next(iter(made.refused.values()))
        raise UserError(f"nothing to record: every item was rejected, the first with: {first}")
    tag, transformers = model.tag if model else "", vendor.transformers_of(seen.meta.json())
    recording.write(replace(made, model=tag, transformers=transformers), output)
    return made.told(output, _doubts(made, seen, model, models))


def record_reference(
    model: Model,
    models: Path | None,
    weights: str,
    output: Path | None,
    timeout: float,
    wait: float,
) -> str:
    """Start the reference, record its vectors for EXA's items, and return the message to show.

    `models` is the user's own file, which may contain `model`. Times are in seconds.
    """
    tag, size = model.tag, model.image_size
    if size is None:
        raise UserError(f"{tag}'s TOML table needs image_size, on which the EXA test images depend")
    place = output or expected.published_file(tag)
    _make_folder(place)
    wanted = Inputs(items.texts(), items.images(size) | items.copies(size))
    rows = ["--models", str(models)] if models else []
    with (
        Reference(tag, weights, extra=rows) as reference,
        opened(reference.url, timeout) as endpoint,
    ):
        seen = reference.preflight(endpoint, wait)
        made = _asked(endpoint, wanted)
    if made.refused:
        name, why = next(iter(made.refused.items()))
        raise UserError(f"the reference rejected {name}: {why}")
    origin = f"the vectors that the reference computed with {weights} weights ({place.name})"
    expected.write_published(place, made.texts, made.images, _versions(seen), origin, size)
    named = replace(made, source=f"the reference with {weights} weights")
    return made.told(place, _doubts(named, seen, model, models))


def _doubts(
    made: Snapshot, seen: Preflight, model: Model | None, models: Path | None
) -> Iterator[str]:
    """Report what suggests that the vectors come from a different model."""
    yield from recording.other_dimension(made, model)
    meta: Any = seen.meta.json()
    if model and (tag := named_instead(meta, model, models)):
        yield f"{made.source} may not serve {model.tag}: its /meta names {tag}"
    size = meta.get("image_size") if isinstance(meta, dict) else None
    if model and isinstance(size, int) and size != (model.image_size or size):
        yield f"{made.source} has image_size {size}, but {model.tag} has {model.image_size}"


def _make_folder(output: Path) -> None:
    """Create the file's directory, before the first request; raises UserError."""
    try:
        output.parent.mkdir(parents=True, exist_ok=True)
    except OSError as problem:
        raise UserError(f"cannot write {output}: {problem.strerror}") from problem
    if output.is_dir():
        raise UserError(f"cannot write {output}: Is a directory")


def _versions(seen: Preflight) -> dict[str, str]:
    document: Any = seen.meta.json()
    versions: dict[str, str] = document.get("versions", {})
    return versions


def _asked(endpoint: Endpoint, wanted: Inputs) -> Snapshot:
    """The vectors of the items, each sent alone, with a progress bar; raises NoAnswers."""
    with progress(len(wanted.texts) + len(wanted.images)) as tell:
        return recording.ask(endpoint.client.url, endpoint.vectorize, wanted, tell)
