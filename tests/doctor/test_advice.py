"""The advice table: every row is used, and every problem has a row."""

import re
from pathlib import Path

import conformance.doctor
from conformance.data import fixture_files
from conformance.doctor.endpoint import GATEWAY
from conformance.doctor.items import KINDS

FOLDER = Path(conformance.doctor.__file__).parent
KEYS = {"problem", "cause", "remedy"}


def test_each_problem_has_a_row_and_each_row_a_problem() -> None:
    code = "".join(path.read_text(encoding="utf-8") for path in FOLDER.glob("*.py"))
    rows = fixture_files.toml("doctor.toml")
    named = set(re.findall(r'"([a-z-]+)"', code)) | {f"gateway-{each}" for each in GATEWAY}
    named |= {f"{kind}-of-another-type" for kind in KINDS}
    named |= {id_ for id_, row in rows.items() if "words" in row}
    assert set(re.findall(r'problem\(\s*"([a-z-]+)"', code)) <= rows.keys() <= named


def test_each_row_is_whole_and_weaviates_words_have_a_source() -> None:
    for row in fixture_files.toml("doctor.toml").values():
        assert row.keys() >= KEYS
        assert ("weaviate" in row) == ("source" in row)
