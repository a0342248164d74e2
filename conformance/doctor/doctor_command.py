"""``clip-conformance doctor URL [--weaviate URL]``: find likely problems within seconds."""

import os
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
from rich.console import Console

from conformance.data.models import Model
from conformance.doctor import device, diagnosis, endpoint, environment
from conformance.doctor.diagnosis import Diagnosis
from conformance.doctor.items import Item, ItemsDoctor
from conformance.doctor.weaviate_server import WeaviateDoctor
from conformance.options import endpoint_url, shared, sources
from conformance.options.settings import find_model
from conformance.options.shared import Seconds
from conformance.transport.client import Client
from conformance.transport.endpoint import Endpoint
from conformance.transport.exchange import without_password
from conformance.weaviate.server import Server, server_at

TIMEOUT = 15.0
"""Time limit in seconds for a vector; Weaviate waits 50."""


@dataclass(frozen=True)
class Asked:
    """The options of the command."""

    url: str
    model: Model | None
    server: Server | None
    collection: str | None
    tenant: str | None
    timeout: float
    """Seconds for one text or image."""


@click.command(context_settings={"max_content_width": 100})
@click.argument("url", required=False)
@click.option("--weaviate", metavar="URL", help="Weaviate's URL (API key: CLIP_WEAVIATE_API_KEY)")
@click.option("--collection", metavar="NAME", help="check only this collection (default: all)")
@click.option("--tenant", metavar="NAME", help="the tenant to read (default: the first active one)")
@click.option(
    "--model", metavar="TAG", help="the endpoint's model, to check the dimension and device"
)
@shared.models_file
@click.option(
    "--timeout",
    metavar="SECONDS",
    type=Seconds(),
    default=TIMEOUT,
    show_default=True,
    help="timeout for one text or image",
)
@shared.HEADER
@shared.CA_FILE
def command(
    weaviate: str | None, collection: str | None, tenant: str | None, timeout: float, **given: Any
) -> int:
    """Diagnose an endpoint and the Weaviate server that uses it, without a verdict.

    Show what was found, what is likely wrong, and what to do about it. No files are written. URL
    can also be set as CLIP_CONFORMANCE_URL. Exit status: 0 if no problems were found, 1 if some
    were, 4 for an invalid option.
    """
    given = _filled_in(given)
    url = given["url"]
    if url is None:
        raise click.UsageError(
            "no endpoint: specify its URL, as in clip-conformance doctor http://localhost:8080"
        )
    if problem := endpoint_url.problem(url):
        raise click.UsageError(problem)
    endpoint_url.grant(url, given["header"] or (), given["ca_file"])
    if tenant and not collection:
        raise click.UsageError("--tenant requires --collection NAME")
    if collection and not weaviate:
        raise click.UsageError("--collection requires --weaviate URL")
    model = find_model(given["model"], given["models"]) if given["model"] else None
    server = server_at(weaviate) if weaviate else None
    start = time.perf_counter()
    found = list(examine(Asked(url.removesuffix("/"), model, server, collection, tenant, timeout)))
    console = Console(width=diagnosis.WIDTH, highlight=False)
    diagnosis.show(console, found, time.perf_counter() - start)
    return int(any(part.problems for part in found))


def _filled_in(given: dict[str, Any]) -> dict[str, Any]:
    """Fill in missing options from the same variables and file as for runs of the suite."""
    found = sources.elsewhere(Path.cwd())
    elsewhere = {name: found[name].value if name in found else None for name in given}
    return {
        name: elsewhere[name] if value in (None, ()) else value for name, value in given.items()
    }


def examine(asked: Asked) -> Iterator[Diagnosis]:
    """Examine the endpoint, this process's environment, and the Weaviate server, if one is named.

    Problems found there raise no exception.
    """
    endpoint_part = Diagnosis(f"endpoint {without_password(asked.url)}")
    meta: dict[str, object] = {}
    items: dict[str, Item] = {}
    with closing(Client(asked.url, asked.timeout)) as client:
        service = Endpoint(client)
        if endpoint.examine_probes(service, endpoint_part):
            meta = endpoint.examine_meta(service, endpoint_part)
            items = ItemsDoctor(service, endpoint_part).examine(asked.model)
        if "image" in items:
            device.examine(service, meta, asked.model, os.environ, endpoint_part)
    yield endpoint_part
    environment_part = Diagnosis("environment of this process (Weaviate's own may differ)")
    seconds = items["image"].seconds if "image" in items else None
    environment.examine(os.environ, asked.url, seconds, environment_part)
    yield environment_part
    if asked.server is not None:
        weaviate_part = Diagnosis(f"Weaviate {asked.server.url}")
        doctor = WeaviateDoctor(asked.server, weaviate_part)
        with closing(Client(asked.url, asked.timeout)) as client:
            encoder = Endpoint(client) if items else None
            doctor.examine(encoder, asked.url, meta, asked.collection, asked.tenant)
        yield weaviate_part
