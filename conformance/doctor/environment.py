"""Check the Weaviate environment variables that are set in this process.

Sources: weaviate/weaviate modules/multi2vec-clip/module.go, usecases/config/environment.go,
usecases/modulecomponents/validate_baseurl.go, entities/config/helpers.go.
"""

import re
from collections.abc import Mapping
from ipaddress import ip_address
from urllib.parse import urlsplit

from conformance.comparison.weaviate_collection import MODULE
from conformance.doctor.diagnosis import Diagnosis
from conformance.doctor.endpoint import address_facts
from conformance.doctor.go_url import AROUND, go_says, masked, quoted, suggested, url_problem
from conformance.transport.exchange import without_password

NAMES = (
    "ENABLE_MODULES",
    "DEFAULT_VECTORIZER_MODULE",
    "CLIP_INFERENCE_API",
    "CLIP_WAIT_FOR_STARTUP",
    "MODULES_CLIENT_TIMEOUT",
    "MODULES_VALIDATE_BASE_URL",
    "ENABLE_CUDA",
)
PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY")
ON = ("on", "enabled", "1", "true")
"""The values that turn a setting of Weaviate on, ignoring case; all others turn it off."""
CUDA_ON = ("1", "true")
"""The values that enable the GPU in the vendor's container, which is case-sensitive."""
UNITS = {"ns": 1e-9, "us": 1e-6, "µs": 1e-6, "ms": 1e-3, "s": 1.0, "m": 60.0, "h": 3600.0}
INTERNAL_NAMES = (".local", ".internal", ".localdomain")


def examine(
    environment: Mapping[str, str], url: str, image_seconds: float | None, found: Diagnosis
) -> None:
    """Examine the variables; `image_seconds` is the time for one image, if there was a response."""
    for name in (*NAMES, *PROXIES):
        if name in environment:
            found.note(name, masked(environment[name]))
    if not found.seen:
        found.note("not set here", ", ".join(NAMES))
    _modules(environment, found)
    _proxy(environment, found)
    _api(environment.get("CLIP_INFERENCE_API", ""), url, found)
    _wait(environment.get("CLIP_WAIT_FOR_STARTUP", ""), url, found)
    _timeout(environment.get("MODULES_CLIENT_TIMEOUT", ""), url, image_seconds, found)
    if environment.get("MODULES_VALIDATE_BASE_URL", "").lower() in ON and is_internal(url):
        found.problem("validated", **address_facts(url))


def is_internal(url: str) -> bool:
    """Whether Weaviate would consider the URL's host internal, without a DNS lookup."""
    host = (urlsplit(url).hostname or "").lower()
    try:
        address = ip_address(host)
    except ValueError:
        return host == "localhost" or host.endswith(INTERNAL_NAMES) or "." not in host
    return address.is_private or address.is_loopback or address.is_link_local


def duration(text: str) -> float | None:
    """A Go duration (`50s`, `1m30s`) in seconds; None if it is invalid."""
    if text == "0":
        return 0.0
    part = r"(\d+\.?\d*|\.\d+)(ns|us|µs|ms|s|m|h)"
    if not re.fullmatch(f"(?:{part})+", text):
        return None
    return sum(float(number) * UNITS[unit] for number, unit in re.findall(part, text))


def _modules(environment: Mapping[str, str], found: Diagnosis) -> None:
    names, default = (environment.get(name, "") for name in NAMES[:2])
    modules = names.split(",")
    if names and MODULE in names and MODULE not in modules:
        meant = ",".join(re.findall(r"[\w-]+", names))
        found.problem("module-disabled", value=names, meant=meant)
    elif default.strip(AROUND) in (MODULE, "none") and default not in (*modules, "none"):
        found.problem("default-module", value=default, modules=names, quoted=quoted(default))


def _proxy(environment: Mapping[str, str], found: Diagnosis) -> None:
    """Check whether Weaviate's requests go through a proxy, if this is its environment."""
    api = environment.get("CLIP_INFERENCE_API", "")
    host = "" if url_problem(api) else urlsplit(api).hostname or ""
    name = "HTTPS_PROXY" if api.startswith("https") else "HTTP_PROXY"
    value, kept = (
        environment.get(each, environment.get(each.lower(), "")) for each in (name, "NO_PROXY")
    )
    named = [each.strip().lstrip("*.") for each in kept.split(",")]
    direct = "*" in kept.split(",") or any(
        f".{host}".endswith(f".{each}") for each in named if each
    )
    local = host in ("localhost", "::1") or host.startswith("127.")
    if host and value and not local and not direct:
        found.problem("through-proxy", name=name, host=host, value=masked(value))


def _api(value: str, url: str, found: Diagnosis) -> None:
    if not value:
        return
    shown = masked(value)
    if why := url_problem(shown):
        found.problem("api-url", **url_facts("CLIP_INFERENCE_API", shown, why))
    elif urlsplit(value).netloc.rpartition("@")[2] != urlsplit(url).netloc.rpartition("@")[2]:
        found.problem("api-elsewhere", value=shown, url=without_password(url))


def url_facts(name: str, value: str, why: str) -> dict[str, str]:
    """Facts about a URL that Weaviate cannot use; `name` is the setting's name."""
    meant = suggested(value)
    remedy = f"{name}={meant or 'http://HOST:PORT'}"
    return {"value": value, "why": why, "said": go_says(value), "remedy": remedy}


def _wait(value: str, url: str, found: Diagnosis) -> None:
    if value and value.lower() not in ON:
        found.problem("no-wait", value=value, **address_facts(url))


def _timeout(value: str, url: str, image_seconds: float | None, found: Diagnosis) -> None:
    if not value:
        return
    seconds = duration(value)
    if seconds is None:
        found.problem("client-timeout", value=value)
    elif image_seconds is not None and 0 < seconds <= image_seconds:
        took = f"{image_seconds:.2f}"
        found.problem("short-timeout", value=value, seconds=took, **address_facts(url))
