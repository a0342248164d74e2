"""The pytest plugin: options prefixed with ``--clip-``, and a fixture for users' own tests.

The plugin is loaded in every pytest run in an environment with the package, so it does nothing else
unless the suite itself is among the arguments.
"""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from conformance.options.table import COMMAND_LINE, DEFAULT_REFERENCE, OPTIONS, option

PACKAGE = Path(__file__).parent
SESSION = "clip-conformance-session"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Declare the options of the table."""
    group = parser.getgroup("clip", "multi2vec-clip conformance")
    for row in OPTIONS:
        group.addoption(f"--clip-{row.name}", **row.arguments())
    parser.addini("clip_stand_in", option("stand-in").help)


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Take part in the run only if the suite is among the arguments."""
    if not _asked_for(config) or config.pluginmanager.has_plugin(SESSION):
        return
    # Imported here, so that other pytest runs do not load these modules.
    from conformance.command.display import Display
    from conformance.data.messages import UserError
    from conformance.options import sources
    from conformance.options.settings import Given, make_settings
    from conformance.session import Session

    values = {row.dest: getattr(config.option, f"clip_{row.dest}") for row in OPTIONS}
    typed = {
        dest: Given(value, COMMAND_LINE)
        for dest, value in values.items()
        if value is not None and value is not False
    }
    try:
        found = sources.beside(typed, sources.elsewhere(config.invocation_params.dir))
        session = Session(make_settings(found), pytest_line=tuple(config.invocation_params.args))
    except UserError as problem:
        raise pytest.UsageError(str(problem)) from None
    config.pluginmanager.register(session, SESSION)
    config.pluginmanager.register(Display(session, by_command=False))


def _asked_for(config: pytest.Config) -> bool:
    """Whether an argument names the suite, as a module or as a path."""
    for argument in config.args:
        name = argument.split("::")[0]
        if config.option.pyargs and name.split(".")[0] == PACKAGE.name:
            return True
        if (config.invocation_params.dir / name).resolve().is_relative_to(PACKAGE):
            return True
    return False


@pytest.fixture(scope="session")
def clip_stand_in() -> Iterator[Callable[[str], str]]:
    """A function that serves a tag's stand-in until the session ends and returns its URL.

    For application tests: real HTTP and meaningful embeddings without gigabytes of weights.
    """
    from conformance.data.messages import UserError
    from conformance.transport.reference_process import serve_stand_in

    urls: dict[str, str] = {}
    with ExitStack() as stack:

        def url(tag: str) -> str:
            if tag not in urls:
                try:
                    urls[tag] = stack.enter_context(serve_stand_in(tag))
                except UserError as problem:
                    raise pytest.fail.Exception(str(problem), pytrace=False) from None
            return urls[tag]

        yield url


@pytest.fixture(scope="session")
def clip_stand_in_url(request: pytest.FixtureRequest, clip_stand_in: Callable[[str], str]) -> str:
    """URL of the stand-in named by ``--clip-stand-in TAG`` or the ini option ``clip_stand_in``."""
    config = request.config
    tag = config.option.clip_stand_in or config.getini("clip_stand_in") or DEFAULT_REFERENCE
    return clip_stand_in(tag)
