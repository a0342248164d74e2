"""What one request asks vectors for."""

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Items:
    """What one request asks vectors for; images are files' bytes."""

    texts: Sequence[str] = ()
    images: Sequence[bytes] = ()

    def body(self) -> bytes:
        """The request body as Weaviate writes it: an empty kind is absent, images bare base64."""
        document: dict[str, list[str]] = {}
        if self.texts:
            document["texts"] = list(self.texts)
        if self.images:
            document["images"] = [base64.b64encode(image).decode() for image in self.images]
        return json.dumps(document, ensure_ascii=False).encode()
