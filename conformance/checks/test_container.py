"""CTR: containers that the suite started: their lifecycle, file system, and restrictions."""

from typing import Any

import pytest

from conformance import expect
from conformance.containers import observations
from conformance.containers.container import Container, state_of
from conformance.containers.container_under_test import StartedImage
from conformance.containers.engine import ContainerTrouble
from conformance.containers.observations import (
    ANOTHER_USER,
    GRACE_SECONDS,
    READ_ONLY,
    Confined,
    Restart,
    observe_confined,
    observe_memory,
    observe_restart,
    observe_start,
)
from conformance.corpus.alignment import AlignedCorpus
from conformance.data.statuses import disabled, not_run
from conformance.expect import given
from conformance.expect.responses import Measure
from conformance.options.settings import Settings
from conformance.transport.endpoint import Endpoint, Items, Target
from conformance.transport.pace import IMPORTERS

IMAGES_EACH = 2
ROUNDS = 4
"""Each memory measurement takes about two seconds."""
MOST_SHOWN = 5


@pytest.fixture(scope="module")
def started(target: Target) -> StartedImage:
    """The container under test."""
    if target.image is None:
        disabled("tested only if the suite starts the container: --image IMAGE")
    return StartedImage(**target.image)


@pytest.fixture(scope="module")
def restarted(started: StartedImage, settings: Settings, corpus: AlignedCorpus) -> Restart:
    """A second container, so that its restart does not disturb the other checks."""
    caption, image = corpus.captions["en"][0], corpus.images[0]
    try:
        with Container(_image(settings), started.options(settings)) as container:
            observe_start(container, started.patience(settings))
            return observe_restart(container, [caption], [image], started.patience(settings))
    except ContainerTrouble as trouble:
        not_run(f"a second container did not start alongside the first: {trouble}")


@pytest.fixture(scope="module")
def confined(started: StartedImage, settings: Settings, corpus: AlignedCorpus) -> Confined:
    """A container under both restrictions, which saves one start if it works."""
    return _confined(started, settings, corpus, **READ_ONLY, **ANOTHER_USER)


def _confined(
    started: StartedImage, settings: Settings, corpus: AlignedCorpus, **limits: Any
) -> Confined:
    options, patience = started.options(settings), started.patience(settings)
    return observe_confined(_image(settings), options, patience, corpus.images[0], **limits)


@pytest.mark.clause("CTR-01")
def test_the_container_outlives_an_import(
    started: StartedImage, endpoint: Endpoint, corpus: AlignedCorpus, measure: Measure
) -> None:
    captions, images = corpus.captions["en"], corpus.images
    several = [images[i % len(images)] for i in range(IMAGES_EACH)]
    rounds = endpoint.client.pace.images(IMPORTERS * IMAGES_EACH * ROUNDS) // (
        IMPORTERS * IMAGES_EACH
    )
    if not rounds:  # Send at least as much as an import does.
        several, rounds = several[:1], 1
    work = [Items([captions[i % len(captions)]], several) for i in range(IMPORTERS)] * rounds
    try:
        memory = observe_memory(started.container, lambda: endpoint.vectorize_at_once(work))
    except ContainerTrouble:
        memory = None
    state = state_of(started.container)
    why = " (out of memory)" if state.out_of_memory else ""
    got = f"a container that exited with status {state.exit_code}{why}"
    expect.require(state.running, got, "a container that is still running")
    if memory is not None:
        measure("container: MiB when idle", round(memory.at_rest / 2**20))
        measure("container: MiB under load", round(memory.under_load / 2**20))


@pytest.mark.clause("CTR-02")
def test_a_restart_changes_no_vector(restarted: Restart) -> None:
    expect.require(
        restarted.trouble is None, f"{restarted.trouble}", "a container that is ready again"
    )
    assert restarted.after is not None
    before = given.vectors(restarted.before, 1, 1)
    after = expect.vectors(restarted.after, 1, 1)
    expect.same(after.texts, before.texts, "a text after a restart")
    expect.equal(after.images[0], before.images[0], "an image after a restart")


@pytest.mark.clause("CTR-03")
def test_sigterm_ends_the_container(restarted: Restart, measure: Measure) -> None:
    stop = restarted.stop
    measure("container: seconds from SIGTERM to exit", round(stop.seconds, 1))
    got = f"a container that was still running {GRACE_SECONDS} s after SIGTERM and had to be killed"
    expect.require(not stop.killed, got, f"exit within {GRACE_SECONDS} s")


@pytest.mark.clause("CTR-04")
def test_nothing_is_written_outside_temporary_folders(
    started: StartedImage, endpoint: Endpoint, corpus: AlignedCorpus
) -> None:
    given.vectors(endpoint.vectorize([corpus.captions["en"][0]], [corpus.images[0]]), 1, 1)
    paths = observations.written_paths(started.container, started.mounts.values())
    more = f" and {len(paths) - MOST_SHOWN} more" if len(paths) > MOST_SHOWN else ""
    got = f"written or changed: {', '.join(paths[:MOST_SHOWN])}{more}"
    expect.require(not paths, got, "writes only to temporary directories")


@pytest.mark.clause("CTR-05")
def test_it_works_on_a_read_only_file_system(
    started: StartedImage, confined: Confined, settings: Settings, corpus: AlignedCorpus
) -> None:
    works = _works(confined)
    _require_works(confined if works else _confined(started, settings, corpus, **READ_ONLY))


@pytest.mark.clause("CTR-06")
def test_it_works_as_another_user(
    started: StartedImage, confined: Confined, settings: Settings, corpus: AlignedCorpus
) -> None:
    works = _works(confined)
    _require_works(confined if works else _confined(started, settings, corpus, **ANOTHER_USER))


def _image(settings: Settings) -> str:
    assert settings.image is not None
    return settings.image


def _works(confined: Confined) -> bool:
    answers = (confined.text, confined.image)
    return all(answer is not None and answer.status == 200 for answer in answers)


def _require_works(confined: Confined) -> None:
    expected = "a container that becomes ready and vectorizes items"
    expect.require(confined.trouble is None, f"{confined.trouble}", expected)
    assert confined.text is not None
    assert confined.image is not None
    expect.vectors(confined.text, 1, 0)
    expect.vectors(confined.image, 0, 1)
