"""``clip-conformance compare OLD NEW``: check whether stored vectors are still valid."""

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import click

from conformance.comparison import recording, similarity, vendor
from conformance.comparison.answer import Answer, Side
from conformance.comparison.recording import Snapshot, inputs, progress
from conformance.comparison.similarity import Comparison
from conformance.comparison.stored_objects import explanation, reencode
from conformance.comparison.weaviate_collection import (
    Collection,
    Rest,
    StoredObject,
    open_collection,
)
from conformance.data.messages import UserError, printable
from conformance.data.models import Model
from conformance.options import endpoint_url, shared
from conformance.options.settings import find_model
from conformance.transport.endpoint import Endpoint, opened
from conformance.transport.exchange import without_password
from conformance.transport.readiness import LOOK, Unusable, known, preflight
from conformance.weaviate.server import server_at

SAMPLE = 48
"""Objects of a collection: enough for searches, but few enough to encode again."""
COLLECTION = "weaviate:"
WEAVIATE_META = "/v1/meta"
LOOKS_LIKE = "weaviate:http://HOST:PORT/COLLECTION"
WITHOUT_SCHEME = r"[^/]+:\d+(/|$)"
"""The beginning of a URL without its scheme."""
SHOWN = 5
"""Number of rejected items that are named."""
FIRST = 1
"""Number of texts sent first, to see whether the URL belongs to an endpoint."""


@dataclass(frozen=True)
class Asked:
    """What to compare, and how."""

    model: Model | None
    sample: int
    tenant: str | None
    vector: str | None
    timeout: float
    """Seconds for one request."""
    wait: float
    """Seconds that an endpoint may take to become ready."""


@click.command(context_settings={"max_content_width": 100})
@click.argument("old")
@click.argument("new")
@click.option("--model", metavar="TAG", help="the model that both sides serve")
@shared.models_file
@click.option(
    "--sample",
    metavar="N",
    type=click.IntRange(1, 10_000),
    default=SAMPLE,
    show_default=True,
    help="number of objects to read from a collection, in the order of their IDs",
)
@click.option("--tenant", metavar="NAME", help="the tenant to read (default: the first active one)")
@click.option("--vector", metavar="NAME", help="the named vector to compare (default: all)")
@shared.endpoint_timeout
@shared.wait
@shared.access_to("old", "new")
def command(old: str, new: str, model: str | None, models: Path | None, **how: Any) -> int:
    """Compare the vectors of OLD and NEW, to see whether stored vectors are still valid.

    OLD and NEW are each the URL of an endpoint, a file written by `record`, or a collection:
    weaviate:http://HOST:PORT/COLLECTION (with its API key in CLIP_WEAVIATE_API_KEY).

    The command is safe for production: it sends only valid requests with one text, one image,
    or one object, one at a time, prints their number first, and writes nothing.

    Exit status: 0 if all vectors match, 1 if they do not, 4 if nothing could be compared.
    """
    asked = Asked(find_model(model, models) if model else None, **how)
    ends = [parse(word) for word in (old, new)]
    if (asked.tenant or asked.vector) and not any(end.weaviate for end in ends):
        raise click.UsageError(f"--tenant and --vector require a collection: {LOOKS_LIKE}")
    click.echo(announcement(ends, asked))
    answer = compare(ends[0], ends[1], asked)
    for line in answer.lines():
        click.echo(printable(line))
    return 0 if answer.match else 1


@dataclass(frozen=True)
class End:
    """One side of a comparison; exactly one of the three fields is set."""

    url: str = ""
    recording: Snapshot | None = None
    weaviate: str = ""
    """The address of Weaviate's REST API."""
    collection: str = ""

    @property
    def name(self) -> str:
        """The name of this side in the answer."""
        if self.recording:
            return self.recording.source
        if self.weaviate:
            return f"{self.collection} at {self.weaviate}"
        return without_password(self.url)


def parse(word: str, weaviate: str | None = None) -> End:
    """The side that `word` names; reads a recording. Raises UserError.

    The name of a collection is enough if `weaviate` is the URL of its Weaviate server.
    """
    if word.startswith(COLLECTION):
        return _collection(word.removeprefix(COLLECTION), weaviate or "")
    if "://" in word or re.match(WITHOUT_SCHEME, word):
        if problem := endpoint_url.problem(word):
            raise UserError(problem)
        return End(url=word.rstrip("/"))
    return End(recording=recording.read(Path(word)))


def _collection(where: str, weaviate: str) -> End:
    if "/" not in where and weaviate.startswith(("http://", "https://")):
        where = f"{weaviate.rstrip('/')}/{where}"
    parts = urlsplit(where)
    name = unquote(parts.path.strip("/"))
    if parts.scheme not in ("http", "https") or not parts.hostname or not name or "/" in name:
        raise UserError(f"{COLLECTION}{where} is not of the form {LOOKS_LIKE}")
    address = parts._replace(path="", query="", fragment="").geturl()
    return End(weaviate=server_at(address).url, collection=name)


def announcement(ends: Sequence[End], asked: Asked) -> str:
    """Announce what will be sent, and to which URL."""
    collections = [end for end in ends if end.weaviate]
    urls = " and to ".join(end.name for end in ends if end.url)
    if collections:
        sent = f"up to {asked.sample + FIRST} requests, one object each,"
    else:
        count = len(inputs().texts) + len(inputs().images) + FIRST
        sent = f"{count} requests, one text or one image each,"
    lines = [f"Reads up to {asked.sample} objects from {end.name}." for end in collections]
    lines += [f"Sends {sent} to {urls}, one at a time."] if urls else []
    return " ".join([*lines, "Nothing is written."])


def compare(old: End, new: End, asked: Asked) -> Answer:
    """The answer; raises UserError if there is nothing to compare."""
    if old.weaviate and new.weaviate:
        return _two_collections(old, new, asked)
    if old.weaviate or new.weaviate:
        return _collection_and_endpoint(old, new, asked)
    sides = [_vectors(each, asked) for each in (old, new)]
    return of_snapshots(sides[0], sides[1], asked.model)


def of_snapshots(old: Snapshot, new: Snapshot, model: Model | None) -> Answer:
    """Compare the texts and images of both sides; raises UserError if there are none."""
    rows = {"texts": (new.texts, old.texts), "images": (new.images, old.images)}
    kinds = [
        Comparison(similarity.pairs(here, there), kind, old.source)
        for kind, (here, there) in rows.items()
    ]
    refused = [*_refused(old), *_refused(new)]
    if not any(kind.pairs for kind in kinds):
        words = "; ".join(refused) or "the two sides have no items in common"
        raise UserError(f"nothing was compared: {words}")
    return Answer(
        Side(old.source, old.model, old.transformers),
        Side(new.source, new.model, new.transformers),
        kinds,
        recording.searches(new, old),
        [line for kind, sides in rows.items() for line in _missing(kind, *sides, new, old)],
        refused,
        model,
        remarks=list(_other_models(old, new, model)),
    )


def _missing(
    kind: str, here: Mapping[str, Any], there: Mapping[str, Any], new: Snapshot, old: Snapshot
) -> Iterator[str]:
    """Report the kinds for which only one side has vectors."""
    for mine, theirs, side in ((here, there, new), (there, here, old)):
        if theirs and not mine:
            why = next((words for name, words in side.refused.items() if name in theirs), "")
            said = f": {why}" if why else " and no error message"
            yield f"{kind}: {side.source} returned no vectors{said}"


def _refused(side: Snapshot) -> Iterator[str]:
    if side.refused:
        names = list(side.refused)
        shown = ", ".join(names[:SHOWN]) + ", ..." * (len(names) > SHOWN)
        count = f"{len(names)} item{'s' * (len(names) > 1)}"
        first = side.refused[names[0]]
        yield f"{count} that {side.source} rejected ({shown}); the first response: {first}"


def _other_models(old: Snapshot, new: Snapshot, model: Model | None) -> Iterator[str]:
    """Report recordings that were made with a different tag than the one given now."""
    tag = model.tag if model else ""
    for side in (old, new):
        if side.model and tag and side.model != tag:
            yield f"{side.source} was recorded as {side.model}, but --model says {tag}"
        yield from recording.other_dimension(side, model)
    if old.model and new.model and old.model != new.model:
        yield f"{old.source} was recorded as {old.model}, {new.source} as {new.model}"


def _vectors(end: End, asked: Asked) -> Snapshot:
    """The vectors in a recording, or those that the endpoint returns now."""
    if end.recording:
        return end.recording
    wanted = inputs()
    with _endpoint(end, asked) as (endpoint, transformers):
        with progress(len(wanted.texts) + len(wanted.images)) as tell:
            made = recording.ask(end.url, endpoint.vectorize, wanted, tell)
        return replace(made, transformers=transformers)


@contextmanager
def _endpoint(end: End, asked: Asked) -> Iterator[tuple[Endpoint, str]]:
    """The endpoint, once ready, and the version of transformers in its /meta."""
    with opened(end.url, asked.timeout) as endpoint:
        try:
            seen = preflight(endpoint, asked.wait, lambda: True)
        except Unusable as problem:
            raise UserError(f"{problem}{_meant_collection(end.url)}") from problem
        yield endpoint, vendor.transformers_of(seen.meta.json())


def _meant_collection(url: str) -> str:
    """How to name a collection, if there is a Weaviate server at the URL's host; else empty."""
    parts = urlsplit(url)
    root = parts._replace(path="").geturl()
    with opened(root, LOOK) as server:
        seen = server.get(WEAVIATE_META)
    if not any(each.fits(seen) for each in known() if each.path == WEAVIATE_META):
        return ""
    path = re.sub("/(v1|schema|objects)(?=/|$)", "", parts.path).strip("/")
    address, name = without_password(root), path.partition("/")[0] or "COLLECTION"
    return (
        f"; to compare a collection of the Weaviate server at {address}, "
        f"write {COLLECTION}{address}/{name}"
    )


@contextmanager
def _stored(end: End, asked: Asked) -> Iterator[tuple[Collection, list[StoredObject]]]:
    with closing(Rest(server_at(end.weaviate))) as rest:
        found = open_collection(rest, end.collection, asked.tenant)
        yield found, found.objects(asked.sample, asked.vector)


def _collection_and_endpoint(old: End, new: End, asked: Asked) -> Answer:
    """Compare stored objects with the endpoint's current vectors for their fields."""
    stored_end, other = (old, new) if old.weaviate else (new, old)
    if other.recording:
        raise UserError(
            f"{other.name} does not contain the objects in {stored_end.name}: compare a collection "
            "with an endpoint, or with another collection"
        )
    with _stored(stored_end, asked) as (collection, stored):
        named = replace(stored_end, collection=_full_name(collection))
        with _endpoint(other, asked) as (endpoint, transformers), progress(len(stored)) as tell:
            again = reencode(stored, endpoint, tell)
    if not again.objects:
        why = next(iter(again.refused.values()), "")
        raise UserError(f"nothing was compared: {other.name} rejected every object: {why}")
    today = [Comparison(again.pairs(), "objects", named.name)]
    left_out = [f"{name}: {why}" for name, why in again.refused.items()]
    side = Side(other.name, transformers=transformers)
    ends = (Side(named.name), side) if old.weaviate else (side, Side(named.name))
    why = "" if today[0].close else explanation(again)
    return Answer(*ends, today, again.searches(), (), left_out, asked.model, why)


def _full_name(collection: Collection) -> str:
    tenant = f" (tenant {collection.tenant})" if collection.tenant else ""
    return f"{collection.name}{tenant}"


def _two_collections(old: End, new: End, asked: Asked) -> Answer:
    """Compare the stored vectors of objects with the same id in both; nothing is encoded."""
    with _stored(old, asked) as (_, there), _stored(new, asked) as (_, here):
        rows = [{each.name: each.vector for each in side} for side in (here, there)]
    pairs = similarity.pairs(rows[0], rows[1])
    if not pairs:
        raise UserError(
            f"nothing was compared: the first {asked.sample} objects of {old.name} and of "
            f"{new.name} have no ID in common; a larger --sample N may help"
        )
    compared = Comparison(pairs, "objects", old.name)
    alone = len(rows[0].keys() ^ rows[1].keys())
    left_out = [f"{alone} vectors of objects that only one collection contains"] if alone else []
    return Answer(Side(old.name), Side(new.name), [compared], None, (), left_out, asked.model)
