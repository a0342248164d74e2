"""The console command ``clip-conformance``: short option names, and pytest kept to itself."""

import io
import os
import re
import sys
import tempfile
from argparse import ArgumentParser, Namespace, RawDescriptionHelpFormatter
from collections.abc import Callable
from contextlib import redirect_stderr
from importlib.metadata import version
from pathlib import Path
from pkgutil import resolve_name

import click
import pytest

from conformance.command import invoke, welcome
from conformance.data.messages import suggestion
from conformance.options import sources
from conformance.options.command_parser import BAD_OPTION, CommandParser
from conformance.options.settings import BadOption
from conformance.options.table import COMMAND_OPTIONS

SUBCOMMANDS = {
    "doctor": "conformance.doctor.doctor_command:command",
    "list": "conformance.command.contract_commands:list_clauses",
    "explain": "conformance.command.contract_commands:explain",
    "models": "conformance.command.contract_commands:models",
    "record": "conformance.comparison.record_command:command",
    "compose": "conformance.containers.compose:command",
    "bench": "conformance.speed.bench_command:command",
    "stand-in": "conformance.command.stand_in:command",
}
"""Name and ``module:function``: given the words after the name, it returns the exit status."""

PACKAGE = Path(__file__).parent.parent

DESCRIPTION = """\
Checks that an HTTP endpoint does what Weaviate's multi2vec-clip module asks of it: one that runs
already, a container, or the project's own reference.

  clip-conformance http://localhost:8080 --model openai-clip-vit-base-patch16
  clip-conformance --image my-registry/my-clip:1.0 --model openai-clip-vit-base-patch16
  clip-conformance --reference google-siglip2-so400m-patch16-384
  clip-conformance http://localhost:8080 --model TAG --compare-with before-the-upgrade.json

other commands, each with its own --help:
  clip-conformance doctor http://localhost:8080     what is there and what is wrong, in seconds
  clip-conformance list                             every clause of the contract
  clip-conformance explain VEC-01                   a clause: text, reason, source, test, faults
  clip-conformance models                           the tags that --model takes
  clip-conformance record http://localhost:8080 -o before-the-upgrade.json
  clip-conformance bench http://localhost:8080 --beside http://localhost:8081
  clip-conformance compose --model TAG > docker-compose.yml
  clip-conformance stand-in TAG FOLDER --layout vendor
"""
EPILOG = """\
Every option may also be set as a variable (CLIP_CONFORMANCE_MODEL=TAG) or in the table
[tool.clip-conformance] of pyproject.toml; the command line counts first, then the variable.
Anything else is handed to pytest (-k, -x, -v, -n, --lf …).

exit status: 0 conformant, partial without a failure, or with known failures only; 1 a MUST clause
failed; anything else: no verdict (2 interrupted, 3 an error of the suite, 4 a bad option or no
endpoint, 6 incomplete, 7 a known failure passes again)
"""
WITHOUT_ENDPOINT = ("--collect-only", "--co", "--markers", "--fixtures")
"""Words to pytest that ask nothing of an endpoint."""


def main(arguments: list[str] | None = None) -> int:
    """Run the suite; returns the exit status."""
    given = sys.argv[1:] if arguments is None else arguments
    if given and given[0] in SUBCOMMANDS:
        return _subcommand(given[0])(given[1:])
    options, rest = _parser().parse_known_args(given)
    options.url, rest = _with_url(rest)
    try:
        found = sources.merged(vars(options), os.environ, Path.cwd())
        _check_command(options.url)
    except BadOption as problem:
        print(f"ERROR: {problem}", file=sys.stderr)
        return BAD_OPTION
    if not found.keys() & set(sources.TARGETS) and not set(rest) & set(WITHOUT_ENDPOINT):
        return welcome.no_endpoint(given)
    report = found["report"].value if "report" in found else None
    return _run(options, rest, report)


def _run(options: Namespace, rest: list[str], report: Path | None) -> int:
    """Run pytest on the suite's checks; returns the exit status."""
    said = io.StringIO()
    with tempfile.TemporaryDirectory(prefix="clip-conformance-") as scratch, redirect_stderr(said):
        # Hypothesis would keep what it reads in modules in the caller's folder.
        os.environ["HYPOTHESIS_STORAGE_DIRECTORY"] = scratch
        status = int(pytest.main([*_own(report, Path(scratch)), *_mapped(options), *rest]))
    print(_one_line(said.getvalue(), status), end="", file=sys.stderr)
    return status


def _subcommand(name: str) -> Callable[[list[str]], int]:
    """What runs a subcommand; imported here, so that the others pay nothing."""
    run = resolve_name(SUBCOMMANDS[name])
    if isinstance(run, click.Command):
        return lambda words: invoke.main(run, words, f"clip-conformance {name}")
    main_function: Callable[[list[str]], int] = run
    return main_function


def _with_url(words: list[str]) -> tuple[str | None, list[str]]:
    """The endpoint's URL among the words that are not ours, and what is left for pytest.

    It is the first word, or one with a scheme: any other may be the value of an option of pytest's,
    as in ``-k EXPRESSION``.
    """
    for place, word in enumerate(words):
        if not word.startswith("-") and (place == 0 or "://" in word):
            return word, words[:place] + words[place + 1 :]
    return None, words


def _check_command(word: str | None) -> None:
    """Raise BadOption where the first word is a subcommand, misspelt."""
    hint = suggestion(word, SUBCOMMANDS) if word and not set(word) & set(":./") else ""
    if hint:
        raise BadOption(f"there is no command {word}{hint}")


def _one_line(said: str, status: int) -> str:
    """What pytest said on stderr; of a usage error, the line that tells what is wrong.

    Lines of a container's log below it, which start with a bar, belong to it.
    """
    problems = re.findall(r"(?im)^(?:\S+: )?error: (.+(?:\n  \| .*)*)$", said)
    usage_error = status == pytest.ExitCode.USAGE_ERROR and problems
    return f"ERROR: {problems[-1]}\n" if usage_error else said


def _own(report: Path | None, scratch: Path) -> list[str]:
    """The configuration that is the suite's and not the caller's."""
    cache = report.resolve() / ".cache" if report else scratch
    folder = PACKAGE / "checks"
    ini = ["-c", str(PACKAGE / "suite.ini"), "--rootdir", str(PACKAGE), "--confcutdir", str(folder)]
    return [*ini, "-o", f"cache_dir={cache}", str(folder)]


def _mapped(options: Namespace) -> list[str]:
    """Short names to the plugin's."""
    mapped = []
    for name, value in vars(options).items():
        flag = f"--clip-{name.replace('_', '-')}"
        if value is True:
            mapped.append(flag)
        elif isinstance(value, list):
            mapped += [word for each in value for word in (flag, each)]
        elif value is not None and value is not False:
            absolute = value.resolve() if isinstance(value, Path) else value
            mapped.append(f"{flag}={absolute}")
    return mapped


def _parser() -> ArgumentParser:
    parser = CommandParser(
        "clip-conformance",
        usage="clip-conformance [URL] [options]",
        description=DESCRIPTION,
        epilog=EPILOG,
        formatter_class=RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument(
        "--version", action="version", version=version("multi2vec-clip-conformance")
    )
    for row in COMMAND_OPTIONS:
        parser.add_argument(f"--{row.name}", **row.arguments())
    return parser


if __name__ == "__main__":
    sys.exit(main())
