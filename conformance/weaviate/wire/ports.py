"""Free ports on the loopback interface."""

import random
import socket
from contextlib import ExitStack, suppress

LOOPBACK = "127.0.0.1"
# Below the range that systems hand out to outgoing connections, so that none takes one meanwhile.
RANGE = range(20_000, 32_000)


class NoFreePorts(RuntimeError):
    """No run of ports was free."""


def run_of(count: int) -> list[int]:
    """`count` ports in a row that nobody listens on, on any interface."""
    for _ in range(200):
        first = random.choice(RANGE)
        ports = list(range(first, first + count))
        with suppress(OSError), ExitStack() as held:
            for port in ports:
                _bind(held, port)
            return ports
    raise NoFreePorts(f"no {count} free ports in a row between {RANGE.start} and {RANGE.stop}")


def _bind(held: ExitStack, port: int) -> None:
    for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
        # Every interface, for Weaviate opens its gRPC port on all of them.
        held.enter_context(socket.socket(socket.AF_INET, kind)).bind(("", port))
