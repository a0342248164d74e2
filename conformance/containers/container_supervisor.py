"""A helper process that creates one container, waits, and removes it.

The process reads one line of JSON, the arguments of ``docker create``, and writes one line,
``{"id": ...}`` or ``{"trouble": ...}``. When its input ends, which also happens if the suite is
killed, it removes the container with its log and anonymous volumes. The process runs in its own
session, so Ctrl-C does not reach it, and a container cannot be removed before it is created.
"""

import json
import sys

from conformance.containers import engine
from conformance.containers.container import REMOVED_WITHIN
from conformance.containers.engine import ContainerTrouble


def main() -> int:
    """Create the container, report its id, wait for the end of the input, remove the container."""
    line = sys.stdin.readline()
    if not line:
        return 0
    try:
        # The id is the last line: warnings, for example about the platform, come before it.
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
        # The reader is gone, so the input has ended too.
        sys.stdout = None


if __name__ == "__main__":
    sys.exit(main())
