"""The items that a comparison encodes, and recordings of their vectors in a file."""

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from importlib.metadata import version
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn
from rich.progress import Progress as Bar

from conformance.comparison.similarity import Agreement, agreement
from conformance.corpus import drawings, image_files, photographs, texts
from conformance.data.messages import UserError, one_line
from conformance.data.models import Model
from conformance.data.tolerances import Array
from conformance.exact import items
from conformance.expect import Nonconformity, vectors
from conformance.transport.exchange import Exchange, without_password

FORMAT = 1
MOST_UNANSWERED = 3
"""Number of consecutive items without a response after which the recording is aborted."""
DRAWN = 8
SIZE = 224
Progress = Callable[[str], None]
Send = Callable[[Sequence[str], Sequence[bytes]], Exchange]
"""POSTs one request with these texts and images."""


class BadSnapshot(UserError):
    """The file was not written by `write`."""


class NoAnswers(UserError):
    """Several consecutive items had no response at all."""


@dataclass(frozen=True)
class Inputs:
    """Items by name; a name contains a digest of the content, so equal names mean equal items."""

    texts: Mapping[str, str]
    images: Mapping[str, bytes]


@cache
def inputs() -> Inputs:
    """The items of every comparison."""
    named = {f"text {each.id}": each.text for each in (*texts.real(), *texts.edge())}
    captions = zip(photographs.names(), photographs.captions("en"), strict=True)
    named |= {f"caption {name}": caption for name, caption in captions}
    named |= {"text of 500 words": texts.long(500)}
    return Inputs(
        {_name(name, text.encode()): text for name, text in named.items()},
        {_name(name, content): content for name, content in _images().items()},
    )


def _images() -> dict[str, bytes]:
    shown = drawings.combinations()[:: len(drawings.combinations()) // DRAWN]
    seed = drawings.HELD_OUT_SEEDS[0]
    found = {
        f"drawing {each}": image_files.save(drawings.draw(each, seed, SIZE), "PNG")
        for each in shown
    }
    names = photographs.names() if photographs.available() else ()
    found |= {f"photograph {name}": photographs.raw(name) for name in names}
    encoded = items.modes() | items.formats() | items.shipped()
    found |= {f"encoding {name}": content for name, content in encoded.items()}
    return found | {
        f"size {name}": content for name, content in image_files.extreme_sizes().items()
    }


def _name(name: str, content: bytes) -> str:
    return f"{name} #{hashlib.sha256(content).hexdigest()[:8]}"


@dataclass(frozen=True)
class Snapshot:
    """Vectors (d,) by the name of their input."""

    source: str
    texts: Mapping[str, Array]
    images: Mapping[str, Array]
    refused: Mapping[str, str] = field(default_factory=dict)
    """Inputs without a vector, each with the response in one line."""
    model: str = ""
    """The tag that a recording was made with; empty if unknown."""
    transformers: str = ""
    """The version from GET /meta, which the vendor's container reports."""

    def told(self, place: Path, notes: Iterable[str]) -> str:
        """A summary of what was recorded at `place` and what was left out, and these notes."""
        first = f"{len(self.texts)} texts and {len(self.images)} images recorded in {place}"
        left_out = (
            f"left out because it was rejected: {name}: {why}" for name, why in self.refused.items()
        )
        return "\n".join((first, *left_out, *(f"note: {note}" for note in notes)))


def ask(
    source: str, send: Send, wanted: Inputs, progress: Progress = lambda _name: None
) -> Snapshot:
    """The vectors of the items, each sent alone, so that they do not depend on other items.

    A rejected item is noted and left out, since no service accepts all of them. Raises NoAnswers.
    """
    sent: list[tuple[str, list[str], list[bytes]]]
    sent = [(name, [text], []) for name, text in wanted.texts.items()]
    sent += [(name, [], [image]) for name, image in wanted.images.items()]
    texts: dict[str, Array] = {}
    images: dict[str, Array] = {}
    refused: dict[str, str] = {}
    answers = Answers("items")
    for name, some, shown in sent:
        progress(name)
        exchange = answers.counted(send(some, shown))
        try:
            got = vectors(exchange, len(some), len(shown))
        except Nonconformity as problem:
            refused[name] = one_line(problem.got)
            continue
        texts.update((name, row) for row in got.texts.vectors)
        images.update((name, row) for row in got.images.vectors)
    return Snapshot(without_password(source), texts, images, refused)


@dataclass
class Answers:
    """Counts consecutive requests without any response."""

    what: str
    """What each request sends, in the plural."""
    unanswered: int = 0

    def counted(self, exchange: Exchange) -> Exchange:
        """The next exchange. Raises NoAnswers if there have been too many without a response."""
        self.unanswered = self.unanswered + 1 if exchange.failure else 0
        if self.unanswered == MOST_UNANSWERED:
            last = one_line(exchange.summary())
            raise NoAnswers(f"{self.unanswered} {self.what} in a row got no response: {last}")
        return exchange


def other_dimension(side: Snapshot, model: Model | None) -> Iterator[str]:
    """Report vectors that have none of the model's published dimensions."""
    published = (model.documented_dimension, model.checkpoint_dimension) if model else ()
    known = {dimension for dimension in published if dimension}
    seen = {len(vector) for vector in (*side.texts.values(), *side.images.values())}
    if model and known and not seen & known:
        has, wanted = (" or ".join(map(str, sorted(each))) for each in (seen, known))
        yield (
            f"{side.source} has {has}-dimensional vectors, but the vectors of {model.tag} "
            f"have {wanted} dimensions"
        )


def searches(here: Snapshot, there: Snapshot) -> Agreement | None:
    """The texts as queries over the images that both have; None if there are too few."""
    texts = [name for name in here.texts if name in there.texts]
    images = [name for name in here.images if name in there.images]
    return agreement(
        ([here.texts[name] for name in texts], [there.texts[name] for name in texts]),
        ([here.images[name] for name in images], [there.images[name] for name in images]),
    )


@contextmanager
def progress(total: int) -> Iterator[Progress]:
    """A progress bar on stderr; call the function that it yields with each item's name."""
    item = TextColumn("{task.fields[item]}")
    columns = (TextColumn("encoding"), BarColumn(), MofNCompleteColumn(), item)
    console = Console(stderr=True)
    with Bar(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task("", total=total, item="")
        yield lambda name: bar.update(task, advance=1, item=name)


def write(recording: Snapshot, path: Path) -> None:
    """Write a recording as JSON, with full float32 precision. Raises UserError."""
    document = {
        "format": FORMAT,
        "suite": version("multi2vec-clip-conformance"),
        "source": recording.source,
        "model": recording.model,
        "transformers": recording.transformers,
        "texts": {name: _numbers(vector) for name, vector in recording.texts.items()},
        "images": {name: _numbers(vector) for name, vector in recording.images.items()},
        "refused": dict(recording.refused),
    }
    try:
        path.write_text(json.dumps(document, ensure_ascii=False) + "\n", encoding="utf-8")
    except OSError as problem:
        raise UserError(f"cannot write {path}: {problem.strerror}") from problem


def read(path: Path) -> Snapshot:
    """The recording in a file; raises BadSnapshot."""
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
        if document["format"] != FORMAT:
            raise BadSnapshot(f"{path} has format {document['format']}; this suite reads {FORMAT}")
        texts, images = (
            {name: np.asarray(row, dtype=np.float32) for name, row in document[kind].items()}
            for kind in ("texts", "images")
        )
        # Earlier recordings lack these: they stopped at the first rejection.
        refused = {name: str(why) for name, why in document.get("refused", {}).items()}
    except OSError as problem:
        raise BadSnapshot(f"no recording at {path}: {problem.strerror}") from problem
    except (ValueError, KeyError, TypeError, AttributeError) as problem:
        if isinstance(problem, BadSnapshot):
            raise
        raise BadSnapshot(f"{path} was not written by clip-conformance record") from problem
    model, transformers = (str(document.get(key, "")) for key in ("model", "transformers"))
    return Snapshot(str(path), texts, images, refused, model, transformers)


def _numbers(vector: Array) -> list[float]:
    # Nine significant digits are enough to tell any two float32 apart.
    return [float(f"{number:.9g}") for number in vector]
