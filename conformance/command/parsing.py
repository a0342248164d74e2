"""From pytest's options to `Settings`; what cannot be is a BadOption of one line."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest

from conformance.comparison import recording as snapshot
from conformance.comparison.recording import BadSnapshot
from conformance.containers import engine
from conformance.data import clauses, timeouts, weaviate_versions
from conformance.data.clauses import UnknownName
from conformance.data.weaviate_versions import NoVersion
from conformance.options import endpoint_url, sources
from conformance.options.settings import BadOption, Settings, find_model
from conformance.options.table import DEFAULT_REFERENCE, OPTIONS
from conformance.weaviate.server_selection import UnknownVersion, select_server

NARROWING = (
    "keyword",
    "markexpr",
    "lf",
    "stepwise",
    "deselect",
    "ignore",
    "ignore_glob",
    "clip_clause",
    "clip_group",
)


def parse_settings(config: pytest.Config) -> Settings:
    """The typed options of this run, from wherever they are given; raises BadOption.

    What was given elsewhere than on the command line is put beside what was given there.
    """
    typed = {row.dest: getattr(config.option, f"clip_{row.dest}") for row in OPTIONS}
    found = sources.merged(typed, os.environ, config.invocation_params.dir)
    given = {**typed, **{dest: each.value for dest, each in found.items()}}
    for dest, value in given.items():
        setattr(config.option, f"clip_{dest}", value)
    _check(given)
    starts_reference = given["url"] is None and given["image"] is None
    values = {row.dest: row.value(given[row.dest], starts_reference) for row in OPTIONS}
    values["url"] = values["url"] and values["url"].removesuffix("/")
    values["env"] = tuple(values["env"] or ())
    if given["image"]:
        values |= _image_defaults(given)
    values["model"] = find_model(_tag(given), values["models"])
    values["given"] = {row.name: found[row.dest] for row in OPTIONS if row.dest in found}
    return Settings(**{field.name: values[field.name] for field in fields(Settings)})


def _image_defaults(given: Mapping[str, Any]) -> dict[str, Any]:
    """What counts for an image where the user has not said it."""
    defaults: dict[str, Any] = {}
    if given["wait"] is None:
        defaults["wait"] = timeouts.REFERENCE_WAIT
    if given["weights"] is None:
        env = dict(each.split("=", 1) for each in given["env"] or ())
        mounted = given["mount_weights"] is not None
        if mounted or engine.serves_stand_in(given["image"], env):
            defaults["weights"] = "stand-in"
    return defaults


def _tag(given: Mapping[str, Any]) -> str:
    """The tag of the model that is served; raises BadOption where it is not said."""
    default = None if given["url"] or given["image"] else DEFAULT_REFERENCE
    tag: str | None = given["reference"] or given["model"] or default
    if tag is None:
        raise BadOption("say which model the endpoint serves: --model TAG (README lists the tags)")
    return tag


def narrowed(config: pytest.Config) -> bool:
    """Whether the user chose a part of the suite."""
    if any(getattr(config.option, name, None) for name in NARROWING):
        return True
    return not all(_whole(argument) for argument in config.args)


def chosen_clauses(ids: Sequence[str] | None, group_names: Sequence[str] | None) -> set[str]:
    """The ids of the clauses that were chosen one by one or by group; raises UnknownName."""
    chosen = {clauses.find(name).id for name in ids or ()}
    wanted = [clauses.find_group(name) for name in group_names or ()]
    return chosen | {each.id for each in clauses.all_clauses().values() if each.group in wanted}


def _whole(argument: str) -> bool:
    """Whether an argument names the whole suite: the package, or its folder of checks."""
    if "::" in argument:
        return False
    if argument in ("conformance", "conformance.checks"):
        return True
    package = Path(__file__).parent.parent
    return Path(argument).resolve() in (package, package / "checks")


def _check(given: Mapping[str, Any]) -> None:
    _check_target(given)
    for row in OPTIONS:
        if row.positive and given[row.dest] is not None and given[row.dest] <= 0:
            raise BadOption(f"--{row.name} must be above 0")
    _check_url(given["url"])
    _check_comparison(given["compare_with"])
    _check_weaviate(given)
    try:
        chosen_clauses(given["clause"], given["group"])
    except UnknownName as problem:
        raise BadOption(str(problem)) from problem


def _check_target(given: Mapping[str, Any]) -> None:
    if given["url"] and given["reference"]:
        raise BadOption("--reference starts an endpoint of its own: give a URL or a tag, not both")
    if given["image"] and (given["url"] or given["reference"]):
        raise BadOption("--image starts an endpoint of its own: give no URL and no --reference")
    if given["reference"] and given["model"] not in (None, given["reference"]):
        raise BadOption("--reference and --model name different models")
    if any("=" not in each for each in given["env"] or ()):
        raise BadOption("--env takes NAME=VALUE")
    _check_mount(given)


def _check_mount(given: Mapping[str, Any]) -> None:
    where = given["mount_weights"]
    if where is None:
        return
    if not given["image"]:
        raise BadOption("--mount-weights goes with --image: nothing else has a folder to mount to")
    if not where.startswith("/") or ":" in where or "," in where:
        raise BadOption(f"--mount-weights takes an absolute path inside the container: {where!r}")
    if given["weights"] == "published":
        raise BadOption("--mount-weights mounts the stand-in, so --weights cannot be published")


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
    if problem := endpoint_url.problem(url):
        raise BadOption(problem)
