"""Run pytest on the checks in this process, isolated from the current directory's configuration.

`run` does so for programs, `execute` for the console command, which has more plugins.
"""

import os
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Unpack

import pytest

from conformance.options.settings import BadOption, Given, Options, make_settings
from conformance.options.table import COMMAND_LINE, OPTIONS, TARGETS
from conformance.report.verdict import Report
from conformance.session import CHECKS, PACKAGE, Session

QUIET = ("-p", "no:terminal", "-p", "no:faulthandler", "-p", "no:cacheprovider", "-s")
"""Arguments that isolate a run within another program's process."""
WITHOUT_ENDPOINT = frozenset({"--collect-only", "--co", "--markers", "--fixtures", "--help"})
"""Arguments for pytest with which no endpoint is needed."""


def run(url: str | None = None, *, model: str | None = None, **options: Unpack[Options]) -> Report:
    """Run the suite against an endpoint in this process, and return the results.

    `url` is the endpoint; ``image=`` or ``reference=`` starts one instead. `model` is the tag that
    it serves. `options` are those of the console command, with underscores: ``weaviate="off"``,
    ``clause=["VEC-01"]``, ``report=Path("out")``. Neither the environment nor pyproject.toml is
    read, and nothing is printed.

    Raises `UserError`, with one line that says what to do, if an option is invalid or there is no
    endpoint.
    """
    asked = {**options, "url": url, "model": model}
    unknown = asked.keys() - {row.dest for row in OPTIONS if row.configurable}
    if unknown:
        raise BadOption(f"there is no option {', '.join(sorted(unknown))}")
    if not any(asked.get(name) for name in TARGETS):
        raise BadOption("no endpoint: specify its URL, image=IMAGE, or reference=TAG")
    given = {name: Given(value, COMMAND_LINE) for name, value in asked.items() if value is not None}
    session = Session(make_settings(given))
    status = execute(session, QUIET)
    if session.report is None:
        raise RuntimeError(f"pytest ended with {status} before a report was made")
    return session.report


def execute(session: Session, words: Sequence[str], others: Sequence[object] = ()) -> int:
    """Open the endpoint and run pytest on the checks; returns the exit status. Raises UserError.

    `words` are arguments for pytest; `others` are further plugins.
    """
    if not set(words) & WITHOUT_ENDPOINT:
        session.open()
    try:
        with scratch() as folder:
            kept = session.settings.report / ".cache" if session.settings.report else folder
            return int(pytest.main([*configuration(kept), *words], plugins=[session, *others]))
    finally:
        session.close()


@contextmanager
def scratch() -> Iterator[Path]:
    """A temporary directory for files that pytest and Hypothesis would write to the current one.

    Variables that they set are restored, since the caller may itself be a pytest test.
    """
    hypothesis = "HYPOTHESIS_STORAGE_DIRECTORY"
    names = (hypothesis, "PYTEST_CURRENT_TEST", "PYTEST_VERSION")
    before = {name: os.environ.get(name) for name in names}
    with tempfile.TemporaryDirectory(prefix="clip-conformance-") as folder:
        os.environ[hypothesis] = folder
        try:
            yield Path(folder)
        finally:
            for name, value in before.items():
                os.environ.pop(name, None)
                if value is not None:
                    os.environ[name] = value


def configuration(cache: Path) -> list[str]:
    """Arguments with which pytest runs the checks, regardless of the current directory's files."""
    own = ["-c", str(PACKAGE / "suite.ini"), "--rootdir", str(PACKAGE), "--confcutdir", str(CHECKS)]
    # That plugin collects garbage five times at the end of a run, which is useless here.
    own += ["-p", "no:unraisableexception"]
    return [*own, "--disable-plugin-autoload", "-o", f"cache_dir={cache}", str(CHECKS)]
