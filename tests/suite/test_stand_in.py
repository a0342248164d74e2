"""The fixtures for application developers: a stand-in served throughout the test session."""

from collections.abc import Callable

import pytest

from conformance.expect import vectors
from conformance.transport.child_process import wait_until
from conformance.transport.client import Client
from conformance.transport.endpoint import Endpoint
from conformance.transport.readiness import Unusable
from conformance.transport.reference_process import Reference
from tests.endpoints import registry
from tests.suite.conftest import FakeReference

pytest_plugins = ["pytester"]

APPLICATION = f"""
    import json
    from urllib.request import Request, urlopen

    OTHER = {registry.LOWER_CASE!r}

    def width(url):
        body = json.dumps({{"texts": ["a red circle"]}}).encode()
        headers = {{"Content-Type": "application/json"}}
        answer = json.load(urlopen(Request(url + "/vectorize", body, headers), timeout=60))
        return len(answer["textVectors"][0])

    def test_the_chosen_tag(clip_stand_in_url):
        assert width(clip_stand_in_url) == 512

    def test_another_tag(clip_stand_in, clip_stand_in_url):
        assert clip_stand_in(OTHER) != clip_stand_in_url
        assert width(clip_stand_in(OTHER)) == 1152

    def test_a_tag_is_served_once(clip_stand_in):
        assert clip_stand_in(OTHER) == clip_stand_in(OTHER)
"""


@pytest.mark.parametrize("chosen_by", ["option", "ini", "default"])
def test_an_application_is_tested_on_a_stand_in(
    pytester: pytest.Pytester,
    fake_reference: FakeReference,
    monkeypatch: pytest.MonkeyPatch,
    chosen_by: str,
) -> None:
    monkeypatch.setenv("PYTHONPATH", fake_reference.environment["PYTHONPATH"])
    options = ("--clip-stand-in", registry.PUBLISHED) if chosen_by == "option" else ()
    chosen = registry.PUBLISHED if chosen_by == "ini" else ""
    pytester.makeini(f"[pytest]\nclip_stand_in = {chosen}")
    pytester.makepyfile(APPLICATION)
    run = pytester.runpytest_inprocess("-p", "no:randomly", *options)
    run.assert_outcomes(passed=3)
    assert fake_reference.started() == 2
    assert wait_until(fake_reference.all_gone, 20)


@pytest.mark.reference
def test_an_application_with_a_wrong_tag_is_told_so_once(pytester: pytest.Pytester) -> None:
    pytester.makepyfile("def test_search(clip_stand_in_url): ...")
    run = pytester.runpytest_inprocess("-p", "no:randomly", "-rN", "--clip-stand-in", "no-such-tag")
    run.assert_outcomes(errors=1)
    assert run.stdout.str().count("unknown model 'no-such-tag'") == 1


@pytest.mark.reference
def test_a_tag_that_does_not_exist_is_one_line() -> None:
    with pytest.raises(Unusable) as problem:
        Reference("no-such-tag", "stand-in")
    assert "\n" not in str(problem.value)
    assert "no-such-tag" in str(problem.value)


@pytest.mark.reference
def test_a_real_stand_in_has_the_dimension_of_its_model(
    clip_stand_in: Callable[[str], str], client_of: Callable[..., Client]
) -> None:
    client = client_of(clip_stand_in(registry.PUBLISHED), timeout=50)
    exchange = Endpoint(client).vectorize(["a red circle"])
    assert vectors(exchange, 1, 0).texts.dimension == 512
