"""Gateways that take a text for an attack, for something indecent, or for something to open."""

import re

from tests.endpoints.encoder import Matrix
from tests.endpoints.endpoint import Endpoint, Refused
from tests.endpoints.faults.texts import Changed
from tests.endpoints.registry import fault
from tests.endpoints.wire import Answer, Request

READ = ("REL-05", "REL-03", "TXT-03")


class Filter(Endpoint):
    """A body in which `pattern` is found gets the gateway's own page."""

    pattern = r"$^"

    def vectorize(self, request: Request) -> Answer:
        """The answer, or 403."""
        text = request.body.decode("utf-8", "replace").replace("\\u003c", "<")
        if re.search(self.pattern, text, re.IGNORECASE):
            return Answer(403, b"<html>Request blocked</html>", {"Content-Type": "text/html"})
        return super().vectorize(request)


@fault("gateway-sql", "a gateway blocks UNION SELECT", *READ)
class Sql(Filter):
    pattern = r"union\s+(all\s+)?select"


@fault("gateway-passwd", "a gateway blocks /etc/passwd", *READ)
class Passwd(Filter):
    pattern = "/etc/passwd"


@fault("gateway-jndi", "a gateway blocks ${jndi:", *READ)
class Jndi(Filter):
    pattern = r"\$\{jndi:"


@fault("gateway-script", "a gateway blocks script elements", *READ)
class Script(Filter):
    pattern = "<script"


@fault("gateway-percent", "a gateway blocks %00 and %2e%2e", *READ)
class PercentCoded(Filter):
    pattern = "%00|%2e%2e|%0d%0a"


@fault("moderated", "texts with words of a list are refused as indecent", *READ)
class Moderated(Changed):
    def change(self, text: str) -> str:
        if re.search(r"\b(nude|sex|kill|bomb|drugs)", text.lower()):
            raise Refused(422, "content policy")
        return text


@fault("formula-guarded", "a text that begins like a formula is refused", *READ)
class Formula(Changed):
    def change(self, text: str) -> str:
        if re.match(r"[=+@-]\w", text):
            raise Refused(400, "formula")
        return text


@fault("base64-taken-for-image", "a text that is an image in base64 is opened", *READ)
class Base64Opened(Changed):
    def change(self, text: str) -> str:
        if text.startswith(("iVBORw0KGgo", "/9j/", "R0lGOD")):
            raise Refused(400, "an image cannot be read")
        return text


@fault("files-opened", "a text that is a path is opened", *READ)
class FilesOpened(Changed):
    def change(self, text: str) -> str:
        if re.match(r"(file://|[A-Z]:\\|\\\\|~/)", text):
            raise Refused(404, "no such file")
        return text


@fault("numbers-are-ids", "a text of digits is looked up as a token", *READ)
class NumbersAreIds(Endpoint):
    def text_vector(self, text: str) -> Matrix:
        return super().text_vector(str(int(text) % 1000) if text.isdigit() else text)
