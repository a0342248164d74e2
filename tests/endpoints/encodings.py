"""Encoders, without any actual compression, for content encodings that Go does not decode."""

import gzip
import zlib
from collections.abc import Callable

BROTLI_BLOCK = 2**16
ZSTD_BLOCK = 2**17


def brotli(data: bytes) -> bytes:
    """A Brotli stream of stored blocks (RFC 7932 section 9.2)."""
    stream, first = b"", 1
    for start in range(0, len(data), BROTLI_BLOCK):
        block = data[start : start + BROTLI_BLOCK]
        # The first header begins with one more bit, for the window size. The 4 nibbles of the
        # length follow, and the bit for stored data.
        header = (len(block) - 1) << 3 | 1 << 19
        stream += (header << first).to_bytes(3, "little") + block
        first = 0
    return stream + (b"\x06" if first else b"\x03")


def zstd(data: bytes) -> bytes:
    """A Zstandard frame of raw blocks (RFC 8878 section 3.1.1)."""
    blocks = [data[start : start + ZSTD_BLOCK] for start in range(0, len(data), ZSTD_BLOCK)] or [
        b""
    ]
    stream = b"\x28\xb5\x2f\xfd\x00\x58"
    for place, block in enumerate(blocks):
        last = place == len(blocks) - 1
        stream += (len(block) << 3 | last).to_bytes(3, "little") + block
    return stream


ENCODERS: dict[str, Callable[[bytes], bytes]] = {
    "br": brotli,
    "zstd": zstd,
    "deflate": zlib.compress,
    "gzip": lambda data: gzip.compress(data, 1),
}
"""Encoders by their name in Content-Encoding."""
