"""Detect the available processors and GPU, and set the libraries' thread counts."""

import math
import os
import re
from pathlib import Path

from reference.errors import UnloadableError

CGROUP = Path("/sys/fs/cgroup")


def set_library_defaults(device: str = "cpu") -> None:
    """Set the variables that libraries read at import; the user's own settings take precedence."""
    if device != "cpu":  # The CPU then only makes small copies.
        os.environ.setdefault("OMP_NUM_THREADS", "1")
    os.environ.setdefault("HF_HUB_DISABLE_PROGRESS_BARS", "1")
    os.environ.setdefault("TRANSFORMERS_VERBOSITY", "error")
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    # Waiting threads spin for a few microseconds, then sleep (docs/performance.md).
    if "OMP_WAIT_POLICY" not in os.environ:
        os.environ.setdefault("GOMP_SPINCOUNT", "3000")
    if quota := processor_quota():
        os.environ.setdefault("OMP_NUM_THREADS", str(quota))


def usable_processors(cgroup: Path = CGROUP) -> int:
    """The number of processors available to this process, or its quota if less; at least one."""
    allowed, quota = len(os.sched_getaffinity(0)), processor_quota(cgroup)
    return min(allowed, quota) if quota else allowed


def processor_quota(cgroup: Path = CGROUP) -> int | None:
    """The number of processors in a container's quota (`docker run --cpus`, a Kubernetes limit).

    Rounded up; None if there is no quota. Libraries that count processors ignore it: on a large
    machine they start dozens of threads, which use up the quota by waiting for each other.
    """
    for files in (("cpu.max",), ("cpu/cpu.cfs_quota_us", "cpu/cpu.cfs_period_us")):
        try:
            words = " ".join((cgroup / name).read_text() for name in files).split()
        except OSError:
            continue
        if len(words) == 2 and words[0].isdigit() and words[1].isdigit():
            return max(1, math.ceil(int(words[0]) / int(words[1])))
    return None


def available_memory() -> int:
    """Bytes still available to processes, on the machine or, if less, in the container."""
    kilobytes = re.findall(r"MemAvailable:\s+(\d+)", Path("/proc/meminfo").read_text())
    free = int(kilobytes[0]) * 1024
    try:
        limit = int((CGROUP / "memory.max").read_text())
        return min(free, limit - int((CGROUP / "memory.current").read_text()))
    except (OSError, ValueError):  # Not cgroups version 2, or no limit ("max").
        return free


def prepare_device(device: str) -> None:
    """Make a GPU use full float32: by default, torch runs convolutions in TF32.

    Raises `UnloadableError` if `device` is not the CPU and is not available.
    """
    if device == "cpu":
        return
    import torch

    try:
        torch.empty(1, device=device)
    except (RuntimeError, AssertionError) as error:
        reason = str(error).partition("\n")[0]
        raise UnloadableError(f"{device} was requested but is not available: {reason}") from error
    torch.backends.cudnn.allow_tf32 = False
