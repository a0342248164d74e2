"""Determine whether a valid request was rejected at random or because it exceeds a limit.

The request is sent again, then in halves, until it is as small as possible while both of its halves
are served. Then three other requests are sent: with as many different items, with twice as many,
and with the same letters in only two texts. If only the number or the size of the items matters,
the items are not to blame.
"""

import base64
import binascii
import json
from collections import defaultdict
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
"""The kind, and the text or the base64 image."""
KINDS: Final = ("texts", "images")
FEWEST: Final = 3
"""The smallest plausible limit: an endpoint that rejects fewer items does not accept lists."""
LARGE_BODY: Final = 50_000
"""Size in bytes above which a body may be too large."""
MOST_BYTES: Final = 16 * 2**20
"""Size in bytes up to which a body must be served (IMG-06)."""
NEAR: Final = 1.01
"""Maximum ratio between a size that is rejected and one that is served."""


@dataclass(frozen=True)
class Limit:
    """The number of items, or of bytes in a body, from which requests are rejected."""

    cause: CauseKind
    kind: str
    """The kind of which there are too many, for findings."""
    counted: str = ""
    """The kind that the limit counts: texts or images; empty for both."""
    number: int = 0
    size: int = 0
    words: str = ""

    def explains(self, items: list[Item], size: int) -> bool:
        """Whether a request with these items reaches the limit."""
        if self.size:
            return size >= self.size
        return sum(self.counted in ("", kind) for kind, _ in items) >= self.number


class ItemLimits:
    """The known limits of an endpoint, each found with a few requests."""

    def __init__(self, endpoint: Endpoint) -> None:
        self._endpoint = endpoint
        self._limits: dict[str, list[Limit]] = defaultdict(list)
        """Limits by the signature of the rejection."""

    def found(self, refused: Exchange, look: bool) -> tuple[Cause, str] | None:
        """The cause of a rejection and its description, if it is due to a limit on a request.

        Without `look`, only a limit that is already known is considered.
        """
        signature, items = response_signature(refused), items_of(refused.request_body)
        known = self._known(signature, items, refused)
        if known is None and look:
            with suppress(TooMuch, binascii.Error):
                limit = self._look_into(items, len(refused.request_body))
                self._limits[signature] += [limit] if limit else []
            known = self._known(signature, items, refused)
        if known is None:
            return None
        return Cause(known.cause, known.kind, signature), known.words

    def _known(self, signature: str, items: list[Item], refused: Exchange) -> Limit | None:
        size = len(refused.request_body)
        limits = self._limits[signature]
        return next((each for each in limits if each.explains(items, size)), None)

    def _look_into(self, items: list[Item], size: int) -> Limit | None:
        tried = min(size, MOST_BYTES)
        if size > LARGE_BODY and self._refuses_bytes(tried):
            size = self._smallest_body(tried)
            words = f"a short text in a body of {size} bytes is rejected too"
            return Limit(CauseKind.TOO_LARGE, "", size=size, words=words)
        smallest = self._smallest(items)
        if len(smallest) == 1:
            return None
        others = plain_items(smallest)
        if not self._serves(others):
            return self._of_number(others) if len(smallest) >= FEWEST else None
        if self._serves(as_heavy(smallest)):
            return None
        words = "each part of the request is served, but not the complete request"
        return Limit(CauseKind.TOO_MANY, most(smallest), size=len(body_of(smallest)), words=words)

    def _refuses_bytes(self, size: int) -> bool:
        """Whether a body of `size` bytes is rejected even with a single text or image."""
        return not any(self._serves_body(padded(_short(kind, 0), kind, size)) for kind in KINDS)

    def _smallest_body(self, refused: int) -> int:
        """The approximate number of bytes from which a body is rejected."""
        served = LARGE_BODY // 2
        while refused > served * NEAR:
            middle = (refused + served) // 2
            served, refused = (served, middle) if self._refuses_bytes(middle) else (middle, refused)
        return refused

    def _of_number(self, others: list[Item]) -> Limit | None:
        """The number of items of one kind, or of both kinds, from which requests are rejected."""
        if self._serves([*others, *others, others[0]]):
            return None
        parts = {kind: [each for each in others if each[0] == kind] for kind, _ in others}
        refused = [kind for kind, part in parts.items() if not self._serves(part)]
        counted = refused[0] if len(refused) == 1 else ""
        if not counted and any(
            self._serves(plain_items([(kind, "")] * len(others))) for kind in KINDS
        ):
            return None  # Rejected not for their number, but for having both kinds in one request.
        number = len(parts[counted]) if counted else len(others)
        words = (
            f"a request with {number} {counted or 'items'} is rejected, but one with half as many "
            "is served"
        )
        return Limit(CauseKind.TOO_MANY, counted or most(others), counted, number, words=words)

    def _smallest(self, items: list[Item]) -> list[Item]:
        """The smallest rejected part whose halves are served, or a single rejected item."""
        while len(items) > 1:
            middle = len(items) // 2
            halves = (items[:middle], items[middle:])
            refused = next((half for half in halves if not self._serves(half)), None)
            if refused is None:
                return items
            items = refused
        return items

    def _serves(self, items: list[Item]) -> bool:
        texts = [item for kind, item in items if kind == "texts"]
        self._endpoint.client.pace.admit([(texts, [b""] * (len(items) - len(texts)))])
        return self._serves_body(body_of(items))

    def _serves_body(self, body: bytes) -> bool:
        return self._endpoint.post(body).succeeded


def most(items: list[Item]) -> str:
    """The most frequent kind among the items."""
    return max(KINDS, key=[kind for kind, _ in items].count)


def padded(item: str, kind: str, size: int) -> bytes:
    """A request with one item, padded with spaces up to a size."""
    return body_of([(kind, item)])[:-1].ljust(size - 1) + b"}"


def items_of(body: bytes) -> list[Item]:
    """The items of a request; none if its body is not valid."""
    try:
        document = json.loads(body)
        lists = {kind: document.get(kind) or [] for kind in KINDS}
        items = [(kind, item) for kind, several in lists.items() for item in several]
    except (ValueError, TypeError, AttributeError, RecursionError):
        return []
    return items if all(isinstance(item, str) for _, item in items) else []


def body_of(items: list[Item]) -> bytes:
    """The body of a request with these items."""
    kinds = dict.fromkeys(kind for kind, _ in items)
    lists = {kind: [item for each, item in items if each == kind] for kind in kinds}
    return json.dumps(lists, ensure_ascii=False).encode()


def plain_items(items: list[Item]) -> list[Item]:
    """As many short texts and tiny images as there are `items`, all different."""
    return [(kind, _short(kind, number)) for number, (kind, _) in enumerate(items)]


def _short(kind: str, number: int) -> str:
    if kind == "texts":
        return f"red {number}"
    return encoded(save(Image.new("RGB", (32, 32), (number % 256, 90, 200)), "PNG"))


def as_heavy(items: list[Item]) -> list[Item]:
    """`items` with all letters in two texts, and with images as large as the largest one."""
    texts = [item for kind, item in items if kind == "texts"]
    images = [item for kind, item in items if kind == "images"]
    middle = (len(texts) + 1) // 2
    parts = [part for part in (texts[:middle], texts[middle:]) if part]
    largest = max(images, key=len, default="")
    copies = [base64.b64decode(largest) + bytes([number % 256]) for number in range(len(images))]
    return [
        *(("texts", " ".join((str(number), *part))) for number, part in enumerate(parts)),
        *(("images", encoded(copy)) for copy in copies),
    ]
