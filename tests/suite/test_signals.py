"""Ctrl-C and SIGTERM end a run promptly, with a failing status and no leftover processes."""

import asyncio
import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import pytest

from conformance.command import cli
from conformance.transport.child_process import wait_until
from tests.endpoints import registry
from tests.suite.conftest import COMMAND, MODEL, FakeReference


@contextmanager
def hanging(fake: FakeReference) -> Iterator[subprocess.Popen[bytes]]:
    """The command with its own reference, waiting for a response that never comes."""
    words = [COMMAND, "--reference", registry.MULTILINGUAL, *MODEL, "--clause", "MET-01"]
    environment = {**fake.environment, "HANG": "yes"}
    with (
        subprocess.Popen(
            words, cwd=fake.folder, env=environment, stdout=subprocess.PIPE
        ) as process,
        ExitStack() as stack,
    ):
        stack.callback(process.terminate)
        assert wait_until((fake.folder / "busy").exists, 200)
        yield process


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_an_interrupted_run_is_no_success_and_leaves_no_process(
    fake_reference: FakeReference, number: signal.Signals
) -> None:
    with hanging(fake_reference) as process:
        process.send_signal(number)
        assert process.wait(60) == pytest.ExitCode.INTERRUPTED
        assert process.stdout is not None
        shown = process.stdout.read().decode()
    assert "MET-01: interrupted" in shown
    assert "verdict: incomplete" in shown
    assert "!! interrupted !!" in shown
    assert "traceback" not in shown
    assert fake_reference.started() == 1
    assert wait_until(fake_reference.all_gone, 20)


def test_a_second_signal_does_not_interrupt_the_cleanup() -> None:
    with cli.ended_as_interrupted():
        with pytest.raises(KeyboardInterrupt):
            os.kill(os.getpid(), signal.SIGTERM)
        os.kill(os.getpid(), signal.SIGTERM)
        os.kill(os.getpid(), signal.SIGHUP)


def test_a_signal_cancels_the_requests_that_are_being_sent() -> None:
    tasks = []

    async def interrupted() -> None:
        tasks.append(asyncio.current_task())
        os.kill(os.getpid(), signal.SIGTERM)
        await asyncio.sleep(60)

    with asyncio.Runner() as runner, cli.ended_as_interrupted(), pytest.raises(KeyboardInterrupt):
        runner.run(interrupted())
    assert [task and task.cancelled() for task in tasks] == [True]
