"""A wrong service at the URL, or a missing tool, is reported in one line before the first check."""

import json
from pathlib import Path

import pytest

from conformance.session import ONE_PROCESS
from conformance.transport.readiness import OtherService, Unusable, known
from conformance.transport.reference_process import Reference
from tests.endpoints import registry
from tests.suite.conftest import MODEL, Command
from tests.suite.sockets import answer, routes, talking

pytest_plugins = ["pytester"]


@pytest.mark.parametrize("service", known(), ids=lambda service: f"{service.name} {service.path}")
def test_another_service_is_named(command: Command, service: OtherService) -> None:
    body = service.text or json.dumps(dict.fromkeys(service.keys, "x"))
    with talking(routes({service.path: answer(body.encode())})) as url:
        done = command(url, *MODEL)
    said = f"ERROR: {url} is not a multi2vec-clip endpoint but {service.name}: {service.hint}"
    assert (done.status, done.lines) == (4, [said])


def test_a_reference_without_its_libraries_says_how_to_install_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "reference"
    program.mkdir()
    (program / "__main__.py").write_text("import no_such_library\n")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(Unusable, match=r"pip install .*\[reference\]"):
        Reference("any", "stand-in")


def test_collecting_needs_no_endpoint(command: Command) -> None:
    done = command("--collect-only", "-q", "--group", "MET")
    assert done.status == 0
    assert "test_meta.py" in done.out


def test_a_suite_in_several_processes_is_refused(pytester: pytest.Pytester) -> None:
    words = ("--pyargs", "conformance", "--clip-url", "http://127.0.0.1:9", "-n", "2")
    run = pytester.runpytest_inprocess(*words, "--clip-model", registry.PUBLISHED)
    assert run.ret == pytest.ExitCode.USAGE_ERROR
    assert [line for line in run.errlines if line] == [f"ERROR: {ONE_PROCESS}"]
