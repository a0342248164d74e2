"""Read a run's options from the command line, the environment, and pyproject.toml.

The command line takes precedence over ``CLIP_CONFORMANCE_NAME``, which takes precedence over the
table ``[tool.clip-conformance]`` of the pyproject.toml in the working directory. Click reads all
three. This module adds two rules: a misspelled variable or key is an error, and an endpoint
overrides any endpoint of lower precedence, even one given by another option.
"""

import os
import re
import shlex
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import click
from click.core import ParameterSource

from conformance.data.messages import suggestion
from conformance.options.settings import BadOption, Given
from conformance.options.table import COMMAND_LINE, OPTIONS, TARGETS, Option, variable

FILE: Final = "pyproject.toml"
TABLE: Final = "clip-conformance"

KUBERNETES: Final = re.compile(r"_(SERVICE_HOST|SERVICE_PORT(_.*)?|PORT(_.*)?)$")
"""Variables that Kubernetes sets in every pod if a service is named clip-conformance."""

_ROWS = {row.name: row for row in OPTIONS if row.configurable}
_STRENGTH = (ParameterSource.COMMANDLINE, ParameterSource.ENVIRONMENT, ParameterSource.DEFAULT_MAP)


class _Words(click.types.StringParamType):
    """Text; several values in one variable are written as in a shell."""

    name = "text"

    def split_envvar_value(self, rv: str) -> Sequence[str]:
        try:
            return shlex.split(rv)
        except ValueError as problem:
            raise click.BadParameter(str(problem)) from problem


def parameters() -> list[click.Parameter]:
    """Every option of the command as click declares it; the URL is its argument."""
    return [_parameter(row) for row in OPTIONS if row.configurable]


def _parameter(row: Option) -> click.Parameter:
    if row.name == "url":
        return click.Argument(["url"], required=False, envvar=variable(row))
    shared: dict[str, Any] = {"help": row.help_with_default(), "envvar": variable(row)}
    if row.flag:
        return click.Option([f"--{row.name}"], is_flag=True, default=None, **shared)
    kind: Any = _Words() if row.repeatable else row.type
    shared["type"] = click.Choice(row.choices) if row.choices else kind
    shared["metavar"] = row.metavar
    return click.Option([f"--{row.name}"], multiple=row.repeatable, **shared)


def of_context(context: click.Context) -> dict[str, Given]:
    """The given options by `dest`, from a context made with `defaults()`."""
    found: dict[str, tuple[ParameterSource, Given]] = {}
    for row in OPTIONS:
        source = context.get_parameter_source(row.dest)
        if source in _STRENGTH:
            value = context.params[row.dest]
            value = list(value) if row.repeatable else value
            found[row.dest] = source, Given(value, _origin(row, source))
    return _without_overridden(found)


def elsewhere(folder: Path) -> dict[str, Given]:
    """The options in variables and in the file in `folder`, for a run started through pytest."""
    command = click.Command("pytest", params=parameters())
    with command.make_context("pytest", [], default_map=defaults(folder)) as context:
        return of_context(context)


def beside(typed: Mapping[str, Given], weaker: Mapping[str, Given]) -> dict[str, Given]:
    """The given values, plus those from elsewhere that are not overridden."""
    ranked = {dest: (_STRENGTH[1], each) for dest, each in weaker.items()}
    strongest = {dest: (_STRENGTH[0], each) for dest, each in typed.items()}
    return _without_overridden({**ranked, **strongest})


def _origin(row: Option, source: ParameterSource) -> str:
    if source is ParameterSource.COMMANDLINE:
        return COMMAND_LINE
    return variable(row) if source is ParameterSource.ENVIRONMENT else FILE


def _without_overridden(found: Mapping[str, tuple[ParameterSource, Given]]) -> dict[str, Given]:
    """An endpoint overrides one of lower precedence and its options, and a reference a model."""

    def strength(dest: str) -> int:
        return _STRENGTH.index(found[dest][0]) if dest in found else len(_STRENGTH)

    strongest = min(map(strength, TARGETS))
    overridden = {dest for dest in TARGETS if strength(dest) > strongest}
    if "reference" not in overridden and strength("model") > strength("reference"):
        overridden.add("model")
    overridden |= {
        row.dest
        for row in OPTIONS
        if row.only_for and min(strength(row.dest), strength(row.only_for)) > strongest
    }
    return {dest: given for dest, (_, given) in found.items() if dest not in overridden}


def defaults(folder: Path) -> dict[str, Any]:
    """Click's `default_map`: the file's table, by `dest`; raises BadOption.

    Variables that match no option are rejected too, since click would ignore them.
    """
    _check_variables(os.environ)
    path = folder / FILE
    return {_ROWS[key].dest: value for key, value in _checked_table(path).items()}


def _check_variables(environment: Mapping[str, str]) -> None:
    known = [variable(row) for row in _ROWS.values()]
    prefix = variable_prefix()
    for name in environment:
        if name.startswith(prefix) and name not in known and not KUBERNETES.search(name):
            raise BadOption(f"there is no variable {name}{suggestion(name, known)}")


def variable_prefix() -> str:
    """The common prefix of the environment variables."""
    return variable(OPTIONS[0]).removesuffix(OPTIONS[0].dest.upper())


def _checked_table(path: Path) -> dict[str, Any]:
    found = {}
    for key, value in _table(path).items():
        if key not in _ROWS:
            raise BadOption(
                f"{FILE}: there is no option {key!r} in [tool.{TABLE}]{suggestion(key, _ROWS)}"
            )
        found[key] = _typed(_ROWS[key], value, path)
    return found


def _table(path: Path) -> Mapping[str, Any]:
    """This project's table, or empty if the file has none."""
    try:
        text = path.read_text(encoding="utf-8")
        document = tomllib.loads(text)
    except (OSError, UnicodeDecodeError):
        return {}
    except tomllib.TOMLDecodeError as problem:
        if TABLE not in text:
            return {}  # Left to other tools: the file may have nothing to do with this project.
        raise BadOption(f"{FILE}: {problem}") from problem
    tools = document.get("tool")
    table = tools.get(TABLE, {}) if isinstance(tools, dict) else {}
    if not isinstance(table, dict):
        raise BadOption(f"{FILE}: tool.{TABLE} is not a table")
    return table


def _typed(row: Option, value: Any, path: Path) -> Any:
    """A value from the file, which must have the option's type; paths are relative to the file."""
    listed = value if row.repeatable and isinstance(value, list) else [value]
    numeric = row.type in (int, float)
    wanted: Any = bool if row.flag else (int, float) if numeric else str
    kind = "true or false" if row.flag else "a number" if numeric else "a string"
    for each in listed:
        if not isinstance(each, wanted) or (isinstance(each, bool) and not row.flag):
            expected = f"{kind}{', or a list' * row.repeatable}"
            raise BadOption(f"{FILE}: {row.name} is {each!r}; expected {expected}")
    if row.type is Path:
        listed = [str(path.parent / each) for each in listed]
    return listed if row.repeatable else listed[0]
