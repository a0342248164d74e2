"""A slow endpoint gets only as much work as it can do in time; OPS-02 reports slow imports.

The timeouts are short, and the times per item are scaled to match: 0.1 s with a timeout of 3 s
corresponds to 1.7 s with Weaviate's 50 s.
"""

import time
from typing import Any

from conformance import Report, run
from tests.endpoints import registry
from tests.endpoints.endpoint import Asked, Body
from tests.endpoints.server import serve
from tests.endpoints.sleeping import Sleeping


def judged(endpoint: Sleeping, timeout: float, clauses: list[str]) -> Report:
    options: dict[str, Any] = {"weights": "stand-in", "weaviate": "off"}
    with serve(endpoint) as url:
        return run(
            url, model=registry.MULTILINGUAL, endpoint_timeout=timeout, clause=clauses, **options
        )


def test_counts_of_the_suites_own_are_as_large_as_fit() -> None:
    report = judged(Sleeping(0.1), 3, ["VEC-11", "OPS-02"])
    assert report.findings == ()
    taken = {k: v for k, v in report.document["measurements"].items() if k.startswith("sent by")}
    assert set(taken) >= {
        "sent by VEC-11 instead of 16 images",
        "sent by OPS-02 instead of 64 texts",
    }


def test_large_images_are_sent_where_they_fit() -> None:
    report = judged(Sleeping(0, 0.2), 5, ["IMG-16", "ERR-01"])
    assert report.findings == ()
    assert report.clauses["IMG-16"].status == "n/a"
    assert "would take" in report.clauses["IMG-16"].tests[0].message


def test_where_an_import_is_too_much_one_finding_says_so() -> None:
    report = judged(Sleeping(1.2), 3, ["OPS-02", "ERR-07"])
    assert [finding.clause.id for finding in report.findings] == ["OPS-02"]
    problem = report.findings[0].problem
    assert "a text takes 1.2" in problem.got
    assert "MODULES_CLIENT_TIMEOUT" in problem.expected


class Delayed(Sleeping):
    """One request takes longer than the timeout, as on a machine that is busy with other work."""

    def body(self, asked: Asked) -> Body:
        if asked.texts == ["request 1"] and next(self.calls) == 1:
            time.sleep(4)
        return super().body(asked)


def test_a_request_that_is_late_once_is_sent_again() -> None:
    report = judged(Delayed(0.16), 3, ["OPS-03"])
    assert report.findings == ()
    assert report.clauses["OPS-03"].status == "pass"


def test_what_was_not_asked_for_is_not_short_of_time() -> None:
    with serve(Sleeping(0.3)) as url:
        report = run(
            url,
            model=registry.MULTILINGUAL,
            weights="stand-in",
            weaviate="off",
            endpoint_timeout=5,
            budget=0.3,
        )
    assert report.document["measurements"]["cases left out for lack of time"]
    profiles = report.judgment.profiles
    assert profiles == dict.fromkeys(profiles, "disabled") | {"http": "conformant"}
