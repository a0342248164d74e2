"""``clip-conformance doctor URL [--weaviate URL]``: what is there, and likely wrong, in seconds."""

import os
import time
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path

from rich.console import Console

from conformance.data import models
from conformance.data.models import Model
from conformance.doctor import device, environment, page, reachability, vectors
from conformance.doctor.diagnosis import Diagnosis
from conformance.doctor.weaviate_server import WeaviateDoctor
from conformance.options import endpoint_url, sources
from conformance.options.command_parser import CommandParser
from conformance.options.settings import BadOption
from conformance.transport.client import Client
from conformance.transport.endpoint import Endpoint
from conformance.transport.exchange import without_password
from conformance.weaviate.server import running_server
from conformance.weaviate.server.running_server import Server, Unavailable

TIMEOUT = 15.0
"""Seconds that a vector may take here; Weaviate waits 50."""


def main(arguments: Sequence[str]) -> int:
    """Look and print; 0 where nothing wrong was seen, 1 where something was, 4 for a bad option."""
    parser = _parser()
    options = parser.parse_args(arguments)
    try:
        _fill_in(options)
    except BadOption as bad:
        parser.error(str(bad))
    if options.url is None:
        parser.error("which endpoint? clip-conformance doctor http://localhost:8080")
    if problem := endpoint_url.problem(options.url):
        parser.error(problem)
    if options.collection and not options.weaviate:
        parser.error("--collection is a collection of a Weaviate: say which with --weaviate URL")
    try:
        model = models.find(options.model, options.models) if options.model else None
        server = running_server.at(options.weaviate) if options.weaviate else None
    except (ValueError, OSError, Unavailable) as problem:
        parser.error(str(problem))
    start = time.perf_counter()
    found = list(_examined(options, model, server))
    console = Console(width=page.WIDTH, highlight=False)
    page.show(console, found, time.perf_counter() - start)
    return int(any(part.problems for part in found))


def _fill_in(options: Namespace) -> None:
    """Take what is not given from the variables and the file that the suite's own runs read."""
    found = sources.merged(vars(options), os.environ, Path.cwd())
    for name in ("url", "model", "models"):
        if name in found:
            setattr(options, name, found[name].value)


def _examined(
    options: Namespace, model: Model | None, server: Server | None
) -> Iterator[Diagnosis]:
    url = options.url.removesuffix("/")
    endpoint_part = Diagnosis(f"endpoint {without_password(url)}")
    meta: dict[str, object] = {}
    items: dict[str, vectors.Item] = {}
    with closing(Client(url, options.timeout)) as client:
        endpoint = Endpoint(client)
        if reachability.examine(endpoint, endpoint_part):
            meta = vectors.examine_meta(endpoint, endpoint_part)
            items = vectors.examine_items(endpoint, model, endpoint_part)
        if "image" in items:
            device.examine(endpoint, meta, model, os.environ, endpoint_part)
    yield endpoint_part
    environment_part = Diagnosis("environment of this process (Weaviate's own may differ)")
    seconds = items["image"].seconds if "image" in items else None
    environment.examine(os.environ, url, seconds, environment_part)
    yield environment_part
    if server is not None:
        weaviate_part = Diagnosis(f"Weaviate {server.url}")
        WeaviateDoctor(server, weaviate_part).examine(url, meta, options.collection)
        yield weaviate_part


def _parser() -> ArgumentParser:
    parser = CommandParser(
        "clip-conformance doctor",
        description="Look at an endpoint, and at the Weaviate in front of it, without judging: "
        "what is there, what is likely wrong, and what to do. Nothing is written anywhere. "
        "Exit status: 0 nothing wrong was seen, 1 something was, 4 a bad option.",
        allow_abbrev=False,
    )
    add = parser.add_argument
    add("url", metavar="URL", nargs="?", help="the endpoint; also CLIP_CONFORMANCE_URL")
    add("--weaviate", metavar="URL", help="the Weaviate that calls it; CLIP_WEAVIATE_API_KEY")
    add("--collection", metavar="NAME", help="only this collection of it (default: all)")
    add("--model", metavar="TAG", help="what the endpoint serves, for dimension and device")
    add("--models", metavar="FILE", type=Path, help="TOML file with rows of your own models")
    wait = f"for one text or image (default: {TIMEOUT:g})"
    add("--timeout", metavar="SECONDS", type=float, default=TIMEOUT, help=wait)
    return parser
