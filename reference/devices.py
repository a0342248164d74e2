"""The device that a model computes on."""

import os

from reference.encoders import UnloadableError


def check(device: str) -> None:
    """Raises `UnloadableError` if `device` is not the CPU and cannot be had."""
    if device == "cpu":
        return
    import torch

    try:
        torch.empty(1, device=device)
    except (RuntimeError, AssertionError) as error:
        reason = str(error).partition("\n")[0]
        raise UnloadableError(f"{device} was asked for and cannot be had: {reason}") from error


def leave_room() -> None:
    """Keep torch off one processor, so that probes and decoding get theirs under load.

    `OMP_NUM_THREADS` overrides it.
    """
    import torch

    if "OMP_NUM_THREADS" not in os.environ:
        torch.set_num_threads(max(1, _processors() - 1))


def _processors() -> int:
    """Those that this process may use, where the system tells."""
    affinity = getattr(os, "sched_getaffinity", None)
    return len(affinity(0)) if affinity else os.cpu_count() or 1
