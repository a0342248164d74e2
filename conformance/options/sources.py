"""Options from the environment and from pyproject.toml, for whoever runs the suite again and again.

The command line counts before ``CLIP_CONFORMANCE_NAME``, and that before the table
``[tool.clip-conformance]`` of the pyproject.toml in the working folder. Names are those of the
table of options; one that does not exist is an error, so that a misspelt option is never ignored.
"""

import re
import shlex
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from conformance.data.messages import suggestion
from conformance.options.settings import BadOption, Given
from conformance.options.table import OPTIONS, Option

PREFIX: Final = "CLIP_CONFORMANCE_"
FILE: Final = "pyproject.toml"
TABLE: Final = "clip-conformance"
COMMAND_LINE: Final = "command line"
TARGETS: Final = ("url", "reference", "image")
"""The options that name the endpoint, of which a run has one."""

KUBERNETES: Final = re.compile(r"_(SERVICE_HOST|SERVICE_PORT(_.*)?|PORT(_.*)?)$")
"""What Kubernetes sets in every pod for a service that somebody has named clip-conformance."""

_TRUE, _FALSE = ("1", "true", "yes", "on"), ("0", "false", "no", "off", "")
_ROWS = {row.name: row for row in OPTIONS if row.configurable}


def merged(
    command_line: Mapping[str, Any], environment: Mapping[str, str], folder: Path
) -> dict[str, Given]:
    """What counts of all that is set, by the option's `dest`; raises BadOption.

    `command_line` has None (a flag: False) for what was not given there. An endpoint that is named
    further up sets aside one that is named otherwise further down.
    """
    typed = {
        dest: Given(value, COMMAND_LINE)
        for dest, value in command_line.items()
        if value is not None and value is not False
    }
    found: dict[str, Given] = {}
    for level in (typed, _from_environment(environment), _from_file(folder / FILE)):
        taken = _set_aside(found)
        found = {**{k: v for k, v in level.items() if k not in taken}, **found}
    return found


def _set_aside(found: Mapping[str, Given]) -> set[str]:
    """The options that have no say any more below what was found."""
    endpoint = set(TARGETS) if found.keys() & set(TARGETS) else set()
    return endpoint | ({"model"} if "reference" in found else set())


def variable(row: Option) -> str:
    """The environment variable of an option."""
    return PREFIX + row.dest.upper()


def _from_environment(environment: Mapping[str, str]) -> dict[str, Given]:
    rows = {variable(row): row for row in _ROWS.values()}
    found = {}
    for name, text in environment.items():
        if not name.startswith(PREFIX) or KUBERNETES.search(name):
            continue
        if name not in rows:
            raise BadOption(f"there is no variable {name}{suggestion(name, rows)}")
        if not text:
            continue  # CI systems set a variable to nothing where nothing was given
        found[rows[name].dest] = Given(_parsed(rows[name], text, name), name)
    return found


def _parsed(row: Option, text: str, name: str) -> Any:
    """The text of an environment variable; several values are written as in a shell."""
    if row.flag:
        return _switch(text, name)
    try:
        words = shlex.split(text) if row.repeatable else [text]
    except ValueError as problem:
        raise BadOption(f"{name}: {problem}") from problem
    values = [_converted(row, word, name) for word in words]
    return values if row.repeatable else values[0]


def _switch(text: str, name: str) -> bool:
    if text.lower() in _TRUE:
        return True
    if text.lower() in _FALSE:
        return False
    raise BadOption(f"{name} is {text!r}: true or false")


def _converted(row: Option, text: str, name: str) -> Any:
    try:
        value = row.type(text)
    except ValueError as problem:
        raise BadOption(f"{name}: {problem}") from problem
    if row.choices and value not in row.choices:
        raise BadOption(f"{name} is {text!r}: one of {', '.join(row.choices)}")
    return value


def _from_file(path: Path) -> dict[str, Given]:
    found = {}
    for key, value in _table(path).items():
        if key not in _ROWS:
            raise BadOption(
                f"{FILE}: there is no option {key!r} in [tool.{TABLE}]{suggestion(key, _ROWS)}"
            )
        row = _ROWS[key]
        found[row.dest] = Given(_checked(row, value, path), FILE)
    return found


def _table(path: Path) -> Mapping[str, Any]:
    """The table of ours, empty where the file has none."""
    try:
        text = path.read_text(encoding="utf-8")
        document = tomllib.loads(text)
    except (OSError, UnicodeDecodeError):
        return {}
    except tomllib.TOMLDecodeError as problem:
        if TABLE not in text:
            return {}  # no say in what is ours, and for somebody else to mend
        raise BadOption(f"{FILE}: {problem}") from problem
    tools = document.get("tool")
    table = tools.get(TABLE, {}) if isinstance(tools, dict) else {}
    if not isinstance(table, dict):
        raise BadOption(f"{FILE}: tool.{TABLE} is no table")
    return table


def _checked(row: Option, value: Any, path: Path) -> Any:
    """A value of the file, of the type that the option has; paths are beside the file."""
    name = f"{FILE}: {row.name}"
    if row.flag:
        if not isinstance(value, bool):
            raise BadOption(f"{name} is {value!r}: true or false")
        return value
    values = list(_texts(row, value, name))
    made = [_converted(row, text, name) for text in values]
    made = [path.parent / each if isinstance(each, Path) else each for each in made]
    return made if row.repeatable else made[0]


def _texts(row: Option, value: Any, name: str) -> Iterator[str]:
    """The value as the words that the command line would have."""
    listed = value if row.repeatable and isinstance(value, list) else [value]
    numeric = row.type in (int, float)
    for each in listed:
        fits = isinstance(each, (int, float) if numeric else str) and not isinstance(each, bool)
        if not fits:
            kind = "a number" if numeric else "a string"
            raise BadOption(f"{name} is {each!r}: {kind}{', or a list' * row.repeatable}")
        yield str(each)
