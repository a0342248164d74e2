"""Find out why a valid request was refused: by chance, or because it asks for too much.

The request is sent again, then in halves, until it is as small as possible while both of its halves
are served. Then other items are sent in the same number, in twice the number, and as the same
letters in two texts. If only the number or the size of the items matters, the items are not to
blame.
"""

import json
from collections import Counter, defaultdict
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from PIL import Image

from conformance.corpus.image_files import encoded, save
from conformance.expect.nonconformity import Cause, CauseKind, response_signature
from conformance.transport.endpoint import Endpoint
from conformance.transport.exchange import Exchange
from conformance.transport.pace import TooMuch

Item = tuple[str, str]
"""The kind, and the text or the image in base64."""
KINDS: Final = ("texts", "images")
FEWEST: Final = 3
"""A limit below this is none: such an endpoint takes no lists."""
LARGE_BODY: Final = 50_000
"""Bytes from which on a body may be too large."""
NEAR: Final = 1.01
"""How near a size that is refused is to one that is served."""
MOST_TRIES: Final = 3
"""Refusals of one signature that are looked into in vain."""


@dataclass(frozen=True)
class Limit:
    """From which number of items, or bytes of a body, on requests are refused."""

    cause: CauseKind
    kind: str
    """What a finding says that there are too many of."""
    counted: str = ""
    """What counts: texts, images; empty for both."""
    number: int = 0
    size: int = 0
    words: str = ""

    def explains(self, items: list[Item], size: int) -> bool:
        """Whether a request of these items is as large."""
        if self.size:
            return size >= self.size
        return sum(self.counted in ("", kind) for kind, _ in items) >= self.number


class ItemLimits:
    """What is known of an endpoint's limits, each found by a few requests."""

    def __init__(self, endpoint: Endpoint) -> None:
        self._endpoint = endpoint
        self._tries: Counter[str] = Counter()
        self._limits: dict[str, list[Limit]] = defaultdict(list)
        """By the signature of the refusal."""

    def found(self, refused: Exchange) -> tuple[Cause, str] | None:
        """The cause of a refusal, and its description, where it is a limit of one request."""
        signature, items = response_signature(refused), items_of(refused.request_body)
        known = self._known(signature, items, refused)
        if known is None and self._tries[signature] < MOST_TRIES:
            with suppress(TooMuch):
                limit = self._look_into(items, len(refused.request_body))
                self._limits[signature] += [limit] if limit else []
                self._tries[signature] += limit is None
            known = self._known(signature, items, refused)
        if known is None:
            return None
        return Cause(known.cause, known.kind, signature), known.words

    def _known(self, signature: str, items: list[Item], refused: Exchange) -> Limit | None:
        size = len(refused.request_body)
        limits = self._limits[signature]
        return next((each for each in limits if each.explains(items, size)), None)

    def _look_into(self, items: list[Item], size: int) -> Limit | None:
        if size > LARGE_BODY and self._refuses_bytes(size):
            size = self._smallest_body(size)
            words = f"so is a short text in a body of {size} bytes"
            return Limit(CauseKind.TOO_LARGE, "", size=size, words=words)
        smallest = self._smallest(items)
        if len(smallest) < FEWEST:
            return None
        others = plain_items(smallest)
        if not self._serves(others):
            return self._of_number(others)
        if self._serves(as_heavy(smallest)):
            return None
        words = "each part of these is served: it is what they amount to in one request"
        return Limit(CauseKind.TOO_MANY, most(smallest), size=len(body_of(smallest)), words=words)

    def _refuses_bytes(self, size: int) -> bool:
        """Whether that many bytes are refused even for a single text or image."""
        return not any(self._serves_body(padded(_short(kind, 0), kind, size)) for kind in KINDS)

    def _smallest_body(self, refused: int) -> int:
        """About the number of bytes from which on a body is refused."""
        served = LARGE_BODY // 2
        while refused > served * NEAR:
            middle = (refused + served) // 2
            served, refused = (served, middle) if self._refuses_bytes(middle) else (middle, refused)
        return refused

    def _of_number(self, others: list[Item]) -> Limit | None:
        """A number from which on items of one kind, or of both together, are refused."""
        if self._serves([*others, *others, others[0]]):
            return None
        parts = {kind: [each for each in others if each[0] == kind] for kind, _ in others}
        refused = [kind for kind, part in parts.items() if not self._serves(part)]
        counted = refused[0] if len(refused) == 1 else ""
        number = len(parts[counted]) if counted else len(others)
        words = f"any {number} {counted or 'items'} are refused in one request, half of them served"
        return Limit(CauseKind.TOO_MANY, counted or most(others), counted, number, words=words)

    def _smallest(self, items: list[Item]) -> list[Item]:
        """A part that is refused while its halves are served; a single item that is refused."""
        while len(items) > 1:
            middle = len(items) // 2
            halves = (items[:middle], items[middle:])
            refused = next((half for half in halves if not self._serves(half)), None)
            if refused is None:
                return items
            items = refused
        return items

    def _serves(self, items: list[Item]) -> bool:
        texts = sum(kind == "texts" for kind, _ in items)
        self._endpoint.client.pace.admit([(texts, [b""] * (len(items) - texts))])
        return self._serves_body(body_of(items))

    def _serves_body(self, body: bytes) -> bool:
        return self._endpoint.post(body).succeeded


def most(items: list[Item]) -> str:
    """The kind of most of the items."""
    return max(KINDS, key=[kind for kind, _ in items].count)


def padded(item: str, kind: str, size: int) -> bytes:
    """A request of one item, with blanks before its end up to a size."""
    return body_of([(kind, item)])[:-1].ljust(size - 1) + b"}"


def items_of(body: bytes) -> list[Item]:
    """The items of a request; none if it is not a good one."""
    try:
        document = json.loads(body)
        lists = {kind: document.get(kind) or [] for kind in KINDS}
        items = [(kind, item) for kind, several in lists.items() for item in several]
    except (ValueError, TypeError, AttributeError, RecursionError):
        return []
    return items if all(isinstance(item, str) for _, item in items) else []


def body_of(items: list[Item]) -> bytes:
    """A request of these items."""
    kinds = dict.fromkeys(kind for kind, _ in items)
    lists = {kind: [item for each, item in items if each == kind] for kind in kinds}
    return json.dumps(lists, ensure_ascii=False).encode()


def plain_items(items: list[Item]) -> list[Item]:
    """As many short texts and tiny images, all different."""
    return [(kind, _short(kind, number)) for number, (kind, _) in enumerate(items)]


def _short(kind: str, number: int) -> str:
    if kind == "texts":
        return f"red {number}"
    return encoded(save(Image.new("RGB", (32, 32), (number % 256, 90, 200)), "PNG"))


def as_heavy(items: list[Item]) -> list[Item]:
    """The same letters in two texts; images that are all the largest one."""
    texts = [item for kind, item in items if kind == "texts"]
    images = [item for kind, item in items if kind == "images"]
    middle = (len(texts) + 1) // 2
    parts = [part for part in (texts[:middle], texts[middle:]) if part]
    largest = max(images, key=len, default="")
    return [*(("texts", " ".join(part)) for part in parts), *[("images", largest)] * len(images)]
