"""The program that holds one container: it creates it, waits, and removes it.

``python -m conformance.containers.supervisor`` reads one line of JSON, the words of ``docker
create``, and answers with one line, ``{"id": ...}`` or ``{"trouble": ...}``. When its input ends,
which also happens when the suite is killed, the container goes, with its log and its anonymous
volumes. Its session is its own, so Ctrl-C does not reach it, and creating and removing cannot
overtake one another.
"""

import json
import subprocess
import sys
from collections.abc import Sequence
from types import TracebackType

from conformance.containers import engine
from conformance.containers.errors import ContainerTrouble

REMOVED_WITHIN = 30.0


class Supervisor:
    """That program, from outside; creates the container and removes it at the end."""

    def __init__(self, create: Sequence[str]) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "conformance.containers.supervisor"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            start_new_session=True,
        )
        try:
            self.id = self._created(create)
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> "Supervisor":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        problem: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Remove the container; does nothing where it is gone."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        # Killing it would leave the container; it ends by itself soon after its command does.
        self._process.wait(REMOVED_WITHIN + engine.COMMAND_SECONDS)
        self._process.stdout.close()

    def _created(self, create: Sequence[str]) -> str:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(list(create)) + "\n")
        self._process.stdin.flush()
        answer = json.loads(self._process.stdout.readline() or '{"trouble": "its holder ended"}')
        if "trouble" in answer:
            raise ContainerTrouble(f"the container cannot be created: {answer['trouble']}")
        return str(answer["id"])


def main() -> int:
    """Create, answer, wait for the end of the input, remove."""
    line = sys.stdin.readline()
    if not line:
        return 0
    try:
        # The id is the last line: a warning, of the platform for example, comes before it.
        identity = engine.call("create", *json.loads(line)).split()[-1]
    except ContainerTrouble as problem:
        _answer({"trouble": str(problem)})
        return 1
    try:
        _answer({"id": identity})
        sys.stdin.read()
    finally:
        engine.call("rm", "--force", "--volumes", identity, seconds=REMOVED_WITHIN)
    return 0


def _answer(document: dict[str, str]) -> None:
    try:
        print(json.dumps(document), flush=True)
    except BrokenPipeError:
        # Nobody reads any more; the input has ended too.
        sys.stdout = None


if __name__ == "__main__":
    sys.exit(main())
