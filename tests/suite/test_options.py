"""Options: what cannot be is one line and status 4; what can be becomes typed settings."""

import os
import re
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest

from conformance.command import cli
from conformance.command.parsing import parse_settings
from conformance.data import clauses, models
from conformance.data.models import Model
from conformance.options.settings import Settings
from conformance.options.table import COMMAND_OPTIONS, DEFAULT_REFERENCE, OPTIONS, DimensionPolicy
from tests.endpoints import registry
from tests.suite.conftest import COMMAND, MODEL, Command

pytest_plugins = ["pytester"]

URL = "http://127.0.0.1:9"
TAG = registry.PUBLISHED

BAD = {
    "no model": ((URL,), "say which model"),
    "unknown model": ((URL, "--model", "nope"), "unknown model 'nope'; known: "),
    "unknown reference": (("--reference", "nope"), "unknown model 'nope'; known: "),
    "no scheme": (("localhost:8080", *MODEL), "is no URL of an endpoint"),
    "other scheme": (("ftp://h", *MODEL), "is no URL of an endpoint"),
    "no host": (("http://", *MODEL), "is no URL of an endpoint"),
    "no port": (("http://h:x", *MODEL), "is no URL of an endpoint"),
    "port too high": (("http://h:99999", *MODEL), "is no URL of an endpoint"),
    "half an address": (("http://[::1", *MODEL), "is no URL of an endpoint"),
    "no host name": (("http://xn--/", *MODEL), "is no URL of an endpoint"),
    "query": ((f"{URL}/?a=1", *MODEL), "the URL has a query or a fragment"),
    "fragment": ((f"{URL}/#a", *MODEL), "the URL has a query or a fragment"),
    "URL and reference": ((URL, "--reference", TAG), "give a URL or a tag, not both"),
    "two models": (("--reference", TAG, "--model", "x"), "name different models"),
    "clause": ((URL, *MODEL, "--clause", "XXX-99"), "there is no clause XXX-99"),
    "0 numbers": ((URL, *MODEL, "--dimensions", "0"), "--dimensions must be above 0"),
    "-1 numbers": ((URL, *MODEL, "--dimensions", "-1"), "--dimensions must be above 0"),
    "no time": ((URL, *MODEL, "--endpoint-timeout", "0"), "--endpoint-timeout must be above 0"),
    "no wait": ((URL, *MODEL, "--wait", "0"), "--wait must be above 0"),
    "no port of gRPC": ((URL, *MODEL, "--weaviate-grpc", "0"), "--weaviate-grpc must be above 0"),
    "weights for a URL": ((URL, *MODEL, "--mount-weights", "/app"), "goes with --image"),
    "several servers": ((URL, "--model", TAG, "--weaviate", "docker,off"), "several servers are"),
    "no such failures": ((URL, *MODEL, "--known-failures", "/no/such/file"), "No such file"),
    "no such option": ((URL, *MODEL, "--nonsense"), "unrecognized arguments: --nonsense"),
    "no such file": ((URL, *MODEL, "--models", "/no/such/file"), "No such file"),
    "a report in a file": ((URL, *MODEL, "--report", f"{__file__}/x"), "--report: "),
    "pytest's -k": ((URL, *MODEL, "-k"), "argument -k: expected one argument"),
}


BAD_BY_ITSELF = {
    "no number": ((URL, *MODEL, "--dimensions", "x"), "argument --dimensions: invalid int value"),
    "policy": ((URL, *MODEL, "--dimension-policy", "x"), "argument --dimension-policy: invalid"),
    "weights": ((URL, *MODEL, "--weights", "x"), "argument --weights: invalid choice"),
    "no value": ((URL, "--model"), "argument --model: expected one argument"),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_option_is_one_line(command: Command, name: str) -> None:
    arguments, said = BAD[name]
    done = command(*arguments)
    assert done.status == 4
    assert len(done.lines) == 1
    assert done.lines[0].startswith("ERROR: ")
    assert said in done.lines[0]


@pytest.mark.parametrize("name", BAD_BY_ITSELF)
def test_an_option_that_is_bad_by_itself_is_one_line(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments, said = BAD_BY_ITSELF[name]
    with pytest.raises(SystemExit) as end:
        cli.main(list(arguments))
    assert end.value.code == 4
    assert re.fullmatch(rf"ERROR: {said}.*; --help lists the options\n", capsys.readouterr().err)


@pytest.mark.parametrize("content", ["[[model", "[[model]]\nnope = 1", "[[model]]\nlibrary = 'x'"])
def test_a_bad_row_of_a_model_is_one_line(command: Command, tmp_path: Path, content: str) -> None:
    file = tmp_path / "mine.toml"
    file.write_text(content)
    done = command(URL, "--model", "mine", "--models", file)
    assert (done.status, len(done.lines)) == (4, 1)


def test_a_row_of_ones_own_is_found(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text('[[model]]\ntag = "mine"\ncheckpoint_dimension = 7\nlanguages = ["en"]\n')
    model = models.find("mine", file)
    assert (model.checkpoint_dimension, model.languages, model.listed) == (7, ("en",), "user")
    assert TAG in models.load(file)


ERRATUM = Model("tag", documented_dimension=768, checkpoint_dimension=512)
AGREED = Model("tag", documented_dimension=1152, checkpoint_dimension=1152)
UNKNOWN = Model("tag")


@pytest.mark.parametrize(
    ("model", "policy", "dimensions", "widths"),
    [
        (ERRATUM, "published", None, {768: "documented", 512: "checkpoint"}),
        (ERRATUM, "documented", None, {768: "documented"}),
        (ERRATUM, "checkpoint", None, {512: "checkpoint"}),
        (ERRATUM, "published", 768, {768: "--dimensions"}),
        (ERRATUM, "checkpoint", 3, {3: "--dimensions"}),
        (AGREED, "published", None, {1152: "documented and checkpoint"}),
        (UNKNOWN, "published", None, {}),
        (UNKNOWN, "documented", None, {}),
        (UNKNOWN, "published", 64, {64: "--dimensions"}),
    ],
)
def test_the_widths_that_are_right(
    model: Model, policy: DimensionPolicy, dimensions: int | None, widths: dict[int, str]
) -> None:
    settings = Settings(URL, model, "published", dimension_policy=policy, dimensions=dimensions)
    assert settings.expected_dimensions() == widths


Parse = Callable[..., Settings]


@pytest.fixture
def parsed(pytester: pytest.Pytester) -> Parse:
    """The settings of a pytest run with these arguments; nothing is collected."""
    return lambda *arguments: parse_settings(pytester.parseconfig(*arguments))


VALUES: dict[str, tuple[str | None, Any]] = {
    "url": ("http://h/", "http://h"),
    "model": (TAG, models.find(TAG)),
    "models": (os.devnull, Path(os.devnull)),
    "weights": ("stand-in", "stand-in"),
    "dimension_policy": ("checkpoint", "checkpoint"),
    "dimensions": ("7", 7),
    "report": ("folder", Path("folder")),
    "strict": (None, True),
    "slow": (None, True),
    "wait": ("3.5", 3.5),
    "endpoint_timeout": ("4", 4.0),
    "compare_with": ("http://h:1", "http://h:1"),
    "weaviate": ("embedded:1.39.0", "embedded:1.39.0"),
    "weaviate_grpc": ("50052", 50052),
    "endpoint_for_weaviate": ("http://other", "http://other"),
    "for_weaviate": ("1.36.8", "1.36.8"),
    "gpus": ("all", "all"),
    "pull": ("never", "never"),
    "env": ("A=1", ("A=1",)),
    "known_failures": ("known.toml", Path("known.toml")),
    "write_known_failures": ("new.toml", Path("new.toml")),
}
"""What is given for each field of the settings, and what it becomes; all differ from defaults."""


def test_every_field_of_the_settings_is_a_row_of_the_table() -> None:
    names = [field.name for field in fields(Settings) if field.name != "given"]
    assert set(names) <= {row.dest for row in OPTIONS}
    assert sorted(names) == sorted([*VALUES, "image", "mount_weights"])


def test_an_image_is_a_target_of_its_own(parsed: Parse) -> None:
    settings = parsed("--clip-image=an/image", f"--clip-model={TAG}")
    assert (settings.url, settings.image, settings.wait) == (None, "an/image", 120.0)
    assert settings.weights == "published"


def test_weights_that_are_mounted_are_stand_ins(parsed: Parse) -> None:
    words = ("--clip-image=an/image", f"--clip-model={TAG}", "--clip-mount-weights=/opt/models")
    settings = parsed(*words)
    assert (settings.mount_weights, settings.weights) == ("/opt/models", "stand-in")


def test_every_option_reaches_its_field(parsed: Parse) -> None:
    given = [
        f"--clip-{row.name}" + (f"={value}" if value is not None else "")
        for row in OPTIONS
        if row.dest in VALUES
        for value in [VALUES[row.dest][0]]
    ]
    assert parsed(*given) == Settings(**{name: value for name, (_, value) in VALUES.items()})


def test_defaults_are_those_of_the_table(parsed: Parse) -> None:
    settings = Settings(URL, models.find(TAG), "published")
    assert settings == parsed(f"--clip-url={URL}", f"--clip-model={TAG}")
    assert (settings.endpoint_timeout, settings.wait) == (50.0, 10.0)
    assert settings.dimension_policy == "published"


def test_a_reference_has_defaults_of_its_own(parsed: Parse) -> None:
    settings = parsed()
    assert (settings.url, settings.model.tag) == (None, DEFAULT_REFERENCE)
    assert (settings.weights, settings.wait, settings.endpoint_timeout) == ("stand-in", 120.0, 50.0)


def test_the_command_hands_every_option_to_the_plugin(monkeypatch: pytest.MonkeyPatch) -> None:
    handed: list[str] = []

    def run(words: list[str]) -> int:
        handed.extend(words)
        return 0

    monkeypatch.setattr(pytest, "main", run)
    monkeypatch.setenv("HYPOTHESIS_STORAGE_DIRECTORY", "restored afterwards")
    for row in COMMAND_OPTIONS:
        value = "1" if row.type in (int, float) else (*row.choices, "x")[0]
        cli.main([URL, f"--{row.name}", *([] if row.flag else [value])])
    handed = [word for word in handed if not word.startswith("--clip-url")]
    names = [word.partition("=")[0] for word in handed if word.startswith("--clip-")]
    assert names == [f"--clip-{row.name}" for row in COMMAND_OPTIONS]


def test_help_lists_every_option_and_subcommand(program: Command) -> None:
    shown = program("--help").out
    assert [row.name for row in COMMAND_OPTIONS if f"  --{row.name}" not in shown] == []
    assert [name for name in cli.SUBCOMMANDS if f"clip-conformance {name} " not in shown] == []


@pytest.mark.parametrize("name", cli.SUBCOMMANDS)
def test_every_subcommand_is_there(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    if name == "stand-in":
        pytest.skip("runs the reference as a program; tests/exact has its tests")
    with suppress(SystemExit):
        assert cli.main([name, "--help"]) == 0
    assert f"clip-conformance {name}" in capsys.readouterr().out


def test_the_plugin_imports_next_to_nothing() -> None:
    program_text = (
        "import pytest, sys; before = set(sys.modules); import conformance.plugin\n"
        "print(*sorted({name.partition('.')[0] for name in set(sys.modules) - before}))"
    )
    words = [sys.executable, "-c", program_text]
    done = subprocess.run(words, capture_output=True, text=True, timeout=60, check=True)
    assert set(done.stdout.split()) - sys.stdlib_module_names == {"conformance"}


def test_help_and_version_end_with_0(program: Command) -> None:
    assert "clip-conformance http://localhost:8080 --model" in program("--help").out
    assert program("--version").out.strip()


def test_collecting_takes_no_endpoint(command: Command) -> None:
    done = command(URL, *MODEL, "--collect-only", "-q")
    assert done.status == 0
    assert "test_probes.py" in done.out


def test_every_clause_can_be_chosen(command: Command, plain_url: str) -> None:
    assert command(plain_url, *MODEL, "--clause", next(iter(clauses.all_clauses()))).status == 0


def test_the_command_is_installed() -> None:
    assert Path(COMMAND).is_file()
