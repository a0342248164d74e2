"""From pytest's options to `Settings`; what cannot be is a BadOption of one line."""

from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from conformance.comparison import snapshot
from conformance.comparison.snapshot import BadSnapshot
from conformance.data import clauses, weaviate_versions
from conformance.data.weaviate_versions import NoVersion
from conformance.options.settings import BadOption, Settings, find_model
from conformance.options.table import DEFAULT_REFERENCE, OPTIONS
from conformance.weaviate.server.binary import UnknownVersion
from conformance.weaviate.server.server_selection import select_server

NARROWING = (
    "keyword",
    "markexpr",
    "lf",
    "stepwise",
    "deselect",
    "ignore",
    "ignore_glob",
    "clip_clause",
)


def parse_settings(config: pytest.Config) -> Settings:
    """The typed options of this run; raises BadOption."""
    given = {row.dest: getattr(config.option, f"clip_{row.dest}") for row in OPTIONS}
    _check(given)
    starts_reference = given["url"] is None
    values = {row.dest: row.value(given[row.dest], starts_reference) for row in OPTIONS}
    values["url"] = values["url"] and values["url"].removesuffix("/")
    values["model"] = find_model(_tag(given), values["models"])
    return Settings(**{field.name: values[field.name] for field in fields(Settings)})


def _tag(given: Mapping[str, Any]) -> str:
    """The tag of the model that is served; raises BadOption where it is not said."""
    default = None if given["url"] else DEFAULT_REFERENCE
    tag: str | None = given["reference"] or given["model"] or default
    if tag is None:
        raise BadOption("say which model the endpoint serves: --model TAG (README lists the tags)")
    return tag


def narrowed(config: pytest.Config) -> bool:
    """Whether the user chose a part of the suite."""
    if any(getattr(config.option, name, None) for name in NARROWING):
        return True
    return not all(_whole(argument) for argument in config.args)


def _whole(argument: str) -> bool:
    """Whether an argument names the whole suite: the package, or its folder of checks."""
    if "::" in argument:
        return False
    if argument in ("conformance", "conformance.checks"):
        return True
    package = Path(__file__).parent.parent
    return Path(argument).resolve() in (package, package / "checks")


def _check(given: Mapping[str, Any]) -> None:
    if given["url"] and given["reference"]:
        raise BadOption("--reference starts an endpoint of its own: give a URL or a tag, not both")
    if given["reference"] and given["model"] not in (None, given["reference"]):
        raise BadOption("--reference and --model name different models")
    for row in OPTIONS:
        if row.positive and given[row.dest] is not None and given[row.dest] <= 0:
            raise BadOption(f"--{row.name} must be above 0")
    _check_url(given["url"])
    _check_comparison(given["compare_with"])
    _check_weaviate(given)
    unknown = set(given["clause"] or ()) - set(clauses.all_clauses())
    if unknown:
        raise BadOption(f"there is no clause {min(unknown)}; docs/contract.md lists them")


def _check_weaviate(given: Mapping[str, Any]) -> None:
    try:
        select_server(given["weaviate"])
    except UnknownVersion as problem:
        raise BadOption(str(problem)) from problem
    try:
        weaviate_versions.parse(given["for_weaviate"] or "1.39.0")
    except NoVersion as problem:
        raise BadOption(f"--for-weaviate: {problem}") from problem


def _check_comparison(what: str | None) -> None:
    if what is None or what.startswith(("http://", "https://", "weaviate:")):
        return
    try:
        snapshot.read(Path(what))
    except BadSnapshot as problem:
        raise BadOption(str(problem)) from problem


def _check_url(url: str | None) -> None:
    if url is None:
        return
    try:
        parts = urlsplit(url)
        usable = parts.scheme in ("http", "https") and parts.port != 0 and bool(parts.hostname)
        usable = usable and bool(httpx.URL(url).host)
    except (ValueError, httpx.InvalidURL):
        usable = False
    if not usable:
        raise BadOption(f"{url!r} is no URL of an endpoint: http://HOST:PORT, with a prefix if any")
    if parts.query or parts.fragment:
        raise BadOption("the URL has a query or a fragment, and Weaviate appends /vectorize to it")
