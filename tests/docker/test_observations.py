"""Each observation is tested on a container with the observed property and on one without it."""

import pytest

from conformance.containers.container import Container, ContainerOptions, State, reason
from conformance.containers.engine import CommandFailed
from conformance.containers.observations import (
    observe_memory,
    observe_start,
    parsed,
)

engine_only = pytest.mark.usefixtures("nothing_left")
WAIT = 30.0


def options(**env: str) -> ContainerOptions:
    return ContainerOptions(env=env)


@engine_only
def test_probes_before_ready_and_the_first_request_after_it(fake_image: str) -> None:
    with Container(fake_image) as container:
        start = observe_start(container, WAIT)
    assert {seen.status for seen in start.refused} == {503}
    assert start.first.status == 200
    assert 1 < start.seconds < WAIT


@engine_only
def test_ready_before_the_model_shows_in_the_first_request(fake_image: str) -> None:
    with Container(fake_image, options(EARLY="1")) as container:
        assert observe_start(container, WAIT).first.status == 500


@engine_only
def test_memory_is_measured_at_rest_and_under_load(fake_image: str) -> None:
    with Container(fake_image) as container:
        observe_start(container, WAIT)
        memory = observe_memory(container.id, lambda: observe_start(container, WAIT))
    assert 2**20 < memory.at_rest < 2**30
    assert memory.under_load >= memory.at_rest // 2
    assert memory.samples >= 1


@pytest.mark.parametrize(
    ("shown", "size"),
    [("512B / 1GiB", 512), ("1.5KiB / 1GiB", 1536), (" 123MiB / 2GiB\n", 123 * 2**20)],
)
def test_the_engines_figures_are_read(shown: str, size: int) -> None:
    assert parsed(shown) == size


def test_no_figure_is_said() -> None:
    with pytest.raises(CommandFailed, match="does not report memory use"):
        parsed("-- / --")


@pytest.mark.parametrize(
    ("state", "last_line", "why"),
    [
        (State(False, 137, True), "", " (out of memory)"),
        (State(False, 137, False), "", " (killed, usually for lack of memory)"),
        (State(False, 132, False), "", " (the processor lacks an instruction, often AVX)"),
        (State(False, 3, False), "no model here", ""),
        (
            State(False, 255, False),
            "exec /entrypoint.sh: exec format error",
            " (the image was built for another processor architecture)",
        ),
    ],
)
def test_the_usual_ends_of_containers_are_explained(state: State, last_line: str, why: str) -> None:
    assert reason(state, last_line) == why
