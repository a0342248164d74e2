"""Inspect an endpoint: its probes, /meta, one text and one image."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median
from urllib.parse import urlsplit

from conformance.corpus import image_files
from conformance.data import timeouts
from conformance.data.messages import one_line
from conformance.data.models import Model
from conformance.doctor.diagnosis import Diagnosis
from conformance.transport.endpoint import LIVE, META, READY, VECTORIZE, Endpoint
from conformance.transport.exchange import Exchange, FailureKind, without_password
from conformance.transport.go_reader import GoParseError, GoResponse, read, read_meta
from conformance.transport.readiness import recognise

PROBES = 3
PROBE_TIMEOUT = 5.0
"""Seconds: longer than the callers' own limits, so that late responses are still seen."""
FORBIDDEN = (401, 403, 407)
UNKNOWN_HOST = ("name or service not known", "nodename nor servname", "name resolution")
TEXT = "a red circle"
LACKING = {
    "text": "inputs are not equal to vectors returned",
    "image": "empty vector",
}
"""Weaviate's messages if a vector is missing."""
CUT = "without sending complete message body"
TOO_EARLY = 503


OWN_ERRORS = {
    "no kernel image": "cuda-no-kernel",
    "invalid device function": "cuda-no-kernel",
    "cuda out of memory": "cuda-memory",
    "cuda error: out of memory": "cuda-memory",
    "cublas_status_alloc_failed": "cuda-memory",
    "mps backend out of memory": "cuda-memory",
    "driver version is insufficient": "cuda-driver",
    "driver on your system is too old": "cuda-driver",
    "found no nvidia driver": "cuda-driver",
    "no cuda gpus are available": "cuda-driver",
    "no cuda-capable device": "cuda-driver",
    "not compiled with cuda": "cuda-driver",
    "busy or unavailable": "cuda-driver",
    "device-side assert": "cuda-broken",
    "illegal memory access": "cuda-broken",
    "unspecified launch failure": "cuda-broken",
    "cublas_status": "cuda-broken",
    "cudnn_status": "cuda-broken",
    "cuda error": "cuda-broken",
    "can't allocate memory": "memory",
    "cannot allocate memory": "memory",
    "memoryerror": "memory",
    "out of memory": "memory",
}
"""Well-known messages in lowercase, the most specific first, with the advice for each."""
COSTLY = 0.5
"""Seconds for one text above which the fixed cost of a request is examined."""
SEVERAL = 8
NO_LONGER = 1.25
"""If several texts take at most this factor of one text's time, the request is what costs."""


@dataclass(frozen=True)
class OwnError:
    """A failure inside the service that the request did not cause."""

    id: str
    """The id of the advice."""
    kind: str
    status: int
    error: str


@dataclass(frozen=True)
class Item:
    """One encoded text or image: its dimension, and seconds on a warm connection."""

    dimension: int
    seconds: float


def examine_probes(endpoint: Endpoint, found: Diagnosis) -> bool:
    """Examine the probes; False if it makes no sense to send anything else."""
    first = endpoint.get(READY, timeout=PROBE_TIMEOUT)
    if first.failure:
        _unreachable(first, found)
        return False
    if not 200 <= first.status <= 299:
        return _not_ready(endpoint, first, found)
    _ready(endpoint, first, found)
    _live(endpoint, found)
    return True


def _unreachable(seen: Exchange, found: Diagnosis) -> None:
    failure = str(seen.failure)
    found.note("ready", failure)
    facts = {**address_facts(seen.url.removesuffix(READY)), "failure": failure, "path": READY}
    if any(words in failure.lower() for words in UNKNOWN_HOST):
        found.problem("no-such-host", **facts)
    elif seen.failed_by(FailureKind.NO_CONNECTION):
        found.problem("nothing-listens", **facts)
    else:
        found.problem("no-answer", **facts)


def address_facts(url: str) -> dict[str, str]:
    """The parts of a URL used in advice: `url`, `host` and `address`, without a password."""
    parts = urlsplit(url)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    host = parts.hostname or ""
    return {"url": without_password(url), "host": host, "address": f"{host}:{port}"}


def _not_ready(endpoint: Endpoint, seen: Exchange, found: Diagnosis) -> bool:
    facts = {**address_facts(endpoint.client.url), "status": seen.status}
    found.note("ready", f"status {seen.status}")
    if 300 <= seen.status <= 399:
        location = without_password(seen.headers.get("location", "nowhere"))
        found.problem("redirect", path=READY, location=location, **facts)
        return False
    if seen.status >= 500:
        found.problem("not-ready", **facts)
        return False
    service = recognise(endpoint)
    if service is not None:
        found.problem("other-service", name=service.name, hint=service.hint, **facts)
        return False
    if seen.status in FORBIDDEN:
        found.problem("forbidden", path=READY, error="", **facts)
        return False
    found.problem("no-ready-route", **facts)
    return True


def _ready(endpoint: Endpoint, first: Exchange, found: Diagnosis) -> None:
    again = [endpoint.get(READY, timeout=PROBE_TIMEOUT) for _ in range(PROBES - 1)]
    # Weaviate tries again every second, so a single slow response is not a problem.
    usual = median(exchange.seconds for exchange in [first, *again])
    found.note("ready", f"status {first.status}, {_milliseconds(usual)}")
    if usual > timeouts.READY_TIMEOUT:
        facts = address_facts(endpoint.client.url)
        found.problem("slow-ready", seconds=f"{usual:.1f}", **facts)


def _live(endpoint: Endpoint, found: Diagnosis) -> None:
    live = endpoint.get(LIVE, timeout=PROBE_TIMEOUT)
    if live.failure:
        found.note("live", str(live.failure))
    else:
        found.note("live", f"status {live.status}, {_milliseconds(live.seconds)}")
    if live.failure or live.seconds > timeouts.LIVE_TIMEOUT:
        found.problem("slow-live", seconds=f"{live.seconds:.1f}")
    elif not 200 <= live.status <= 399:
        found.problem("no-live-route", status=live.status)


def _milliseconds(seconds: float) -> str:
    return f"{seconds * 1000:.0f} ms"


def examine_meta(endpoint: Endpoint, found: Diagnosis) -> dict[str, object]:
    """The contents of GET /meta; empty if Weaviate could not read it."""
    seen = endpoint.get(META)
    try:
        document = {} if seen.failure else read_meta(seen.body)
    except GoParseError as problem:
        found.note("meta", f"status {seen.status}")
        found.problem("bad-meta", failure=one_line(str(problem)))
        return {}
    if seen.failure:
        found.problem("bad-meta", failure=str(seen.failure))
        return {}
    names = ", ".join(
        f"{name} {_shown(value)}" for name, value in document.items() if _plain(value)
    )
    found.note("meta", one_line(names or f"{len(document)} entries"))
    return document


def _plain(value: object) -> bool:
    return isinstance(value, str | int | float) and value != ""


def _shown(value: object) -> str:
    # Go, and therefore the reader, converts every number to a float.
    return f"{value:g}" if isinstance(value, float) else str(value)


def examine_items(endpoint: Endpoint, model: Model | None, found: Diagnosis) -> dict[str, Item]:
    """Send one text and one image twice each, timing the second, and then several texts."""
    items = {}
    own_errors: list[OwnError] = []
    for kind in ("text", "image"):
        item = _item(endpoint, kind, found, own_errors)
        if item is not None:
            found.note(f"one {kind}", f"{item.dimension} numbers, {item.seconds * 1000:.0f} ms")
            items[kind] = item
    _tell(own_errors, found)
    _compare_dimensions(items, model, found)
    if "text" in items and items["text"].seconds > COSTLY:
        _fixed_cost(endpoint, items["text"].seconds, found)
    return items


def _fixed_cost(endpoint: Endpoint, one: float, found: Diagnosis) -> None:
    """Check whether a text is slow because of its request: several then take no longer."""
    seen = send(endpoint, "text", SEVERAL)
    if seen.succeeded and seen.seconds < one * NO_LONGER:
        many = f"{seen.seconds:.1f}"
        found.problem("fixed-cost", one=f"{one:.1f}", count=SEVERAL, many=many)


def _tell(errors: Sequence[OwnError], found: Diagnosis) -> None:
    """Report one problem for the service's error, even if several requests failed with it."""
    by_id: dict[str, list[OwnError]] = {}
    for each in errors:
        by_id.setdefault(each.id, []).append(each)
    for id_, same in by_id.items():
        what = " and ".join(f"one {each.kind}" for each in same)
        found.problem(id_, what=what, status=same[0].status, error=same[0].error)


def send(endpoint: Endpoint, kind: str, count: int = 1) -> Exchange:
    """A request with `count` texts or images of one kind."""
    if kind == "text":
        return endpoint.vectorize(texts=[TEXT] * count)
    return endpoint.vectorize(images=[image_files.good_image(number) for number in range(count)])


def _item(
    endpoint: Endpoint, kind: str, found: Diagnosis, own_errors: list[OwnError]
) -> Item | None:
    response = _read(endpoint, send(endpoint, kind), kind, found, own_errors)
    if response is None:
        return None
    rows = response.text_vectors if kind == "text" else response.image_vectors
    if len(rows) != 1:
        got = f"{len(response.text_vectors)} text and {len(response.image_vectors)} image vectors"
        found.problem("wrong-rows", kind=kind, got=got, words=LACKING[kind])
        return None
    if not len(rows[0]):
        found.problem("wrong-rows", kind=kind, got="a vector without numbers", words="nothing")
        return None
    return Item(len(rows[0]), send(endpoint, kind).seconds)


def _read(
    endpoint: Endpoint, seen: Exchange, kind: str, found: Diagnosis, own_errors: list[OwnError]
) -> GoResponse | None:
    facts: dict[str, object] = {**address_facts(endpoint.client.url)}
    facts.update(kind=kind, status=seen.status)
    if seen.failure:
        _broken(endpoint, seen, facts, found)
        return None
    if 300 <= seen.status <= 399:
        location = one_line(seen.headers.get("location", "nowhere"))
        found.problem("redirect", path=VECTORIZE, location=location, **facts)
        return None
    service = recognise(endpoint) if seen.status in (404, 405) else None
    if service is not None:
        found.problem("other-service", name=service.name, hint=service.hint, **facts)
        return None
    try:
        response = read(seen.status, seen.body)
    except GoParseError as problem:
        failure = f"{one_line(str(problem))}{_encoding(seen)}"
        found.problem("unreadable", failure=failure, **facts)
        return None
    if response.failure is not None:
        error = one_line(response.error) or "(no error)"
        if seen.status >= 500 and seen.status != TOO_EARLY:
            own_errors.append(OwnError(_known_error(response.error), kind, seen.status, error))
        else:
            _refused(error, facts, found)
        return None
    return response


def _known_error(error: str) -> str:
    """The id of the advice for a service's own error."""
    small = error.lower()
    return next((id_ for words, id_ in OWN_ERRORS.items() if words in small), "server-error")


def _refused(error: str, facts: dict[str, object], found: Diagnosis) -> None:
    if facts["status"] in FORBIDDEN:
        found.problem("forbidden", path=VECTORIZE, error=error, **facts)
    elif facts["status"] == TOO_EARLY:
        found.problem("ready-too-early", error=error, **facts)
    else:
        found.problem("refused", error=error, **facts)


def _broken(endpoint: Endpoint, seen: Exchange, facts: dict[str, object], found: Diagnosis) -> None:
    failure = str(seen.failure)
    if seen.failed_by(FailureKind.TIMED_OUT):
        waited = f"{endpoint.client.timeout:g}"
        found.problem("no-vectorize", failure=failure, timeout=waited, **facts)
        return
    lost = f'send POST request: Post "{facts["url"]}/vectorize": EOF'
    said = "read response body: unexpected EOF" if CUT in failure else lost
    found.problem("broken-off", failure=failure, said=said, **facts)


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
