"""Send an endpoint a few texts and images, and examine the responses and their vectors."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from PIL import Image

from conformance.corpus import image_files
from conformance.data.messages import one_line
from conformance.data.models import Model
from conformance.data.tolerances import ACROSS_REQUESTS, DIFFERENT
from conformance.doctor.diagnosis import Diagnosis, Problem, advice, known_error
from conformance.doctor.endpoint import (
    FORBIDDEN,
    GATEWAY,
    TEXT,
    address_facts,
    is_page,
    page_of,
    shown_body,
)
from conformance.transport.endpoint import VECTORIZE, Endpoint, Items
from conformance.transport.exchange import Exchange, FailureKind
from conformance.transport.go_reader import GoParseError, GoResponse, Vector, holds_null, read
from conformance.transport.readiness import recognize

KINDS = ("text", "image")
OTHER_TEXT = "seven blue squares in a row"
LACKING = {
    "text": "inputs are not equal to vectors returned",
    "image": "empty vector",
}
"""Weaviate's messages if a vector is missing."""
CUT = "without sending complete message body"
COSTLY = 0.5
"""If one text takes longer than this, in seconds, the fixed cost of a request is examined."""
SEVERAL = 8
FEW = 3
"""Number of texts then sent together, to see whether they take longer than one."""
NO_LONGER = 1.25
"""If several texts take at most this multiple of one text's time, the cost is per request."""
SLOW_FIRST = 3.0
"""Seconds for the first request of a kind, if it also takes five times as long as the next one."""
QUICK = 2.0
"""If an item takes at most this many seconds, several are sent, and a large image."""
SLOW = 6.0
"""Seconds for an item above which four sequential ones come near Weaviate's limit of 50 s."""
LARGE = 900
"""Side in pixels of an image whose request is 3.2 MB: more than many servers accept."""
BY_STATUS = {413: "too-large", 429: "too-many", 503: "ready-too-early"} | {
    status: f"gateway-{status}" for status in GATEWAY
}


@dataclass(frozen=True)
class Item:
    """One encoded text or image: its dimension, and seconds on a warm connection."""

    dimension: int
    seconds: float


class ItemsDoctor:
    """Sends items to one endpoint; a problem that texts and images share is reported once."""

    def __init__(self, endpoint: Endpoint, found: Diagnosis) -> None:
        self.endpoint = endpoint
        self.found = found
        self._problems: dict[Problem, tuple[str, list[str], Mapping[str, object]]] = {}

    def examine(self, model: Model | None) -> dict[str, Item]:
        """Examine one text and one image, and more of each if they are encoded."""
        items = {kind: item for kind in KINDS if (item := self._item(kind)) is not None}
        for kind, item in items.items():
            seconds = f"{item.seconds * 1000:.0f} ms"
            self.found.note(f"one {kind}", f"{item.dimension} numbers, {seconds}")
            if item.seconds * SEVERAL < self.endpoint.client.timeout / 2:
                self._at_once(kind)
            elif item.seconds > SLOW:
                took = {"one": f"{item.seconds:.0f}", "four": f"{4 * item.seconds:.0f}"}
                self._problem("slow", f"one {kind}", **took)
        if "image" in items and items["image"].seconds < QUICK:
            self._large_image()
        for id_, what, facts in self._problems.values():
            self.found.problem(id_, **{**facts, "what": " and ".join(what)})
        _compare_dimensions(items, model, self.found)
        if "text" in items and items["text"].seconds > COSTLY:
            self._fixed_cost(items["text"].seconds)
        return items

    def _problem(self, id_: str, what: str, **facts: object) -> None:
        facts = {**address_facts(self.endpoint.client.url), "path": VECTORIZE, "what": "", **facts}
        # The position of a mistake in the body differs between a text and an image.
        alike = {**facts, "failure": re.sub(r"\d+", "", str(facts.get("failure", "")))}
        same = self._problems.setdefault(advice(id_, alike), (id_, [], facts))
        same[1].append(what)

    def _item(self, kind: str) -> Item | None:
        what = f"one {kind}"
        first = send(self.endpoint, kind)
        again = send(self.endpoint, kind) if first.failed_by(FailureKind.TIMED_OUT) else first
        response = self._read(again if again.succeeded else first, what)
        rows = self._rows(kind, what, response)
        if not rows:
            return None
        second = send(self.endpoint, kind)
        self._pause(what, first, second)
        self._numbers(kind, rows[0], again, second)
        return Item(len(rows[0]), second.seconds)

    def _rows(self, kind: str, what: str, response: GoResponse | None) -> list[Vector]:
        """The vector; an empty list after a problem."""
        if response is None:
            return []
        rows = _of(kind, response)
        texts, images = len(response.text_vectors), len(response.image_vectors)
        got = f"{texts} text and {images} image vectors"
        if len(rows) == 1 and len(rows[0]):
            return rows
        one = len(rows) == 1
        said = "nothing" if one else LACKING[kind]
        self._problem("wrong-rows", what, got="an empty vector" if one else got, said=said)
        return []

    def _pause(self, what: str, first: Exchange, second: Exchange) -> None:
        slow = first.seconds > max(SLOW_FIRST, 5 * second.seconds)
        if slow and second.succeeded:
            took = "more than " if first.failure else ""
            times = {"first": f"{took}{first.seconds:.1f} s", "second": f"{second.seconds:.2f} s"}
            self._problem("slow-first", what, **times)

    def _numbers(self, kind: str, vector: Vector, first: Exchange, second: Exchange) -> None:
        """Examine whether the vector depends on its item, and on nothing else."""
        what = f"one {kind}"
        if holds_null(first.body):
            self._problem("no-numbers", what, got="the vector contains null")
        elif not vector.any():
            self._problem("no-numbers", what, got="all numbers of the vector are 0")
        elif _apart(vector, _vector(kind, second)) > ACROSS_REQUESTS:
            self._problem("unstable", what)
        elif _apart(vector, _vector(kind, send(self.endpoint, kind, other=True))) < DIFFERENT:
            self._problem("same-vector", what)

    def _large_image(self) -> None:
        noise = np.random.default_rng(0).integers(0, 256, (LARGE, LARGE, 3), np.uint8)
        content = image_files.save(Image.fromarray(noise), "PNG")
        what = f"an image of {len(content) / 1e6:.1f} MB"
        seen = self.endpoint.vectorize(images=[content])
        if seen.failure and not seen.failed_by(FailureKind.TIMED_OUT):
            url = self.endpoint.client.url
            said = f'send POST request: Post "{url}/vectorize": EOF'
            self._problem("large-image", what, error=str(seen.failure), said=said)
        elif self._read(seen, what) is not None:
            self.found.note(what, f"{seen.seconds * 1000:.0f} ms")

    def _at_once(self, kind: str) -> None:
        """Send as many requests in parallel as Weaviate does with four processors."""
        work = self.endpoint.requests([_items(kind)] * SEVERAL)
        seen = self.endpoint.client.send_all(work)
        failed = [each for each in seen if not each.succeeded]
        if failed:
            what = f"{SEVERAL} parallel requests for one {kind}"
            self._problem("at-once", what, count=len(failed), error=_error(failed[0]))

    def _fixed_cost(self, one: float) -> None:
        """Report a text that is slow only because of the cost of each request."""
        count = SEVERAL if one < QUICK else FEW
        seen = self.endpoint.post(Items([TEXT] * count).body())
        if seen.succeeded and seen.seconds < one * NO_LONGER:
            many = f"{seen.seconds:.1f}"
            self.found.problem("fixed-cost", one=f"{one:.1f}", count=count, many=many)

    def _read(self, seen: Exchange, what: str) -> GoResponse | None:
        """The response as Weaviate reads it; None after a problem."""
        if seen.failure:
            self._broken(seen, what)
            return None
        if 300 <= seen.status <= 399:
            location = one_line(seen.headers.get("location", "nowhere"))
            self._problem("redirect", what, location=location, status=seen.status)
            return None
        service = recognize(self.endpoint) if seen.status in (404, 405) else None
        if service is not None:
            facts = {"name": service.name, "hint": service.hint, "status": seen.status}
            self._problem("other-service", what, **facts)
            return None
        try:
            response = read(seen.status, seen.body)
        except GoParseError as problem:
            self._unreadable(seen, what, one_line(str(problem)))
            return None
        if response.failure is not None:
            self._failed(seen, what, one_line(response.error))
            return None
        return response

    def _broken(self, seen: Exchange, what: str) -> None:
        failure, url = str(seen.failure), address_facts(self.endpoint.client.url)["url"]
        if seen.failed_by(FailureKind.TIMED_OUT):
            waited = f"{self.endpoint.client.timeout:g}"
            self._problem("no-vectorize", what, failure=failure, timeout=waited)
            return
        lost = f'send POST request: Post "{url}/vectorize": EOF'
        said = "read response body: unexpected EOF" if CUT in failure else lost
        self._problem("broken-off", what, failure=failure, said=said)

    def _unreadable(self, seen: Exchange, what: str, failure: str) -> None:
        said = f"failed to parse vectorization response (status {seen.status}): ..."
        id_ = BY_STATUS.get(seen.status, "") if seen.status != 503 else ""
        id_ = id_ or known_error(failure)
        if not id_ and seen.status >= 500:
            id_ = "server-page"
        if not id_:
            id_ = "page" if is_page(seen) else "unreadable"
        facts = {"failure": f"{failure}{_encoding(seen)}", "page": page_of(seen)}
        error = "NaN or Infinity in its JSON" if id_ == "not-finite" else shown_body(seen)
        self._problem(id_, what, status=seen.status, error=error or "(empty)", said=said, **facts)

    def _failed(self, seen: Exchange, what: str, error: str) -> None:
        """A failure in the form that Weaviate reads."""
        id_ = BY_STATUS.get(seen.status, "")
        if seen.status in FORBIDDEN:
            id_ = "forbidden"
        if not id_:
            id_ = (known_error(error) or "server-error") if seen.status >= 500 else "refused"
        said = f"fail with status {seen.status}: {error}"
        shown = error or "(no error)"
        self._problem(id_, what, status=seen.status, error=shown, said=said, page="")


def send(endpoint: Endpoint, kind: str, count: int = 1, *, other: bool = False) -> Exchange:
    """A request with `count` texts or images of one kind, or with one other item."""
    sent = _items(kind, count, other=other)
    return endpoint.vectorize(sent.texts, sent.images)


def _items(kind: str, count: int = 1, *, other: bool = False) -> Items:
    if kind == "text":
        return Items([OTHER_TEXT if other else TEXT] * count)
    numbers = range(int(other), int(other) + count)
    return Items((), [image_files.good_image(number) for number in numbers])


def _error(seen: Exchange) -> str:
    """What a failed exchange says, in one line."""
    if seen.failure:
        return str(seen.failure)
    document = seen.json()
    error = document.get("error") if isinstance(document, Mapping) else None
    return f"status {seen.status}: {one_line(error) if error else shown_body(seen)}"


def _of(kind: str, response: GoResponse) -> list[Vector]:
    return response.text_vectors if kind == "text" else response.image_vectors


def _vector(kind: str, seen: Exchange) -> Vector | None:
    """The vector in a response; None if there is none."""
    try:
        rows = _of(kind, read(seen.status, seen.body)) if seen.succeeded else []
    except GoParseError:
        return None
    return rows[0] if len(rows) == 1 else None


def _apart(one: Vector, other: Vector | None) -> float:
    """The distance between two vectors' directions; nan if they cannot be compared."""
    if other is None or len(one) != len(other) or not (one.any() and other.any()):
        return float("nan")
    units = [each / np.linalg.norm(each) for each in (one, other)]
    return float(np.linalg.norm(units[0] - units[1]))


def _encoding(seen: Exchange) -> str:
    name = one_line(seen.headers.get("content-encoding", "identity"))
    return "" if name in ("identity", "gzip") else f" (it is {name}, and only gzip is read)"


def _compare_dimensions(items: dict[str, Item], model: Model | None, found: Diagnosis) -> None:
    widths = {kind: item.dimension for kind, item in items.items()}
    if len(set(widths.values())) > 1:
        found.problem("two-dimensions", texts=widths["text"], images=widths["image"])
    elif model is not None and widths:
        published = {model.documented_dimension, model.checkpoint_dimension} - {None}
        got = next(iter(widths.values()))
        if published and got not in published:
            expected = " or ".join(map(str, sorted(filter(None, published))))
            found.problem("wrong-dimension", got=got, tag=model.tag, expected=expected)
