"""Remove secrets and excess data from everything a report shows; endpoints are untrusted."""

import os
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote, urlsplit

from conformance.options.endpoint_url import basic_authorization
from conformance.options.settings import Settings
from conformance.weaviate.server import KEY

MASK = "***"
LONGEST = 4_000
"""Maximum length of one string; a report has thousands of them."""
SHORTEST_SECRET = 6
"""Shorter secrets are masked in URLs, but not searched for in every text."""

_SECRET_NAME = re.compile(r"(?i)key|token|secret|password|passwd|credential|auth|cookie")
_USER_INFORMATION = re.compile(r"(?i)(\bhttps?://)[^/\s@\"'<>]+@")
_HEADER = re.compile(
    r"(?i)\b((?:proxy-)?authorization|x-[\w-]*(?:key|token)|api[-_]?key|(?:set-)?cookie)"
    r"(\\?[\"']?\s*[:=]\s*\\?[\"']?)(?:(?:basic|bearer)\s+)?[^\s\"',;}\\]+"
)


def is_secret_name(name: str) -> bool:
    """Whether a header or variable of this name contains a secret."""
    return bool(_SECRET_NAME.search(name))


@dataclass(frozen=True)
class Sanitizer:
    """Masks known and apparent secrets, and cuts text that is too long."""

    secrets: tuple[str, ...] = ()

    def text(self, text: str) -> str:
        """The text in a form that may be shown."""
        cut = text if len(text) <= LONGEST else f"{text[:LONGEST]} … ({len(text)} characters)"
        for secret in self.secrets:
            cut = cut.replace(secret, MASK)
        return _HEADER.sub(rf"\1\2{MASK}", _USER_INFORMATION.sub(rf"\1{MASK}@", cut))

    def plain(self, value: Any) -> Any:
        """A document in which every string, including keys, may be shown."""
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, Mapping):
            return {self.plain(name): self.plain(each) for name, each in value.items()}
        if isinstance(value, list | tuple):
            return type(value)([self.plain(each) for each in value])
        return value

    def word(self, word: str) -> str:
        """A command-line argument; for ``NAME=VALUE`` with a secret's name, only the name."""
        name, equals, _ = word.partition("=")
        if equals and not name.startswith("-") and is_secret_name(name):
            return f"{name}={MASK}"
        return self.text(word)


def sanitizer_of(settings: Settings, environment: Mapping[str, str] = os.environ) -> Sanitizer:
    """The sanitizer that knows the secrets of a run."""
    found = [environment.get(KEY, "")]
    for url in (settings.url, settings.weaviate, settings.endpoint_for_weaviate):
        found += _of_url(url or "")
    found += _of_url(settings.compare_with or "")
    pairs = (each.partition("=") for each in settings.env)
    found += [value for name, _, value in pairs if is_secret_name(name)]
    found += [each.partition(":")[2].strip() for each in settings.header]
    return Sanitizer(_longest_first(found))


def _of_url(url: str) -> list[str]:
    """A URL's user information, also in the form of an Authorization header."""
    parts = urlsplit(url)
    basic, password = basic_authorization(parts), parts.password or ""
    if basic is None:
        return []
    user_information = parts.netloc.rpartition("@")[0]
    return [user_information, password, unquote(password), basic.removeprefix("Basic ")]


def _longest_first(secrets: Iterable[str]) -> tuple[str, ...]:
    """Longest first, so that a secret within another one leaves no remainder."""
    long_enough = {each for each in secrets if len(each) >= SHORTEST_SECRET}
    return tuple(sorted(long_enough, key=lambda each: (-len(each), each)))
