"""Each observation of a container is tested on a container with the property and one without."""

import pytest

from conformance.containers.container import Container, ContainerOptions, State, reason
from conformance.containers.engine import CommandFailed, ContainerTrouble
from conformance.containers.observations import (
    ANOTHER_USER,
    READ_ONLY,
    observe_confined,
    observe_memory,
    observe_restart,
    observe_start,
    observe_stop,
    parsed,
    written_paths,
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
@pytest.mark.parametrize(("env", "killed"), [({}, False), ({"STUBBORN": "1"}, True)])
def test_a_stop_is_clean_or_a_kill(fake_image: str, env: dict[str, str], killed: bool) -> None:
    with Container(fake_image, options(**env)) as container:
        observe_start(container, WAIT)
        stop = observe_stop(container, grace=3)
    assert stop.killed is killed
    assert (stop.seconds >= 3) is killed
    assert stop.exit_code == (137 if killed else 0)


@engine_only
@pytest.mark.parametrize(("env", "same"), [({}, True), ({"RANDOM": "1"}, False)])
def test_a_restart_shows_the_same_request_twice(
    fake_image: str, env: dict[str, str], same: bool
) -> None:
    with Container(fake_image, options(**env)) as container:
        observe_start(container, WAIT)
        restart = observe_restart(container, ["a"], [b"b"], WAIT)
        assert container.running
    assert restart.trouble is None
    assert restart.after is not None
    assert restart.after.status == 200
    assert not restart.stop.killed
    assert (restart.before.body == restart.after.body) is same


@engine_only
def test_a_read_only_root_is_met_or_said(fake_image: str) -> None:
    good = observe_confined(fake_image, options(WRITES="/tmp/cache"), WAIT, b"image", **READ_ONLY)
    assert good.trouble is None
    assert good.text is not None
    assert good.image is not None
    assert good.text.status == good.image.status == 200
    bad = observe_confined(fake_image, options(WRITES="/app/cache"), WAIT, b"image", **READ_ONLY)
    assert isinstance(bad.trouble, ContainerTrouble)
    assert "Read-only file system" in str(bad.trouble)


@engine_only
def test_another_user_is_met_or_said(fake_image: str) -> None:
    assert observe_confined(fake_image, options(), WAIT, b"image", **ANOTHER_USER).trouble is None
    bad = observe_confined(fake_image, options(WRITES="/app/cache"), WAIT, b"image", **ANOTHER_USER)
    assert "Permission denied" in str(bad.trouble)


@engine_only
@pytest.mark.parametrize(("path", "written"), [("/tmp/cache", []), ("/app/cache", ["/app/cache"])])
def test_what_was_written_outside_temporary_folders(
    fake_image: str, path: str, written: list[str]
) -> None:
    with Container(fake_image, options(WRITES=path)) as container:
        observe_start(container, WAIT)
        assert written_paths(container.id) == written


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
