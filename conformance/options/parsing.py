"""From pytest's options to `Settings`; what cannot be is a BadOption of one line."""

from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from conformance.comparison import snapshot
from conformance.comparison.snapshot import BadSnapshot
from conformance.data import clauses
from conformance.options.settings import DEFAULT_REFERENCE, BadOption, Settings, find_model
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
REFERENCE_WAIT = 120.0


def parse_settings(config: pytest.Config) -> Settings:
    """The typed options of this run; raises BadOption."""
    option = config.option
    _check(option)
    tag = (
        option.clip_reference
        or option.clip_model
        or (None if option.clip_url else DEFAULT_REFERENCE)
    )
    if tag is None:
        raise BadOption("say which model the endpoint serves: --model TAG (README lists the tags)")
    started = option.clip_url is None
    given: dict[str, Any] = {
        "dimension_policy": option.clip_dimension_policy,
        "endpoint_timeout": option.clip_endpoint_timeout,
        "wait": option.clip_wait or (REFERENCE_WAIT if started else None),
    }
    return Settings(
        url=option.clip_url and option.clip_url.removesuffix("/"),
        model=find_model(tag, option.clip_models),
        weights=option.clip_weights or ("stand-in" if started else "published"),
        models=option.clip_models,
        dimensions=option.clip_dimensions,
        report=option.clip_report,
        strict=option.clip_strict,
        slow=option.clip_slow,
        compare_with=option.clip_compare_with,
        weaviate=option.clip_weaviate,
        weaviate_grpc=option.clip_weaviate_grpc,
        endpoint_for_weaviate=option.clip_endpoint_for_weaviate,
        **{name: value for name, value in given.items() if value is not None},
    )


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


def _check(option: Any) -> None:
    if option.clip_url and option.clip_reference:
        raise BadOption("--reference starts an endpoint of its own: give a URL or a tag, not both")
    if option.clip_reference and option.clip_model not in (None, option.clip_reference):
        raise BadOption("--reference and --model name different models")
    for name in ("clip_dimensions", "clip_endpoint_timeout", "clip_wait"):
        value = getattr(option, name)
        if value is not None and value <= 0:
            raise BadOption(f"--{name.removeprefix('clip_').replace('_', '-')} must be above 0")
    _check_url(option.clip_url)
    _check_comparison(option.clip_compare_with)
    try:
        select_server(option.clip_weaviate)
    except UnknownVersion as problem:
        raise BadOption(str(problem)) from problem
    unknown = set(option.clip_clause or ()) - set(clauses.all_clauses())
    if unknown:
        raise BadOption(f"there is no clause {min(unknown)}; docs/contract.md lists them")


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
