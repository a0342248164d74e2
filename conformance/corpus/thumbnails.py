"""Small pictures of the corpus' images, for reports."""

import io
from base64 import b64encode

from PIL import Image

SIDE = 52
"""Pixels: twice what is shown, for dense screens."""
QUALITY = 70


def thumbnail(image: bytes) -> str:
    """A data: URI, about 1 kB, of the image in a file's bytes."""
    sink = io.BytesIO()
    with Image.open(io.BytesIO(image)) as whole:
        small = whole.convert("RGB")
    small.thumbnail((SIDE, SIDE))
    small.save(sink, "JPEG", quality=QUALITY)
    return f"data:image/jpeg;base64,{b64encode(sink.getvalue()).decode()}"
