"""The pytest plugin: options, all prefixed ``--clip-``, and a fixture for people's own tests.

It is loaded in every pytest run where the package is installed, so it does nothing but that
unless the suite itself is among the arguments.
"""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from conformance.options.settings import DEFAULT_REFERENCE, POLICIES, WEIGHTS

PACKAGE = Path(__file__).parent


def pytest_addoption(parser: pytest.Parser) -> None:
    """Declare the options; defaults are those of `conformance.settings.Settings`."""
    group = parser.getgroup("clip", "multi2vec-clip conformance")
    add = group.addoption
    add("--clip-url", metavar="URL", help="the endpoint; without it the reference is started")
    add("--clip-reference", metavar="TAG", help="start the project's own reference with this model")
    add("--clip-model", metavar="TAG", help="what the endpoint serves: a tag, or a row of your own")
    add("--clip-models", metavar="FILE", type=Path, help="TOML file with rows of your own models")
    add("--clip-weights", choices=WEIGHTS, help="what the endpoint is said to serve")
    add("--clip-dimension-policy", choices=POLICIES, help="which published width is right")
    add("--clip-dimensions", metavar="N", type=int, help="the only right width")
    add("--clip-endpoint-timeout", metavar="SECONDS", type=float, help="bound of every exchange")
    add("--clip-wait", metavar="SECONDS", type=float, help="how long to wait for ready")
    add("--clip-report", metavar="DIR", type=Path, help="write report.json and junit.xml there")
    add("--clip-strict", action="store_true", help="a SHOULD that fails counts like a MUST")
    add("--clip-slow", action="store_true", help="run the slow group too (about two minutes)")
    add("--clip-clause", metavar="ID", action="append", help="only this clause; may be repeated")
    add("--clip-compare-with", metavar="WHAT", help="a URL, a recording or weaviate:COLLECTION")
    add("--clip-weaviate", metavar="WHERE", help="off, embedded, embedded:VERSION or a URL")
    add("--clip-weaviate-grpc", metavar="PORT", type=int, help="gRPC port of that Weaviate")
    add("--clip-endpoint-for-weaviate", metavar="URL", help="the endpoint as Weaviate sees it")
    add("--clip-stand-in", metavar="TAG", help="tag that the fixture clip_stand_in_url serves")
    parser.addini("clip_stand_in", "tag that the fixture clip_stand_in_url serves")


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Take part in the run only where the suite is among the arguments."""
    if not _asked_for(config):
        return
    # Imported here: nobody else's run pays for it.
    from conformance.command.run import Run

    config.pluginmanager.register(Run.from_config(config), "clip-conformance-run")


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
    """Call it with a tag: serves the tag's stand-in until the session ends and returns its URL.

    For the tests of applications: real HTTP, real embeddings that align, no gigabytes of weights.
    """
    from conformance.transport.stand_in_server import serve

    urls: dict[str, str] = {}
    with ExitStack() as stack:

        def url(tag: str) -> str:
            if tag not in urls:
                urls[tag] = stack.enter_context(serve(tag))
            return urls[tag]

        yield url


@pytest.fixture(scope="session")
def clip_stand_in_url(request: pytest.FixtureRequest, clip_stand_in: Callable[[str], str]) -> str:
    """URL of the stand-in of ``--clip-stand-in TAG`` or of the ini option ``clip_stand_in``."""
    config = request.config
    tag = config.option.clip_stand_in or config.getini("clip_stand_in") or DEFAULT_REFERENCE
    return clip_stand_in(tag)
