"""Options from all sources become typed settings; an invalid option ends the run with status 4."""

import json
import os
from dataclasses import fields
from pathlib import Path
from typing import Any

import click
import pytest

from conformance.command import cli
from conformance.data import models
from conformance.data.models import Model
from conformance.options import sources
from conformance.options.settings import BadOption, Given, Settings, make_settings
from conformance.options.table import COMMAND_OPTIONS, DEFAULT_REFERENCE, OPTIONS, DimensionPolicy
from conformance.report import document
from tests.endpoints import registry
from tests.suite.conftest import COMMAND, MODEL, Command

URL = "http://127.0.0.1:9"
TAG = registry.PUBLISHED
WEAVIATE_URL = "--weaviate-grpc requires --weaviate URL"
NO_URL = "is not a valid endpoint URL"

BAD = {
    "no model": ((URL,), "specify the endpoint's model"),
    "unknown model": ((URL, "--model", "nope"), "unknown model 'nope'; known: "),
    "unknown reference": (("--reference", "nope"), "unknown model 'nope'; known: "),
    "no scheme": (("localhost:8080", *MODEL), NO_URL),
    "other scheme": (("ftp://h", *MODEL), NO_URL),
    "no host": (("http://", *MODEL), NO_URL),
    "no port": (("http://h:x", *MODEL), NO_URL),
    "port too high": (("http://h:99999", *MODEL), NO_URL),
    "half an address": (("http://[::1", *MODEL), NO_URL),
    "no host name": (("http://xn--/", *MODEL), NO_URL),
    "an empty URL": (("", *MODEL), NO_URL),
    "query": ((f"{URL}/?a=1", *MODEL), "the URL has a query or a fragment"),
    "fragment": ((f"{URL}/#a", *MODEL), "the URL has a query or a fragment"),
    "two URLs": ((URL, URL, *MODEL), "Got unexpected extra argument"),
    "URL and reference": ((URL, "--reference", TAG), "give a URL or a tag, not both"),
    "two models": (("--reference", TAG, "--model", "x"), "name different models"),
    "clause": ((URL, *MODEL, "--clause", "XXX-99"), "there is no clause XXX-99"),
    "0 numbers": ((URL, *MODEL, "--dimensions", "0"), "--dimensions must be above 0"),
    "no time": ((URL, *MODEL, "--endpoint-timeout", "-1"), "--endpoint-timeout must be above 0"),
    "weights for a URL": ((URL, *MODEL, "--mount-weights", "/app"), "--mount-weights requires"),
    "a variable for a URL": ((URL, *MODEL, "--env", "A=secret"), "--env requires --image"),
    "GPUs for a URL": ((URL, *MODEL, "--gpus", "all"), "--gpus requires --image"),
    "pull for a reference": (("--reference", TAG, "--pull", "never"), "--pull requires --image"),
    "a header for a reference": (
        ("--reference", TAG, "--header", "A: secret"),
        "--header requires an endpoint URL",
    ),
    "a port without Weaviate": ((URL, *MODEL[:2], "--weaviate-grpc", "1"), WEAVIATE_URL),
    "a port and no Weaviate": (
        (URL, *MODEL, "--weaviate=off", "--weaviate-grpc", "1"),
        WEAVIATE_URL,
    ),
    "a port of our own Weaviate": (
        (URL, *MODEL, "--weaviate=docker", "--weaviate-grpc", "1"),
        WEAVIATE_URL,
    ),
    "a URL for our own Weaviate": (
        (URL, *MODEL, "--weaviate=embedded", "--endpoint-for-weaviate", "http://h"),
        "--endpoint-for-weaviate requires --weaviate URL",
    ),
    "no such failures": ((URL, *MODEL, "--known-failures", "/no/such/file"), "No such file"),
    "no such option": ((URL, *MODEL, "--modl", "x"), "--modl"),
    "no such file": ((URL, *MODEL, "--models", "/no/such/file"), "No such file"),
    "a report in a file": ((URL, *MODEL, "--report", f"{__file__}/x"), "--report: "),
    "no number": ((URL, *MODEL, "--dimensions", "x"), "'--dimensions': 'x' is not a valid integer"),
    "policy": ((URL, *MODEL, "--dimension-policy", "x"), "'--dimension-policy': 'x' is not one of"),
    "no value": ((URL, "--model"), "'--model' requires an argument"),
    "no endpoint": (MODEL, "no endpoint: specify its URL"),
    "a command": (("compar", "a", "b"), "no command compar; did you mean compare?"),
    "a clause": ((URL, *MODEL, "--clause", "VEC01"), "did you mean VEC-01?"),
    "a group": ((URL, *MODEL, "--group", "image"), "did you mean images?"),
    "a hub's name": ((URL, "--model", "openai/clip-vit-base-patch16"), "mean openai-clip-vit-base"),
    "an image's name": ((URL, "--model", f"x/y:{TAG[:-1]}"), TAG),
    "a short name": ((URL, "--model", "siglip2-512"), "known: google-siglip2-so400m-patch16-512, "),
    "a host and a port": (("localhost:8080", *MODEL), "did you mean http://localhost:8080?"),
    "a host alone": (("clip.example.com", *MODEL), "did you mean http://clip.example.com?"),
    "/vectorize": ((f"{URL}/vectorize", *MODEL), f"appended automatically: use {URL}"),
    "/vectorize/": ((f"{URL}/clip/vectorize/", *MODEL), f"appended automatically: use {URL}/clip"),
    "/meta": ((f"{URL}/meta", *MODEL), "the URL ends in /meta"),
    "ready": ((f"{URL}/.well-known/ready", *MODEL), "the URL ends in /.well-known/ready"),
    "a password": (("http://me:secret@host/vectorize", *MODEL), "automatically: use http://host"),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_option_is_one_line(command: Command, name: str) -> None:
    arguments, said = BAD[name]
    done = command(*arguments)
    assert (done.status, len(done.lines)) == (4, 1)
    assert done.lines[0].startswith("ERROR: ")
    assert said in done.lines[0]
    assert "secret" not in done.lines[0]


@pytest.mark.parametrize("content", ["[[model", "[[model]]\nnope = 1", "[[model]]\nlibrary = 'x'"])
def test_a_bad_row_of_a_model_is_one_line(command: Command, tmp_path: Path, content: str) -> None:
    file = tmp_path / "mine.toml"
    file.write_text(content)
    done = command(URL, "--model", "mine", "--models", file)
    assert (done.status, len(done.lines)) == (4, 1)


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
        (AGREED, "published", None, {1152: "documented and checkpoint"}),
        (UNKNOWN, "published", None, {}),
        (UNKNOWN, "documented", None, {}),
        (UNKNOWN, "published", 64, {64: "--dimensions"}),
    ],
)
def test_the_dimensions_that_are_right(
    model: Model, policy: DimensionPolicy, dimensions: int | None, widths: dict[int, str]
) -> None:
    settings = Settings(URL, model, "published", dimension_policy=policy, dimensions=dimensions)
    assert settings.expected_dimensions() == widths


@pytest.fixture(autouse=True)
def empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Make sure that no pyproject.toml except a test's own is read."""
    monkeypatch.chdir(tmp_path)


def parsed(*words: str) -> Settings:
    return make_settings(merged(*words))


def merged(*words: str) -> dict[str, Given]:
    """The settings from a command line, the environment, and the current pyproject.toml."""
    command = click.Command("run", params=sources.parameters())
    with command.make_context("run", list(words), default_map=sources.defaults(Path())) as context:
        return sources.of_context(context)


VALUES: dict[str, tuple[str | None, Any]] = {
    "model": (TAG, models.find(TAG)),
    "models": (os.devnull, Path(os.devnull)),
    "weights": ("stand-in", "stand-in"),
    "dimension_policy": ("checkpoint", "checkpoint"),
    "dimensions": ("7", 7),
    "report": ("/folder", Path("/folder")),
    "strict": (None, True),
    "slow": (None, True),
    "wait": ("3.5", 3.5),
    "endpoint_timeout": ("4", 4.0),
    "budget": ("5.5", 5.5),
    "clause": ("VEC-01", ("VEC-01",)),
    "group": ("images", ("images",)),
    "compare_with": ("http://h:1", "http://h:1"),
    "weaviate": ("embedded:1.39.0", "embedded:1.39.0"),
    "weaviate_grpc": ("other:50052", "other:50052"),
    "endpoint_for_weaviate": ("http://other", "http://other"),
    "for_weaviate": ("1.36.8", "1.36.8"),
    "header": ("X-Key: 1", ("X-Key: 1",)),
    "ca_file": ("ca.pem", Path("ca.pem")),
    "gpus": ("all", "all"),
    "pull": ("never", "never"),
    "env": ("A=1", ("A=1",)),
    "known_failures": ("known.toml", Path("known.toml")),
    "write_known_failures": ("new.toml", Path("new.toml")),
}
"""The given and the resulting value of each setting; all differ from the defaults."""


@pytest.mark.parametrize("target", ["url", "image"])
def test_every_option_reaches_its_field(target: str) -> None:
    rows = [row for row in OPTIONS if row.dest in VALUES and row.only_for in ("", target)]
    given_words = [
        word for row in rows for word in (f"--{row.name}", VALUES[row.dest][0]) if word is not None
    ]
    expected = {row.dest: VALUES[row.dest][1] for row in rows}
    place = ["http://h/"] if target == "url" else ["--image", "i"]
    targets = {"url": "http://h"} if target == "url" else {"url": None, "image": "i"}
    assert parsed(*place, *given_words) == Settings(**targets, **expected)
    names = [each.name for each in fields(Settings) if each.name not in ("given", "url")]
    assert sorted(names) == sorted([*VALUES, "image", "mount_weights"])


def test_defaults_are_those_of_the_table() -> None:
    settings = Settings(URL, models.find(TAG), "published")
    assert settings == parsed(URL, "--model", TAG)
    assert (settings.endpoint_timeout, settings.wait) == (50.0, 10.0)


def test_what_the_suite_starts_has_defaults_of_its_own() -> None:
    reference = parsed()
    assert (reference.url, reference.model.tag) == (None, DEFAULT_REFERENCE)
    assert (reference.weights, reference.wait) == ("stand-in", 120.0)
    image = parsed("--image", "an/image", "--model", TAG)
    assert (image.image, image.weights, image.wait) == ("an/image", "published", 120.0)
    mounted = parsed("--image", "an/image", "--model", TAG, "--mount-weights", "/opt/models")
    assert (mounted.mount_weights, mounted.weights) == ("/opt/models", "stand-in")


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
        ("url", "http://h", "http://h"),
    ],
)
def test_a_variable_is_read_as_its_option_is(
    monkeypatch: pytest.MonkeyPatch, name: str, text: str, value: object
) -> None:
    variable = f"CLIP_CONFORMANCE_{name.upper()}"
    monkeypatch.setenv(variable, text)
    assert merged()[name] == Given(value, variable)


def write(*lines: str) -> None:
    """Write a pyproject.toml with these lines in the suite's table to the current directory."""
    Path("pyproject.toml").write_text("\n".join(["[tool.clip-conformance]", *lines]))


@pytest.mark.parametrize(
    ("line", "name", "value"),
    [
        ("wait = 3", "wait", 3.0),
        ("strict = true", "strict", True),
        ("clause = ['VEC-01', 'VEC-02']", "clause", ["VEC-01", "VEC-02"]),
        ("group = ['IMG']", "group", ["IMG"]),
        ("dimension-policy = 'checkpoint'", "dimension_policy", "checkpoint"),
        ("report = 'out'", "report", Path("out")),
    ],
)
def test_the_file_is_read_as_its_options_are(line: str, name: str, value: object) -> None:
    write(line)
    assert merged()[name] == Given(value, "pyproject.toml")


def test_the_command_line_counts_before_a_variable_and_that_before_the_file(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    write("model = 'file'", "strict = true", "wait = 5")
    monkeypatch.setenv("CLIP_CONFORMANCE_MODEL", "variable")
    monkeypatch.setenv("CLIP_CONFORMANCE_STRICT", "false")
    assert merged("--model", "typed") == {
        "model": Given("typed", "command line"),
        "strict": Given(False, "CLIP_CONFORMANCE_STRICT"),
        "wait": Given(5.0, "pyproject.toml"),
    }


def test_an_endpoint_overrides_one_that_is_named_in_a_weaker_place(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("CLIP_CONFORMANCE_IMAGE", "an/image")
    write("reference = 'tag'", "model = 'other'")
    assert set(merged("http://h")) == {"url", "model"}
    assert set(merged("--reference", TAG)) == {"reference"}


@pytest.mark.parametrize("end", ["SERVICE_HOST", "SERVICE_PORT_HTTP", "PORT", "PORT_80_TCP_ADDR"])
def test_what_kubernetes_sets_for_a_service_is_ignored(
    monkeypatch: pytest.MonkeyPatch, end: str
) -> None:
    monkeypatch.setenv(f"CLIP_CONFORMANCE_{end}", "10.0.0.1")
    assert merged() == {}


BAD_VARIABLES = {
    "CLIP_CONFORMANCE_MODL": ("x", "no variable CLIP_CONFORMANCE_MODL; did you mean "),
    "CLIP_CONFORMANCE_STAND_IN": ("x", "there is no variable"),
    "CLIP_CONFORMANCE_WAIT": ("soon", "'soon' is not a valid float"),
    "CLIP_CONFORMANCE_STRICT": ("maybe", "'maybe' is not a valid boolean"),
    "CLIP_CONFORMANCE_PULL": ("often", "'often' is not one of"),
    "CLIP_CONFORMANCE_CLAUSE": ("'VEC-01", "No closing quotation"),
}


@pytest.mark.parametrize("name", BAD_VARIABLES)
def test_a_bad_variable_is_one_line(
    command: Command, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    text, said = BAD_VARIABLES[name]
    monkeypatch.setenv(name, text)
    done = command(URL, *MODEL[:2])
    assert (done.status, len(done.lines)) == (4, 1)
    assert said in done.lines[0]


def test_what_is_typed_overrides_the_options_of_what_is_in_the_file(command: Command) -> None:
    lines = ("image = 'i'", "env = ['A=1']", "mount-weights = '/app'", "weaviate = 'http://h'")
    write(*lines, "endpoint-for-weaviate = 'http://h'")
    assert set(merged(URL)) == {"url", "weaviate", "endpoint_for_weaviate"}
    assert set(merged("--image", "j")) >= {"env", "mount_weights"}
    off = ("--weaviate=off", "--wait", "0.1")
    assert "nothing is listening" in command(URL, *MODEL[:2], *off).err
    write("weaviate = 'off'", "endpoint-for-weaviate = 'http://h'")
    assert "endpoint-for-weaviate requires" in command(URL, *MODEL[:2]).err


BAD_LINES = {
    "dimension_policy = 'checkpoint'": "no option 'dimension_policy' .*mean dimension-policy",
    "wait = 'soon'": "pyproject.toml: wait is 'soon'; expected a number",
    "wait = true": "pyproject.toml: wait is True; expected a number",
    "model = 3": "pyproject.toml: model is 3; expected a string",
    "model = ['a']": "a string",
    "strict = 'yes'": "strict is 'yes'; expected true or false",
    "clause = [1]": "clause is 1; expected a string, or a list",
    "model = ": "pyproject.toml: ",
}


@pytest.mark.parametrize("line", BAD_LINES)
def test_a_bad_line_of_the_file_is_named(line: str) -> None:
    write(line)
    with pytest.raises(BadOption, match=BAD_LINES[line]):
        merged()


@pytest.mark.parametrize("text", [b"[tool", b"[project]\nname = 'x'\n", b"tool = 1\n", b"\xff"])
def test_a_file_without_our_table_is_ignored(text: bytes) -> None:
    Path("pyproject.toml").write_bytes(text)
    assert merged() == {}


def test_the_report_shows_what_was_set_and_no_secret(
    program: Command, plain_url: str, tmp_path: Path
) -> None:
    table = f"[tool.clip-conformance]\nclause = ['MET-01']\nurl = '{plain_url}'\nreport = 'out'\n"
    (tmp_path / "pyproject.toml").write_text(table)
    url = plain_url.replace("http://", "http://user:secret@")
    done = program(url, *MODEL, "--header", "X-Key: secret")
    assert done.status == 0
    report = json.loads((tmp_path / "out" / "report.json").read_text())
    rows = {row["name"]: (row["value"], row["origin"]) for row in report["settings_given"]}
    assert rows["url"] == (plain_url.replace("http://", "http://***@"), "command line")
    assert rows["clause"] == ("MET-01", "pyproject.toml")
    assert rows["header"] == ("X-Key: ***", "command line")
    assert document._shown("env", ["TOKEN=secret"]) == "TOKEN=***"
    assert "--clause MET-01" in report["reproduce"]
    assert "secret" not in (tmp_path / "out" / "report.html").read_text()


def test_no_argument_is_a_welcome(command: Command) -> None:
    done = command()
    assert (done.status, len(done.lines)) == (4, 3)
    assert "clip-conformance http://localhost:8080 --model TAG" in done.err


def test_help_lists_every_option_and_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["--help"]) == 0
    shown = capsys.readouterr().out
    assert [row.name for row in COMMAND_OPTIONS if f"  --{row.name}" not in shown] == []
    assert [name for name in cli.COMMANDS if f"  clip-conformance {name}" not in shown] == []


def test_version_ends_with_0(program: Command) -> None:
    done = program("--version")
    assert (done.status, bool(done.out.strip())) == (0, True)
    assert Path(COMMAND).is_file()
