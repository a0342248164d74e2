"""Explain how Go parses a malformed endpoint URL and suggest what was meant.

The module follows net/url (`parse`, `parseAuthority`, `parseHost`) and net/http of Go 1.26, with
which Weaviate 1.39.0 is built; the tests compare it with Go itself and with a Weaviate server.
"""

import re
from ipaddress import AddressValueError, IPv6Address
from urllib.parse import urlsplit

from conformance.options import endpoint_url

IN_HOST = re.compile(r"[A-Za-z0-9\-._~!$&'()*+,;=:\[\]<>\"%]")
"""ASCII characters that Go accepts in a host."""
IN_USER = re.compile(r"[A-Za-z0-9\-._:~!$&'()*+,;=%@]*")
SHORT_ESCAPES = {
    "\a": "\\a", "\b": "\\b", "\f": "\\f", "\n": "\\n", "\r": "\\r", "\t": "\\t", "\v": "\\v",
    '"': '\\"', "\\": "\\\\",
}  # fmt: skip
AROUND = " \t\r\n\v\f\u00a0\u200b\ufeff\"'`\u201c\u201d\u2018\u2019"
"""Characters that may accidentally surround a value."""
NAMES = {
    " ": "a space", "\t": "a tab", "\r": "a carriage return", "\n": "a line feed",
    "\u00a0": "a no-break space", "\ufeff": "a byte order mark", "\u200b": "a zero-width space",
    '"': "a double quote", "'": "a single quote", "`": "a backtick",
}  # fmt: skip


def masked(value: str) -> str:
    """The value with its user information masked, whether or not it is a URL."""
    return re.sub(r"(?<=//)[^/]*@", "***@", value)


def quoted(text: str) -> str:
    """A string formatted by Go's %q."""
    return f'"{"".join(map(_escaped, text))}"'


def _escaped(character: str) -> str:
    if character in SHORT_ESCAPES:
        return SHORT_ESCAPES[character]
    if character.isprintable():
        return character
    number = ord(character)
    if number < 0x80:
        return f"\\x{number:02x}"
    return f"\\u{number:04x}" if number < 0x10000 else f"\\U{number:08x}"


def parse_error(url: str) -> str:
    """Go's own message if it cannot parse a URL; empty if it can."""
    url = url.partition("#")[0]
    if any(ord(character) < 0x20 or character == "\x7f" for character in url):
        return "net/url: invalid control character in URL"
    if url.startswith(":"):
        return "missing protocol scheme"
    scheme, rest = split_scheme(url)
    rest = rest.partition("?")[0]
    if not rest.startswith("/"):
        relative = not scheme and ":" in rest.partition("/")[0]
        return "first path segment in URL cannot contain colon" if relative else ""
    authority, path = "", rest
    if rest.startswith("//") and (scheme or not rest.startswith("///")):
        authority, slash, after = rest[2:].partition("/")
        path = slash + after
    return _authority_error(scheme, authority) or _escape_error(path)


def split_scheme(url: str) -> tuple[str, str]:
    """The scheme, in lowercase, and the text after its colon; without a scheme, the whole URL."""
    found = re.match(r"([A-Za-z][A-Za-z0-9+.-]*):", url)
    return (found[1].lower(), url[found.end() :]) if found else ("", url)


def _authority_error(scheme: str, authority: str) -> str:
    user, at, host = authority.rpartition("@")
    if problem := _host_error(scheme, host):
        return problem
    if at and not IN_USER.fullmatch(user):
        return "net/url: invalid userinfo"
    return _escape_error(user)


def _host_error(scheme: str, host: str) -> str:
    opened = host.rfind("[")
    if opened > 0:
        return "invalid IP-literal"
    if opened == 0:
        return _literal_error(host)
    strict = scheme in ("http", "https")
    colon = host.find(":") if strict else host.rfind(":")
    if colon >= 0 and (problem := _port_error(host[colon:])):
        return problem
    return _host_characters_error(host)


def _literal_error(host: str) -> str:
    """Why Go rejects an address in brackets; zones are left to Go."""
    closed = host.rfind("]")
    if closed < 0:
        return "missing ']' in host"
    if problem := _port_error(host[closed + 1 :]):
        return problem
    try:
        IPv6Address(host[1:closed].partition("%25")[0])
    except AddressValueError:
        return f"invalid host: ParseAddr({quoted(host[1:closed])}): unable to parse IP"
    return ""


def _port_error(port: str) -> str:
    good = not port or re.fullmatch(r":[0-9]*", port)
    return "" if good else f"invalid port {quoted(port)} after host"


def _host_characters_error(host: str) -> str:
    place = 0
    while place < len(host):
        character = host[place]
        if character == "%":
            escape = host[place : place + 3]
            good = re.fullmatch("%[0-9A-Fa-f]{2}", escape)
            if not good or (int(escape[1:], 16) < 0x80 and escape != "%25"):
                return f"invalid URL escape {quoted(escape)}"
            place += 3
            continue
        if ord(character) < 0x80 and not IN_HOST.match(character):
            return f"invalid character {quoted(character)} in host name"
        place += 1
    return ""


def _escape_error(text: str) -> str:
    for found in re.finditer("%.{0,2}", text):
        if not re.fullmatch("%[0-9A-Fa-f]{2}", found[0]):
            return f"invalid URL escape {quoted(found[0])}"
    return ""


def go_says(value: str) -> str:
    """Weaviate's message if it appends /vectorize to a value that `url_problem` objects to."""
    url = f"{value}/vectorize"
    if problem := parse_error(url):
        return f"create POST request: parse {quoted(url)}: {problem}"
    scheme, rest = split_scheme(url)
    if scheme not in ("http", "https"):
        words = f"unsupported protocol scheme {quoted(scheme)}"
        return f"send POST request: Post {quoted(url)}: {words}"
    if not rest.startswith("//") or rest[2:3] in ("", "/", "?", "#"):
        return f"send POST request: Post {quoted(url)}: http: no Host in request URL"
    port = re.match(r"//[^/?#]*:(\d+)(?=[/?#]|$)", rest)
    if port and int(port[1]) > 65535:
        return f"send POST request: Post {quoted(url)}: dial tcp: address {port[1]}: invalid port"
    return "fail with status 404: ..."


def url_problem(value: str) -> str:
    """Why Weaviate cannot work with this as CLIP_INFERENCE_API or inferenceUrl; empty if it can."""
    if reasons := repaired(value)[1]:
        return "; ".join(reasons)
    if parse_error(value):
        return f"Go, and therefore Weaviate, cannot parse it: {parse_error(value)}"
    return endpoint_url.problem(value).removeprefix(f"{value!r} is ")


def suggested(value: str) -> str:
    """The value that was probably intended; empty if it cannot be guessed."""
    meant = repaired(value)[0]
    good = meant != value and not parse_error(meant) and not endpoint_url.problem(meant)
    return meant if good else ""


def repaired(value: str) -> tuple[str, list[str]]:
    """The value without its mistakes, and descriptions of them; () if none are known."""
    reasons = []
    meant = value.strip(AROUND)
    if meant != value:
        if value[:1] != meant[:1]:
            reasons.append(f"it begins with {_named(value[0])}")
        if value[-1:] != meant[-1:]:
            reasons.append(f"it ends in {_named(value[-1])}")
    if unset := re.search(r"\$\{?\w*\}?|\{\{?\s*\w*\s*\}?\}", meant):
        return meant, [*reasons, f"{unset[0]} is a variable that was not expanded"]
    for character in dict.fromkeys(re.findall(r"[\s\"'`<>\u200b\ufeff\x00-\x1f]", meant)):
        meant = meant.replace(character, "")
        reasons.append(f"it contains {_named(character)}")
    return _with_scheme(meant, reasons)


def _with_scheme(meant: str, reasons: list[str]) -> tuple[str, list[str]]:
    """The corrected scheme, slashes, and route."""
    slashes = re.match(r"(https?)(:/|//|:)(?=[^/])", meant, re.IGNORECASE)
    if slashes:
        reasons.append(f"{slashes[0]} is not {slashes[1]}://")
        meant = f"{slashes[1]}://{meant[slashes.end() :]}"
    elif "://" not in meant and re.match(r"[\w.-]+(:\d+)?(/|$)", meant):
        reasons.append("it has no scheme (http:// or https://)")
        meant = f"http://{meant}"
    for route in endpoint_url.ROUTES:
        if urlsplit_path(meant).rstrip("/").endswith(route):
            reasons.append(f"it ends in {route}, which Weaviate appends itself")
            meant = meant.rstrip("/").removesuffix(route)
    if meant.endswith("/"):
        reasons.append("it ends in a slash, so Weaviate requests //vectorize")
        meant = meant.rstrip("/")
    return meant, reasons


def urlsplit_path(url: str) -> str:
    """The path of a URL; empty if it has none or is invalid."""
    try:
        return urlsplit(url).path
    except ValueError:
        return ""


def _named(character: str) -> str:
    name = NAMES.get(character, "the character")
    return f"{name} (U+{ord(character):04X})"
