"""How many processors this process may use: in a container, not all that the machine has."""

import math
import os
from pathlib import Path

CGROUP = Path("/sys/fs/cgroup")


def usable(cgroup: Path = CGROUP) -> int:
    """As many as it may run on, or as its quota comes to; at least one."""
    allowed, limit = len(os.sched_getaffinity(0)), quota(cgroup)
    return min(allowed, limit) if limit else allowed


def quota(cgroup: Path = CGROUP) -> int | None:
    """Processors that a container's quota (`docker run --cpus`, a limit in Kubernetes) comes to.

    Rounded up; None where there is no quota. Libraries that count processors do not look at it:
    on a large machine they start dozens of threads, which use the quota up waiting for each other.
    """
    for files in (("cpu.max",), ("cpu/cpu.cfs_quota_us", "cpu/cpu.cfs_period_us")):
        try:
            words = " ".join((cgroup / name).read_text() for name in files).split()
        except OSError:
            continue
        if len(words) == 2 and words[0].isdigit() and words[1].isdigit():
            return max(1, math.ceil(int(words[0]) / int(words[1])))
    return None
