"""A container is started from the image under test, checked, and removed."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from conformance.containers import engine
from conformance.containers.container import Container, ContainerOptions
from conformance.containers.engine import CommandFailed, ContainerTrouble
from conformance.containers.observations import observe_start

pytestmark = pytest.mark.usefixtures("nothing_left")
NOWHERE = "localhost:9/no/such-image"


def options(**env: str) -> ContainerOptions:
    return ContainerOptions(env=env)


def test_a_started_container_answers_and_says_what_it_is(fake_image: str) -> None:
    with Container(fake_image) as container:
        start = observe_start(container, 30)
        assert start.first.status == 200, start.first.summary()
        assert container.running
        assert container.digest.startswith("sha256:")
        assert container.log_tail() == ["fake encoder: starting"]
    assert not container.running


def test_the_log_keeps_the_order_of_both_streams(fake_image: str) -> None:
    with (
        Container(fake_image, options(DIE="1")) as container,
        pytest.raises(ContainerTrouble) as raised,
    ):
        observe_start(container, 30)
    assert raised.value.log == ("fake encoder: starting", "fake encoder: no model here")


def test_environment_and_mounts_reach_the_container(fake_image: str, tmp_path: Path) -> None:
    (tmp_path / "weights").write_text("here")
    chosen = ContainerOptions(env={"A": "b c"}, mounts={tmp_path: "/app/models"})
    with Container(fake_image, chosen) as container:
        inside = engine.call("exec", container.id, "sh", "-c", 'echo "$A"; cat /app/models/weights')
        assert inside == "b c\nhere"
        with pytest.raises(CommandFailed, match="Read-only"):
            engine.call("exec", container.id, "touch", "/app/models/new")


def test_the_port_is_on_the_loopback_interface_alone(fake_image: str) -> None:
    with Container(fake_image) as container:
        assert container.url.startswith("http://127.0.0.1:")
        assert engine.call("port", container.id).count("->") == 1


def test_a_command_that_the_image_lacks_is_a_death_at_start(tmp_path: Path) -> None:
    (tmp_path / "Dockerfile").write_text('FROM scratch\nCOPY Dockerfile /\nCMD ["/encoder"]\n')
    name = "clip-conformance-tests-empty"
    engine.call("build", "--tag", name, str(tmp_path))
    try:
        with pytest.raises(ContainerTrouble, match="no such file"):
            Container(name)
    finally:
        engine.call("image", "rm", "--force", name)


def test_no_pull_means_none() -> None:
    with pytest.raises(ContainerTrouble, match="not on this machine"):
        Container(NOWHERE, ContainerOptions(pull="never"))


def test_a_folder_that_is_not_there_is_said_and_not_made(fake_image: str, tmp_path: Path) -> None:
    missing = tmp_path / "missing"
    with pytest.raises(ContainerTrouble, match="missing"):
        Container(fake_image, ContainerOptions(mounts={missing: "/app/models"}))
    assert not missing.exists()


HOLD = """
import sys
from conformance.containers.container import Container
with Container(sys.argv[1]) as container:
    print(container.id, flush=True)
    sys.stdin.read()
"""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_a_program_that_is_ended_leaves_no_container(
    fake_image: str, number: signal.Signals
) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, fake_image],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as program:
        assert program.stdout is not None
        identity = program.stdout.readline().strip()
        assert identity
        program.send_signal(number)
        program.wait(60)
    assert _gone(identity)


def _gone(identity: str) -> bool:
    """Whether the container is removed within the time that its supervisor is given for removing
    it."""
    try:
        # This call ends once the container has exited or been removed, or if it does not exist.
        engine.call("wait", identity, seconds=30)
        for _ in range(300):
            engine.call("inspect", "--format", "{{.State.Status}}", identity)
    except CommandFailed:
        return True
    return False


def test_no_engine_is_one_clear_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOCKER_HOST", "tcp://127.0.0.1:9")
    with pytest.raises(ContainerTrouble, match=r"^no container engine: .*127\.0\.0\.1:9"):
        engine.check()


def test_no_command_is_one_clear_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "COMMAND", "docker-that-is-not-there")
    with pytest.raises(ContainerTrouble, match=r"command `.*` not found"):
        engine.check()
