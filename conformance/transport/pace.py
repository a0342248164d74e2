"""Measure how fast the endpoint is and limit the size and number of parallel requests accordingly.

A text, an image, a megapixel, and a thousand characters of a long text each have a cost in seconds.
No parallelism is assumed, since an endpoint may have a single lock. The suite's own requests should
fit in half of the timeout. What Weaviate sends, one object per request from twice as many clients
as processors, is always sent.
"""

import base64
import binascii
import io
import json
import os
import time
import warnings
from collections import deque
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from http import HTTPStatus
from statistics import median_low

from PIL import Image

from conformance.transport.exchange import Exchange, FailureKind

SHARE = 0.5
"""Share of the timeout in which the suite's own requests should fit."""
IMPORTERS = 2 * max(os.cpu_count() or 1, 2)
"""Number of objects that Weaviate sends in parallel on this machine: twice its processors."""
KEPT = 9
"""Number of measurements kept of each kind, of which the (lower) median is used."""
SMALL = 0.25
"""Megapixels up to which the time for an image does not depend on its size."""
LONG = 500
"""Characters up to which the time for a text does not depend on its length."""
KNOWN_LENGTH = 1
"""Thousands of additional characters that a request needs to reveal their cost."""
QUICK_BODY = 50_000
"""Size in bytes above which a request is measured, no matter how fast the response was."""
HEAD = 2**16
"""Characters of a base64 image that are decoded first."""
WORTH_READING = 0.1
"""Seconds above which a larger request is examined, too."""
CLEARLY = 20
"""An unanswered request that should take less than the timeout divided by this is not just slow."""

KINDS = ("text", "image", "megapixel", "kilochar")
"""The kinds of costs."""
LEFT_OUT = "not judged"
"""Prefix of messages that explain a lack of time."""


class TooMuch(Exception):
    """The endpoint is too slow for one of the suite's own requests; the message says how slow."""


@dataclass(frozen=True)
class Load:
    """The total items of one or several simultaneous requests."""

    texts: float = 0
    images: float = 0
    megapixels: float = 0.0
    kilochars: float = 0.0
    """Thousands of characters of long texts."""

    def __add__(self, other: "Load") -> "Load":
        return Load(
            self.texts + other.texts,
            self.images + other.images,
            self.megapixels + other.megapixels,
            self.kilochars + other.kilochars,
        )

    def __str__(self) -> str:
        counts = ((self.texts, "text"), (self.images, "image"))
        words = [f"{n} {what}{'s' if n > 1 else ''}" for n, what in counts if n]
        if self.kilochars >= KNOWN_LENGTH:
            words[0] += f" of {self.kilochars:.0f},000 characters"
        if self.megapixels >= 1:
            words[-1] += f" of {self.megapixels:.0f} megapixels"
        return " and ".join(words) or "nothing"

    @property
    def is_one_object(self) -> bool:
        """Whether the load has the usual size of one Weaviate object."""
        usual = self.megapixels <= 1 and self.kilochars <= 1
        return self.texts <= 1 and self.images <= 1 and usual


class Pace:
    """The time in seconds that the endpoint takes for the items of requests."""

    def __init__(self, timeout: float) -> None:
        self.timeout = timeout
        self.about = ""
        """The clause whose check is running."""
        self.until = float("inf")
        """When the running check's share of the time is used up (`time.monotonic`)."""
        self.end = float("inf")
        """When the run's time is used up (`time.monotonic`)."""
        self.request = 0.0
        """Seconds that a request takes in addition to its items."""
        self._items: dict[str, float] = {}
        """Seconds for a text and for an image in a batch, excluding the request's own."""
        self.taken: dict[str, str] = {}
        """Reduced requests that checks sent for lack of time, by clause."""
        self._costs: dict[str, deque[float]] = {kind: deque(maxlen=KEPT) for kind in KINDS}
        self._late: dict[bytes, float] = {}
        """Requests not served in time, with the seconds that they should have taken."""

    @property
    def text(self) -> float:
        """Seconds per text."""
        return self._cost("text")

    @property
    def image(self) -> float:
        """Seconds per small image."""
        return self._cost("image")

    @property
    def megapixel(self) -> float:
        """Additional seconds per megapixel."""
        return self._cost("megapixel")

    @property
    def limit(self) -> float:
        """Maximum seconds for the suite's own requests, by the timeout and the run's time."""
        return min(self.timeout * SHARE, max(0.0, self.end - time.monotonic()))

    def _cost(self, kind: str) -> float:
        return median_low(self._costs[kind]) if self._costs[kind] else 0.0

    def seconds(self, load: Load) -> float:
        """Seconds for a load, one item after another."""
        return load.texts * self.text + load.images * self.image + self._of_large(load)

    def _of_large(self, load: Load) -> float:
        return load.megapixels * self.megapixel + load.kilochars * self._cost("kilochar")

    def estimate(self, requests: float, load: Load) -> float:
        """The estimated seconds for `requests` requests that contain `load` in total."""
        # `text` and `image` include a request's own seconds, which is safer for sizing requests.
        text, image = self._items.get("text", self.text), self._items.get("image", self.image)
        items = load.texts * text + load.images * image
        return requests * self.request + items + self._of_large(load)

    def tell_apart(self, kind: str, alone: float, several: float, count: int) -> None:
        """Derive the cost of a request and of an item from one item and several."""
        self._items[kind] = min(max(0.0, several - alone) / (count - 1), self._cost(kind))
        self.request = max(self.request, alone - self._items[kind])

    def load(self, texts: Sequence[str], images: Sequence[bytes]) -> Load:
        """The load of a request; the sizes of images are only determined if they matter."""
        matters = self.megapixel * 1000 > self.limit
        pixels = sum(map(megapixels, images)) if matters else 0.0
        return Load(len(texts), len(images), pixels, sum(map(kilochars, texts)))

    def fits(self, texts: Sequence[str], images: Sequence[bytes] = ()) -> bool:
        """Whether one of the suite's own requests with these items would be answered in time."""
        load = self.load(texts, images)
        return load.is_one_object or self.seconds(load) <= self.limit

    def admit(self, requests: Sequence[tuple[Sequence[str], Sequence[bytes]]]) -> None:
        """Raise TooMuch if these requests, sent in parallel, would take too long.

        Each has texts and images. Requests that an import would send always pass.
        """
        now = time.monotonic()
        if now > self.until:
            raise TooMuch(f"{LEFT_OUT} in full in the time allowed (--budget): {self.described()}")
        loads = [self.load(texts, images) for texts, images in requests]
        whole = sum(loads, Load())
        seconds = self.seconds(whole)
        is_import = len(loads) <= IMPORTERS and all(each.is_one_object for each in loads)
        left = self.end - now if self.until <= self.end else float("inf")
        if seconds > min(left, float("inf") if is_import else self.limit):
            self.note(str(whole), "not sent")
            raise TooMuch(
                f"{LEFT_OUT}: {whole} would take {seconds:.0f} s here: {self.described()}"
            )

    def texts(self, most: int, at_once: int = 1) -> int:
        """The maximum number of texts in each of `at_once` parallel requests; at least one."""
        return self._number(most, self.text * at_once, "texts")

    def images(self, most: int, at_once: int = 1) -> int:
        """The maximum number of small images in each of `at_once` parallel requests."""
        return self._number(most, self.image * at_once, "images")

    def requests(self, most: int, texts: Sequence[str], images: Sequence[bytes]) -> int:
        """The maximum number of requests with these items; at least one."""
        return self._number(most, self.seconds(self.load(texts, images)), "requests")

    def _number(self, most: int, cost: float, what: str) -> int:
        number = most if cost * most <= self.limit else max(1, int(self.limit / cost))
        if number < most:
            self.note(f"{most} {what}", str(number))
        return number

    def note(self, wanted: str, taken: str) -> None:
        """Record for the report that a reduced request was sent."""
        self.taken[f"{self.about} instead of {wanted}" if self.about else wanted] = taken

    def described(self) -> str:
        """A description of the items' costs."""
        text, image = f"a text takes {self.text:.2g} s", f"an image {self.image:.2g} s"
        if self.megapixel > 0.01:
            return f"{text}, {image}, and each megapixel another {self.megapixel:.2g} s"
        return f"{text} and {image}"

    def heard(self, exchanges: Sequence[Exchange]) -> None:
        """Learn from requests that were sent together."""
        posts = [each for each in exchanges if each.method == "POST"]
        if len(posts) == 1 and posts[0].succeeded:
            self._learn(posts[0])
        if late := [each.request_body for each in posts if self._is_late(each)]:
            seconds = self.seconds(sum((asked(each.request_body) for each in posts), Load()))
            self._late |= dict.fromkeys(late, seconds)

    def missing(self, kind: str, amount: float) -> None:
        """Record that an item with `amount` megapixels or kilochars had no response in time."""
        self._costs[kind].append(self.timeout / amount)

    def outstanding(self, exchanges: Iterable[Exchange]) -> float:
        """Seconds for which an endpoint may still be busy with abandoned requests."""
        return max((self._late.get(each.request_body, 0.0) for each in exchanges), default=0.0)

    def is_unexpected(self, exchanges: Iterable[Exchange]) -> bool:
        """Whether requests that should have been in time were late, as on a busy machine."""
        late = self.outstanding(each for each in exchanges if self.explains(each))
        return 0 < late <= self.timeout

    def explains(self, exchange: Exchange) -> bool:
        """Whether the endpoint may simply be too slow for a request that it did not serve."""
        return self._is_late(exchange) and self.outstanding([exchange]) * CLEARLY > self.timeout

    def _is_late(self, exchange: Exchange) -> bool:
        """Whether a request timed out; some services answer 503 shortly before their clients do."""
        refused = exchange.status == HTTPStatus.SERVICE_UNAVAILABLE
        gave_up = refused and exchange.seconds > self.timeout * SHARE
        return gave_up or exchange.failed_by(FailureKind.TIMED_OUT)

    def _learn(self, exchange: Exchange) -> None:
        if len(exchange.request_body) > QUICK_BODY and exchange.seconds < WORTH_READING:
            return
        load = asked(exchange.request_body)
        if load.texts and not load.images and load.kilochars < KNOWN_LENGTH:
            self._costs["text"].append(exchange.seconds / load.texts)
        elif load.texts and not load.images:
            more = exchange.seconds - load.texts * min(self._costs["text"], default=0.0)
            self._costs["kilochar"].append(max(0.0, more / load.kilochars))
        elif load.images and not load.texts and load.megapixels <= SMALL * load.images:
            self._costs["image"].append(exchange.seconds / load.images)
        elif load.images and not load.texts:
            # The fastest response, since a delayed one would hide the cost of the pixels.
            more = exchange.seconds - load.images * min(self._costs["image"], default=0.0)
            self._costs["megapixel"].append(max(0.0, more / load.megapixels))


def asked(body: bytes) -> Load:
    """The load of a request's body; empty if it cannot be read."""
    try:
        document = json.loads(body)
        texts, images = (document.get(kind) or [] for kind in ("texts", "images"))
        pixels = sum(map(_encoded_megapixels, images))
        return Load(len(texts), len(images), pixels, sum(map(kilochars, texts)))
    except (ValueError, TypeError, AttributeError, RecursionError):
        return Load()


def _encoded_megapixels(image: str) -> float:
    """The size of a base64 image; for most formats, decoding its beginning is enough."""
    for part in dict.fromkeys((image[:HEAD], image)):
        with suppress(binascii.Error, TypeError, ValueError):
            if size := megapixels(base64.b64decode(part)):
                return size
    return 0.0


def kilochars(text: str) -> float:
    """Thousands of characters beyond the usual length."""
    return max(0, len(text) - LONG) / 1000


@lru_cache(64)
def megapixels(image: bytes) -> float:
    """The size of an image from its header; 0 if it cannot be read."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Large images are expected here.
            with Image.open(io.BytesIO(image)) as opened:
                return opened.width * opened.height / 1e6
    except Exception:  # An image may be broken in any way.
        return 0.0
