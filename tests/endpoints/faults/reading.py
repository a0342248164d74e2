"""Texts that tokenizers, cleaning code, or gateways misread."""

import re
import unicodedata
from dataclasses import replace
from typing import Any, ClassVar

from tests.endpoints.encoder import Encoder
from tests.endpoints.endpoint import HTML, Endpoint
from tests.endpoints.registry import inputs, refusals, variants
from tests.endpoints.wire import Answer, Request

# Text towers that do not read everything.


class OtherEncoder(Endpoint):
    """The fake encoder with other settings."""

    settings: ClassVar[dict[str, Any]] = {}

    def __init__(self, encoder: Encoder) -> None:
        super().__init__(replace(encoder, **self.settings))


other_encoder = variants(OtherEncoder, "settings")
other_encoder("cut-at-16-tokens", {"limit": 18})
other_encoder("cut-at-32-tokens", {"limit": 34})
other_encoder("word-order-ignored", {"ordered": False})

changed = inputs("text_vector")
changed("quote-ends-text", lambda text: re.split("[\"']", text)[0])
changed("tab-ends-text", lambda text: text.partition("\t")[0])
changed("emoji-ends-text", lambda text: re.split("[\U00010000-\U0010ffff]", text)[0])
changed("non-ascii-unknown", lambda text: re.sub("[^\x00-\xff]+", "?", text))
changed("cjk-unknown", lambda text: re.sub("[぀-鿿]+", "[UNK]", text))
changed("cut-at-100-letters", lambda text: text[:100])
changed("cut-at-64-letters", lambda text: text[:64])
changed("non-ascii-stripped", lambda text: text.encode("ascii", "ignore").decode())
changed("utf-8-read-as-latin-1", lambda text: text.encode("utf-8", "replace").decode("latin-1"))
changed("html-unescaped", lambda text: text.replace("&lt;", "<").replace("&amp;", "&"))
changed("last-words-only", lambda text: " ".join(text.split()[-8:]))
changed("first-line-only", lambda text: text.splitlines()[0] if text else text)
changed("nul-ends-text", lambda text: text.partition("\0")[0])
changed("numbers-alike", lambda text: re.sub(r"\d+", "<num>", text))
changed("digits-dropped", lambda text: re.sub(r"\d", "", text))
changed("case-folded-anyway", lambda text: text.lower())
changed("texts-composed", lambda text: unicodedata.normalize("NFKC", text))
changed(
    "stop-words-dropped",
    lambda text: re.sub(r"(?i)\b(not|no|without|with|a|the|on|in|of)\b", "", text),
)
changed("numbers-are-ids", lambda text: str(int(text) % 1000) if text.isdigit() else text)
other_encoder("case-not-folded", {"lower_case": False}, needs=("lower-case",))


# Hand-written JSON parsers.


class Rewriting(Endpoint):
    """Rewrites the body before parsing it. By default, it doubles backslashes, so that they no
    longer begin an escape."""

    pattern = rb"$^"
    by = rb"\\\\\g<0>"

    def vectorize(self, request: Request) -> Answer:
        body = re.sub(self.pattern, self.by, request.body)
        return super().vectorize(replace(request, body=body))


rewriting = variants(Rewriting, "pattern")
rewriting("upper-case-hex-unread", rb"\\u(?=[0-9a-f]*[A-F])[0-9A-Fa-f]{4}")
rewriting("solidus-escape-unread", rb"\\/")
rewriting("ascii-escapes-unread", rb"\\u00[46][0-9A-Fa-f]")
rewriting("line-separators-unread", rb"\\u202[89]")

replacing = variants(Rewriting, "pattern", "by")
replacing("surrogate-pairs-unread", rb"\\u[dD][89abAB]..\\u[dD][c-fC-F]..", b"??")
replacing("short-escapes-unread", rb"(?<!\\)\\([bf])", rb"\1")
replacing("escapes-not-read", rb"\\u(00(?:3c|3e|26|27))", rb"\\\\u\1")


# Gateways and servers that mistake a text for an attack, an obscenity, or something to open.


class Filter(Endpoint):
    """Answers a body that contains `pattern` with the gateway's own page."""

    pattern = r"$^"

    def vectorize(self, request: Request) -> Answer:
        text = request.body.decode("utf-8", "replace").replace("\\u003c", "<")
        if re.search(self.pattern, text, re.IGNORECASE):
            return Answer(403, b"<html>Request blocked</html>", HTML)
        return super().vectorize(request)


blocking = variants(Filter, "pattern")
blocking("gateway-sql", r"union\s+(all\s+)?select")
blocking("gateway-passwd", "/etc/passwd")
blocking("gateway-jndi", r"\$\{jndi:")
blocking("gateway-script", "<script")
blocking("gateway-percent", "%00|%2e%2e|%0d%0a")

text_refused = refusals("text_vector")
text_refused(
    "moderated", 422, lambda text: re.search(r"\b(nude|sex|kill|bomb|drugs)", text.lower())
)
text_refused("formula-guarded", 400, lambda text: re.match(r"[=+@-]\w", text))
text_refused(
    "base64-taken-for-image", 400, lambda text: text.startswith(("iVBORw0KGgo", "/9j/", "R0lGOD"))
)
text_refused("files-opened", 404, lambda text: re.match(r"(file://|[A-Z]:\\|\\\\|~/)", text))
