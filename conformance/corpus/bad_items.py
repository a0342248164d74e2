"""What is no base64, no image, or half of one; and an image that every endpoint reads."""

import base64

from conformance.corpus import image_files

NOT_BASE64 = {"percent signs": "%%% not base64 %%%", "a short word": "cat", "Japanese": "赤い丸"}
NOT_AN_IMAGE = {
    "text": b"this is not an image, it only looks like base64",
    "zeros": bytes(4096),
    "PDF": b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<< >>\nendobj\n",
    "a PNG signature alone": b"\x89PNG\r\n\x1a\n",
}


def encoded(content: bytes) -> str:
    """Bytes in base64."""
    return base64.b64encode(content).decode()


def good_image(number: int = 0) -> bytes:
    """An image that every endpoint reads."""
    return image_files.save(image_files.image(number), "PNG")


def truncated(kind: str) -> bytes:
    """The first half of an image's file."""
    whole = image_files.save(image_files.image(1, 256), kind)
    return whole[: len(whole) // 2]
