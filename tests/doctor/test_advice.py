"""The table of advice: each row is used, and each problem has a row."""

import re
from pathlib import Path

import conformance.doctor
from conformance.data import fixture_files
from conformance.doctor import endpoint

FOLDER = Path(conformance.doctor.__file__).parent
KEYS = {"problem", "cause", "remedy"}


def test_each_problem_has_a_row_and_each_row_a_problem() -> None:
    code = "".join(path.read_text(encoding="utf-8") for path in FOLDER.glob("*.py"))
    named = set(re.findall(r'problem\(\s*"([a-z-]+)"', code))
    named |= {f"{kind}-of-another-type" for kind in ("text", "image")}
    named |= {*endpoint.OWN_ERRORS.values(), "server-error"}
    assert named == set(fixture_files.toml("doctor.toml"))


def test_each_row_is_whole_and_weaviates_words_have_a_source() -> None:
    for row in fixture_files.toml("doctor.toml").values():
        assert row.keys() >= KEYS
        assert ("weaviate" in row) == ("source" in row)
