"""Options from variables and from pyproject.toml: what counts, and that nothing is ignored."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from conformance.command.parsing import parse_settings
from conformance.options import sources
from conformance.options.settings import BadOption, Settings
from conformance.options.table import OPTIONS
from tests.endpoints import registry
from tests.suite.conftest import MODEL, Command

pytest_plugins = ["pytester"]

TAG = registry.PUBLISHED
Merge = Callable[..., dict[str, tuple[Any, str]]]


@pytest.fixture
def merge(tmp_path: Path) -> Merge:
    """Call it with three levels: command line, variables, and lines of the file's table."""

    def call(
        line: dict[str, Any] | None = None, variables: dict[str, str] | None = None, file: str = ""
    ) -> dict[str, tuple[Any, str]]:
        text = f"[tool.clip-conformance]\n{file}\n"
        (tmp_path / "pyproject.toml").write_text(text, encoding="utf-8")
        found = sources.merged(line or {}, variables or {}, tmp_path)
        return {dest: (given.value, given.origin) for dest, given in found.items()}

    return call


def test_each_option_but_one_has_a_variable(merge: Merge) -> None:
    values = {row.dest: (*row.choices, "1")[0] for row in OPTIONS}
    found = {
        name
        for name, value in values.items()
        if name != "stand_in"
        if name in merge(variables={f"CLIP_CONFORMANCE_{name.upper()}": value})
    }
    assert found == values.keys() - {"stand_in"}


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("wait", "3.5", 3.5),
        ("dimensions", "7", 7),
        ("strict", "true", True),
        ("slow", "0", False),
        ("clause", "VEC-01 VEC-02", ["VEC-01", "VEC-02"]),
        ("env", "A=1 'B=two words'", ["A=1", "B=two words"]),
        ("models", "mine.toml", Path("mine.toml")),
    ],
)
def test_a_variable_is_read_as_its_option_is(
    merge: Merge, name: str, text: str, value: object
) -> None:
    variable = f"CLIP_CONFORMANCE_{name.upper()}"
    assert merge(variables={variable: text})[name] == (value, variable)


@pytest.mark.parametrize(
    ("line", "name", "value"),
    [
        ("wait = 3", "wait", 3.0),
        ("strict = true", "strict", True),
        ("clause = ['VEC-01', 'VEC-02']", "clause", ["VEC-01", "VEC-02"]),
        ("group = 'IMG'", "group", ["IMG"]),
        ("dimension-policy = 'checkpoint'", "dimension_policy", "checkpoint"),
    ],
)
def test_the_file_is_read_as_its_options_are(
    merge: Merge, line: str, name: str, value: object
) -> None:
    assert merge(file=line)[name] == (value, "pyproject.toml")


def test_a_path_in_the_file_is_beside_it(merge: Merge, tmp_path: Path) -> None:
    assert merge(file="report = 'out'")["report"][0] == tmp_path / "out"


def test_the_command_line_counts_before_a_variable_and_that_before_the_file(merge: Merge) -> None:
    variables = {"CLIP_CONFORMANCE_MODEL": "variable", "CLIP_CONFORMANCE_STRICT": "false"}
    file = "model = 'file'\nstrict = true\nwait = 5"
    assert merge({"model": "typed"}, variables, file) == {
        "model": ("typed", "command line"),
        "strict": (False, "CLIP_CONFORMANCE_STRICT"),
        "wait": (5.0, "pyproject.toml"),
    }


def test_an_endpoint_sets_aside_another_one_further_down(merge: Merge) -> None:
    found = merge({"url": "http://h"}, {"CLIP_CONFORMANCE_IMAGE": "an/image"}, "reference = 'tag'")
    assert found == {"url": ("http://h", "command line")}


def test_a_reference_sets_aside_a_model_further_down(merge: Merge) -> None:
    assert set(merge({"reference": TAG}, file="model = 'other'\nurl = 'http://h'")) == {"reference"}


@pytest.mark.parametrize("end", ["SERVICE_HOST", "SERVICE_PORT_HTTP", "PORT", "PORT_80_TCP_ADDR"])
def test_what_kubernetes_sets_for_a_service_has_no_say(merge: Merge, end: str) -> None:
    assert merge(variables={f"CLIP_CONFORMANCE_{end}": "10.0.0.1"}) == {}


BAD_VARIABLES = {
    "CLIP_CONFORMANCE_MODL": ("x", "no variable CLIP_CONFORMANCE_MODL; did you mean .*_MODEL"),
    "CLIP_CONFORMANCE_STAND_IN": ("x", "there is no variable"),
    "CLIP_CONFORMANCE_WAIT": ("soon", "CLIP_CONFORMANCE_WAIT: could not convert"),
    "CLIP_CONFORMANCE_STRICT": ("maybe", "CLIP_CONFORMANCE_STRICT is 'maybe': true or false"),
    "CLIP_CONFORMANCE_PULL": ("often", "is 'often': one of missing, always, never"),
    "CLIP_CONFORMANCE_CLAUSE": ("'VEC-01", "No closing quotation"),
}


@pytest.mark.parametrize("name", BAD_VARIABLES)
def test_a_bad_variable_is_named(merge: Merge, name: str) -> None:
    text, said = BAD_VARIABLES[name]
    with pytest.raises(BadOption, match=said):
        merge(variables={name: text})


BAD_LINES = {
    "dimension_policy = 'checkpoint'": "no option 'dimension_policy' .*mean dimension-policy",
    "wait = 'soon'": "pyproject.toml: wait is 'soon': a number",
    "wait = true": "pyproject.toml: wait is True: a number",
    "model = 3": "pyproject.toml: model is 3: a string",
    "model = ['a']": "a string",
    "strict = 'yes'": "strict is 'yes': true or false",
    "clause = [1]": "clause is 1: a string, or a list",
    "pull = 'often'": "is 'often': one of missing, always, never",
    "model = ": "pyproject.toml: ",
}


@pytest.mark.parametrize("line", BAD_LINES)
def test_a_bad_line_of_the_file_is_named(merge: Merge, line: str) -> None:
    with pytest.raises(BadOption, match=BAD_LINES[line]):
        merge(file=line)


@pytest.mark.parametrize("text", ["[tool", "[project]\nname = 'x'\n", "tool = 1\n", b"\xff"])
def test_a_file_without_our_table_has_no_say(tmp_path: Path, text: str | bytes) -> None:
    raw = text if isinstance(text, bytes) else text.encode()
    (tmp_path / "pyproject.toml").write_bytes(raw)
    assert sources.merged({}, {}, tmp_path) == {}


def test_a_run_has_what_is_set_and_knows_where(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytester.makepyprojecttoml("[tool.clip-conformance]\nwait = 3\nurl = 'http://h'\n")
    monkeypatch.setenv("CLIP_CONFORMANCE_MODEL", TAG)
    settings = parse_settings(pytester.parseconfig("--clip-strict"))
    assert (settings.url, settings.wait, settings.model.tag) == ("http://h", 3.0, TAG)
    assert origins(settings) == {
        "strict": "command line",
        "model": "CLIP_CONFORMANCE_MODEL",
        "wait": "pyproject.toml",
        "url": "pyproject.toml",
    }


def origins(settings: Settings) -> dict[str, str]:
    """Where each option came from."""
    return {name: given.origin for name, given in settings.given.items()}


def test_the_report_shows_what_was_set_and_no_secret(
    program: Command, plain_url: str, tmp_path: Path
) -> None:
    table = f"[tool.clip-conformance]\nclause = ['MET-01']\nurl = '{plain_url}'\nreport = 'out'\n"
    (tmp_path / "pyproject.toml").write_text(table)
    url = plain_url.replace("http://", "http://user:secret@")
    done = program(url, *MODEL, "--env", "TOKEN=secret")
    assert done.status == 0
    report = json.loads((tmp_path / "out" / "report.json").read_text())
    rows = {row["name"]: (row["value"], row["origin"]) for row in report["settings_given"]}
    assert rows["url"] == (plain_url.replace("http://", "http://***@"), "command line")
    assert rows["clause"] == ("MET-01", "pyproject.toml")
    assert rows["env"] == ("TOKEN=***", "command line")
    assert "--clause MET-01" in report["reproduce"]
    assert "secret" not in (tmp_path / "out" / "report.html").read_text()
