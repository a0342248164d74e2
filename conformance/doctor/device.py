"""Check whether the endpoint uses its GPU, based on what the endpoint reports and on its speed.

From outside, only the response time can be measured. The minimum time on this machine's CPU is the
number of operations for an image, divided by the speed of a matrix multiplication. It is known for
the models in the table, and meaningful only if the endpoint runs on this machine. A busy machine
seems slower than it is, so the doctor may miss an unused GPU, but it never reports one that is in
use.
"""

import time
from collections.abc import Mapping
from urllib.parse import urlsplit

import numpy as np

from conformance.data.models import Model
from conformance.doctor.diagnosis import Diagnosis
from conformance.doctor.environment import CUDA_ON
from conformance.doctor.items import send
from conformance.transport.endpoint import Endpoint
from conformance.transport.pace import TooMuch

TOGETHER = 4
"""Images in the timed request: few enough for a CPU, and barely slower on a GPU."""
SIDE = 512
ROUNDS = 10
LIKE_A_CPU = 1.0
"""Multiple of the CPU's minimum time: any GPU is faster, and a CPU never is."""
LOCAL = {"localhost", "127.0.0.1", "::1"}


def examine(
    endpoint: Endpoint,
    meta: Mapping[str, object],
    model: Model | None,
    environment: Mapping[str, str],
    found: Diagnosis,
) -> None:
    """Examine the device; `environment` and the endpoint's `meta` say what was requested."""
    switch = environment.get("ENABLE_CUDA", "")
    if switch and switch not in (*CUDA_ON, "0", "false", "False"):
        found.problem("gpu-switch", value=switch)
    says = str(meta["device"]) if isinstance(meta.get("device"), str) else ""
    unknown = (
        "not reported by /meta (to infer it from speed, set ENABLE_CUDA=1 here and add --model)"
    )
    found.note("device", f"{says} (according to /meta)" if says else unknown)
    seconds = seconds_an_image(endpoint)
    runs_here = urlsplit(endpoint.client.url).hostname in LOCAL
    # A stand-in is far smaller than the model in the table.
    comparable = runs_here and meta.get("weights") != "stand-in" and seconds is not None
    least = least_on_cpu(model) if comparable else None
    if seconds is not None:
        found.note("image in a batch", _beside(seconds, least))
    if switch in CUDA_ON:
        _judge(says, seconds, least, found)


def seconds_an_image(endpoint: Endpoint) -> float | None:
    """Seconds per image in a batch, the better of two times; None if it was not served."""
    try:
        sent = [send(endpoint, "image", TOGETHER) for _ in range(2)]
    except TooMuch:
        return None
    if any(each.failure or each.status != 200 for each in sent):
        return None
    return min(each.seconds for each in sent) / TOGETHER


def least_on_cpu(model: Model | None) -> float | None:
    """Minimum seconds for an image on this machine's CPU; None if unknown."""
    if model is None or model.image_gflops is None:
        return None
    return model.image_gflops / cpu_gflops()


def cpu_gflops() -> float:
    """The float32 speed of this machine's CPU, in 10**9 operations per second."""
    matrix = np.ones((SIDE, SIDE), dtype=np.float32)
    best = float("inf")
    for _ in range(ROUNDS):
        start = time.perf_counter()
        matrix @ matrix
        best = min(best, time.perf_counter() - start)
    return 2 * SIDE**3 / best / 1e9


def _judge(says: str, seconds: float | None, least: float | None, found: Diagnosis) -> None:
    if says and says.startswith("cpu"):
        found.problem("gpu-unused", evidence=f"/meta says {says}")
    elif not says and seconds is not None and least is not None and seconds >= LIKE_A_CPU * least:
        found.problem("gpu-unused", evidence=_beside(seconds, least))


def _beside(seconds: float, least: float | None) -> str:
    took = f"{seconds * 1000:.0f} ms"
    if least is None:
        return took
    cpu = "this machine's CPU, under its current load, would take at least"
    return f"{took}; {cpu} {least * 1000:.0f} ms"
