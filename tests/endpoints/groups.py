"""Groups of legal variations in different stages, combined into one endpoint per run.

The stages of a variation call `super()`, so that several variations can be base classes of one
class. The first of a group is called first, so those that write bytes come before the others.
"""

from collections.abc import Sequence

from tests.endpoints import registry
from tests.endpoints.judging import judge
from tests.endpoints.registry import Entry

GROUPS: tuple[tuple[str, ...], ...] = (
    ("plain",),
    ("lower-casing",),
    ("published",),
    (
        "no-reason-phrase",
        "lower-case-headers",
        "chunked",
        "other-routes",
        "probes-200",
        "meta-rich",
        "extra-fields",
        "null-for-absent",
        "refusals-are-500",
        "empty-request-refused",
        "slow-in-bulk",
        "unnormalised",
    ),
    (
        "http-1.0",
        "live-302",
        "other-key-order",
        "missing-for-absent",
        "refusals-are-422",
        "empty-request-500",
        "data-uri-read",
        "norms-vary",
    ),
    (
        "no-length",
        "error-null-beside-vectors",
        "exponents",
        "long-error",
        "refusals-are-418",
        "first-request-slow",
        "base64-read-leniently",
        "float16",
        "noise-that-is-said",
    ),
    (
        "wsgiref",
        "one-at-a-time",
        "refusals-are-503",
        "error-empty-beside-vectors",
        "many-digits",
        "punctuation-dropped",
        "bfloat16",
    ),
    (
        "waitress",
        "pretty-printed",
        "empty-lists-beside-error",
        "null-list-refused",
        "six-decimals",
        "alpha-over-white",
        "exif-obeyed",
        "deep-grays-scaled",
    ),
    (
        "asyncio",
        "compact",
        "error-with-detail",
        "unknown-field-refused",
        "eight-bit",
        "coarse-jpegs",
        "profiles-obeyed",
        "scaled-twice",
    ),
    (
        "many-headers",
        "gzip",
        "closes-every-fifth",
        "ready-late",
        "text-noise",
        "sensor-too-large",
        "resized-by-bilinear",
    ),
    (
        "connection-close",
        "other-content-type",
        "double-slash-404",
        "slow",
        "image-noise-in-batches",
        "resized-in-its-own-mode",
        "texts-longer-than-images",
    ),
    (
        "ipv6",
        "prefix",
        "continue-first",
        "split-writes",
        "large-bodies-refused",
        "long-words-unknown",
        "noise-of-low-precision",
    ),
)


def compose(names: Sequence[str]) -> Entry:
    """One endpoint that shows all of these variations."""
    parts = [registry.legals()[name] for name in names]
    if len(parts) == 1:
        return parts[0]
    kind = type("Composed", tuple(part.endpoint for part in parts), {})
    hosts = {part.host for part in parts}
    host = max(hosts - {Entry.host}, default=Entry.host)
    return Entry("+".join(names), "", kind, host=host)


def culprits(names: Sequence[str]) -> tuple[str, ...]:
    """The part of a group that a whole run does not accept: one variation, or several together."""
    middle = len(names) // 2
    for half in (names[:middle], names[middle:]):
        if half and not judge(compose(half)).accepted:
            return culprits(half) if len(half) > 1 else tuple(half)
    return tuple(names)
