"""Groups of legal variations in different stages, combined into one endpoint per run.

The stages of a variation call `super()`, so that several variations can be base classes of one
class. The first of a group is called first, so those that write bytes come before the others. The
plain endpoint varies nothing, so each group contains it.
"""

from collections.abc import Sequence

from tests.endpoints import registry
from tests.endpoints.judging import judge
from tests.endpoints.registry import Entry

GROUPS: tuple[tuple[str, ...], ...] = (
    ("lower-casing",),
    ("published",),
    (
        "norms-vary",
        "other-key-order",
        "float16",
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
        "empty-request-500",
        "first-request-slow",
        "six-decimals",
        "split-writes",
        "alpha-over-white",
        "wsgiref",
        "one-at-a-time",
        "refusals-are-503",
        "empty-lists-beside-error",
        "error-empty-beside-vectors",
        "many-digits",
        "punctuation-dropped",
        "bfloat16",
        "noise-that-is-said",
    ),
    (
        "missing-for-absent",
        "null-list-refused",
        "refusals-are-418",
        "no-length",
        "large-bodies-refused",
        "asyncio",
        "compact",
        "error-with-detail",
        "unknown-field-refused",
        "eight-bit",
        "coarse-jpegs",
        "profiles-obeyed",
        "scaled-twice",
        "exif-obeyed",
    ),
    (
        "refusals-are-422",
        "http-1.0",
        "exponents",
        "error-null-beside-vectors",
        "long-words-unknown",
        "deep-grays-scaled",
        "waitress",
        "many-headers",
        "gzip",
        "closes-every-fifth",
        "ready-late",
        "text-noise",
        "sensor-too-large",
        "resized-by-bilinear",
    ),
    (
        "data-uri-read",
        "live-302",
        "base64-read-leniently",
        "long-error",
        "continue-first",
        "ipv6",
        "prefix",
        "pretty-printed",
        "connection-close",
        "other-content-type",
        "double-slash-404",
        "slow",
        "image-noise-in-batches",
        "resized-in-its-own-mode",
        "texts-longer-than-images",
        "noise-of-low-precision",
    ),
)

WARNINGS = {
    "null-list-refused": "VEC-17",
    "double-slash-404": "VEC-20 WIR-08",
    "sensor-too-large": "IMG-16",
    "resized-in-its-own-mode": "IMG-12",
    "unnormalised": "EXA-13",
    "norms-vary": "EXA-13",
    "texts-longer-than-images": "EXA-13",
    "eight-bit": "EXA-11 EXA-12 EXA-13",
    "noise-of-low-precision": "VEC-24 EXA-11 EXA-12",
    "noise-that-is-said": "VEC-24 EXA-11 EXA-12",
    "probes-200": "PRB-05",
    "live-302": "PRB-05",
    "empty-request-500": "VEC-18",
    "empty-request-refused": "VEC-18",
    "refusals-are-500": "ERR-09",
    "refusals-are-503": "ERR-09",
    "unknown-field-refused": "VEC-19",
    "wsgiref": "VEC-22",
    "asyncio": "VEC-22",
}
"""The SHOULD clauses that a variation does not meet."""


def compose(names: Sequence[str]) -> Entry:
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
