"""Invalid requests, generated reproducibly from a seed."""

import base64
import json
import random
import struct
import zlib
from collections.abc import Callable, Iterator

from conformance.speed.load import bodies

MOST_ITEMS = 1024
"""The reference's default limit."""

NOT_STRINGS: tuple[object, ...] = (None, 1, 0.5, True, [], {}, ["a cat"], {"text": "a cat"})
NOT_LISTS: tuple[object, ...] = (1, 0.5, True, "a cat", {}, {"0": "a cat"})
NOT_OBJECTS = ("[]", "[1]", '"a cat"', "1", "true", "null", "NaN")
NOT_BASE64 = "!?*-_%\u00e9\u732b"


def requests(seed: int) -> Iterator[tuple[str, bytes]]:
    """An endless series of invalid requests: the description and body of each."""
    rng = random.Random(seed)
    makers = list(MAKERS.items())
    while True:
        what, make = rng.choice(makers)
        yield what, make(rng)


def _good(rng: random.Random) -> bytes:
    return rng.choice(bodies("both"))


def _picture(rng: random.Random) -> bytes:
    return base64.b64decode(json.loads(_good(rng))["images"][0])


def _image(data: bytes) -> bytes:
    return json.dumps({"images": [base64.b64encode(data).decode()]}).encode()


def _cut(rng: random.Random) -> bytes:
    good = _good(rng)
    return good[: rng.randrange(len(good))]


def _junk(rng: random.Random) -> bytes:
    return b"\x00" + rng.randbytes(rng.randrange(2000))


def _trailing(rng: random.Random) -> bytes:
    return _good(rng) + rng.choice((b"}", b"x", b"{}", b"\x00"))


def _not_an_object(rng: random.Random) -> bytes:
    return rng.choice(NOT_OBJECTS).encode()


def _not_a_list(rng: random.Random) -> bytes:
    return json.dumps({rng.choice(("texts", "images")): rng.choice(NOT_LISTS)}).encode()


def _not_a_string(rng: random.Random) -> bytes:
    items: list[object] = ["a cat"] * rng.randrange(4)
    items.insert(rng.randrange(len(items) + 1), rng.choice(NOT_STRINGS))
    return json.dumps({"texts": items}).encode()


def _deep(rng: random.Random) -> bytes:
    depth = rng.randrange(10_000, 100_000)
    return b'{"texts": ' + b"[" * depth + b"]" * depth + b"}"


def _not_base64(rng: random.Random) -> bytes:
    encoded = json.loads(_good(rng))["images"][0]
    place = rng.randrange(len(encoded))
    spoiled = encoded[:place] + rng.choice(NOT_BASE64) + encoded[place + 1 :]
    return json.dumps({"images": [spoiled]}).encode()


def _no_image(rng: random.Random) -> bytes:
    return _image(b"\x00" + rng.randbytes(rng.randrange(2000)))


def _cut_image(rng: random.Random) -> bytes:
    data = _picture(rng)
    return _image(data[: rng.randrange(1, len(data) * 9 // 10)])


def _bad_among_good(rng: random.Random) -> bytes:
    good = json.loads(_good(rng))
    good["images"].insert(rng.randrange(2), "AAAA")
    return json.dumps(good).encode()


def _data_uri(rng: random.Random) -> bytes:
    good = json.loads(_good(rng))
    return json.dumps({"images": [f"data:image/jpeg;base64,{good['images'][0]}"]}).encode()


def _bomb(rng: random.Random) -> bytes:
    """A PNG of a few bytes whose header claims billions of pixels."""
    sizes = struct.pack(">II5B", rng.randrange(30_000, 60_000), 60_000, 8, 2, 0, 0, 0)
    parts = [(b"IHDR", sizes), (b"IDAT", zlib.compress(bytes(1000))), (b"IEND", b"")]
    chunks = [
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        for name, data in parts
    ]
    return _image(b"\x89PNG\r\n\x1a\n" + b"".join(chunks))


def _too_many(rng: random.Random) -> bytes:
    return json.dumps({"texts": ["a"] * rng.randrange(MOST_ITEMS + 1, 20_000)}).encode()


MAKERS: dict[str, Callable[[random.Random], bytes]] = {
    "cut JSON": _cut,
    "junk": _junk,
    "trailing data": _trailing,
    "not an object": _not_an_object,
    "not a list": _not_a_list,
    "not a string": _not_a_string,
    "deep nesting": _deep,
    "not base64": _not_base64,
    "no image": _no_image,
    "cut image": _cut_image,
    "a bad image beside a good one": _bad_among_good,
    "data: URI": _data_uri,
    "decompression bomb": _bomb,
    "too many items": _too_many,
}
