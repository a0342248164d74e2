"""The console command ``clip-conformance``, which runs the suite or a subcommand."""

import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from pkgutil import resolve_name
from types import FrameType
from typing import Any

import click

from conformance.data.messages import BAD_OPTION, UserError, printable, suggestion
from conformance.options import sources
from conformance.options.settings import BadOption, make_settings
from conformance.options.table import TARGETS

INTERRUPTED = 2
COMMANDS = {
    "doctor": "conformance.doctor.doctor_command:command",
    "list": "conformance.command.contract_commands:list_clauses",
    "explain": "conformance.command.contract_commands:explain",
    "models": "conformance.command.contract_commands:list_models",
    "record": "conformance.comparison.record_command:command",
    "compose": "conformance.containers.compose:command",
    "compare": "conformance.comparison.compare_command:command",
    "bench": "conformance.speed.bench_command:command",
    "stand-in": "conformance.transport.reference_process:command",
}
"""Name and ``module:command``; imported only when needed, so that other commands start fast."""

DESCRIPTION = """\
Checks that an HTTP endpoint does what Weaviate's multi2vec-clip module requires. Specify the URL of
a running endpoint, or let the suite start a container or the project's reference encoder.

\b
  clip-conformance http://localhost:8080 --model openai-clip-vit-base-patch16
  clip-conformance --image my-registry/my-clip:1.0 --model openai-clip-vit-base-patch16
  clip-conformance --reference google-siglip2-so400m-patch16-384

\b
Other commands, each with its own --help:
  clip-conformance doctor http://localhost:8080     find likely problems within seconds
  clip-conformance list                             list all clauses of the contract
  clip-conformance explain VEC-01                   show a clause: text, reason, source, faults
  clip-conformance models                           list the tags that --model accepts
  clip-conformance record http://localhost:8080 -o before.json   save an endpoint's vectors
  clip-conformance compare before.json http://localhost:8080     check that vectors still match
  clip-conformance bench http://localhost:8080      measure how fast an endpoint responds
  clip-conformance compose --model TAG              print a Compose file for Weaviate and a model
  clip-conformance stand-in TAG DIR                 write a small trained model for your server
"""
EPILOG = """\
Every option can also be set with an environment variable (CLIP_CONFORMANCE_MODEL=TAG) or in the
[tool.clip-conformance] table of pyproject.toml. The command line takes precedence over variables,
which take precedence over the file. Arguments after -- go to pytest unchanged (-- --durations=5).

\b
Exit status:
  0  conformant; partial without failures; or only known failures
  1  a MUST clause failed
  2  interrupted
  3  an error in the suite
  4  an invalid option, or no reachable endpoint
  6  incomplete
  7  a known failure no longer occurs
"""
WELCOME = """\
clip-conformance checks that a service does what Weaviate's multi2vec-clip module requires:
  clip-conformance http://localhost:8080 --model TAG   (clip-conformance models lists the tags)
  clip-conformance doctor http://localhost:8080        (finds problems in seconds; see also --help)
"""
NO_ENDPOINT = (
    "no endpoint: specify its URL, --image IMAGE for a container, or --reference TAG for the "
    "project's reference encoder"
)
PYTESTS_OWN: dict[str, dict[str, Any]] = {
    "-k": {"metavar": "EXPRESSION", "help": "run only tests whose names match, as in pytest"},
    "-v": {"count": True, "help": "show everything, including a line for each test"},
    "-q": {"count": True, "help": "show only the verdict"},
    "-x": {"is_flag": True, "help": "stop after the first failure"},
    "--lf": {"is_flag": True, "help": "run only tests that failed last time (requires --report)"},
    "--collect-only": {"is_flag": True, "help": "list the tests without running them"},
}
"""Options of pytest that the command accepts itself; any others go after ``--``."""
QUIETER = ("-rN", "--no-header", "--tb=short", "--disable-warnings")
"""Arguments for pytest, since the run has its own summary."""


def main(arguments: list[str] | None = None) -> int:
    """Run the suite or a subcommand; returns the exit status."""
    words = sys.argv[1:] if arguments is None else arguments
    if words and words[0] in COMMANDS:
        command: click.Command = resolve_name(COMMANDS[words[0]])
        return invoke(command, words[1:], f"clip-conformance {words[0]}")
    place = words.index("--") if "--" in words else len(words)
    ours, pytests = words[:place], words[place + 1 :]

    def run() -> int:
        _check_command(ours[0] if ours else "")
        return invoke(_suite_command(pytests), ours, "clip-conformance")

    return _guarded(run)


def _suite_command(pytests: list[str]) -> click.Command:
    """The command that runs the suite; `pytests` are arguments only for pytest."""
    own: list[click.Parameter] = [
        click.Option([name, f"pytest{name.replace('-', '_')}"], **options)
        for name, options in PYTESTS_OWN.items()
    ]

    @click.command(
        "clip-conformance",
        params=[*sources.parameters(), *own],
        help=DESCRIPTION,
        epilog=EPILOG,
        options_metavar="[options]",
        context_settings={
            "default_map": sources.defaults(Path.cwd()),
            "max_content_width": 100,
            "help_option_names": ["-h", "--help"],
        },
    )
    @click.version_option(
        package_name="multi2vec-clip-conformance",
        message="%(version)s",
        help="show the version and exit",
    )
    def command(**_values: Any) -> int:
        return _run_suite(click.get_current_context(), pytests)

    return command


def _run_suite(context: click.Context, pytests: list[str]) -> int:
    # Imported here, since other commands do not need pytest or the checks' libraries.
    from conformance.command.display import Display
    from conformance.running import WITHOUT_ENDPOINT, execute
    from conformance.session import Session

    words = [*_pytest_words(context), *pytests]
    found = sources.of_context(context)
    if not found.keys() & set(TARGETS) and not set(words) & WITHOUT_ENDPOINT:
        if not found and not words:
            print(WELCOME, end="", file=sys.stderr)
            return BAD_OPTION
        raise BadOption(NO_ENDPOINT)
    session = Session(make_settings(found), words)
    with ended_as_interrupted():
        return execute(session, [*QUIETER, *words], [Display(session, by_command=True)])


def _pytest_words(context: click.Context) -> list[str]:
    """The options of pytest that the command accepts, as arguments for pytest."""
    words: list[str] = []
    for name, declared in PYTESTS_OWN.items():
        value = context.params[f"pytest{name.replace('-', '_')}"]
        if declared.get("count"):
            words += [name] * value
        elif value:
            words += [name] if declared.get("is_flag") else [name, value]
    return words


def _check_command(word: str) -> None:
    """Raise BadOption if the first argument is a misspelled subcommand."""
    hint = suggestion(word, COMMANDS) if word.replace("-", "").isalpha() and word[0] != "-" else ""
    if hint:
        raise BadOption(f"there is no command {word}{hint}")


def invoke(command: click.Command, arguments: list[str], name: str = "") -> int:
    """The exit status of `command`: what its callback returns, or 4 after one line on stderr."""
    return _guarded(
        lambda: command.main(arguments, prog_name=name or None, standalone_mode=False) or 0
    )


def _guarded(work: Callable[[], int]) -> int:
    """The exit status that `work` returns; a user error prints one line on stderr."""
    try:
        return int(work())
    except click.ClickException as problem:
        print(f"ERROR: {problem.format_message()}", file=sys.stderr)
        return BAD_OPTION
    except UserError as problem:
        print(f"ERROR: {printable(str(problem))}", file=sys.stderr)
        return problem.exit_status
    except click.Abort:  # click raises this for a KeyboardInterrupt, after ending the line.
        print("interrupted", file=sys.stderr)
        return INTERRUPTED


@contextmanager
def ended_as_interrupted() -> Iterator[None]:
    """SIGTERM and SIGHUP end a run like Ctrl-C, so every process that was started is stopped.

    Only the first of them has an effect, since another could interrupt the cleanup.
    """
    numbers = (signal.SIGTERM, signal.SIGHUP)

    def interrupt(number: int, frame: FrameType | None) -> None:
        for each in numbers:
            signal.signal(each, signal.SIG_IGN)
        handler = signal.getsignal(signal.SIGINT)
        if callable(handler):  # While requests are being sent, asyncio's, which cancels them.
            handler(number, frame)
        else:
            raise KeyboardInterrupt

    before = [signal.signal(number, interrupt) for number in numbers]
    try:
        yield
    finally:
        for number, handler in zip(numbers, before, strict=True):
            signal.signal(number, handler)


if __name__ == "__main__":
    sys.exit(main())
