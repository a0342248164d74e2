"""``python -m tests.endpoints.shipped FILE`` writes the list of faults that the wheel carries.

``clip-conformance explain`` reads it: the endpoints themselves are not installed.
"""

import json
import sys
from pathlib import Path

from tests.endpoints import registry
from tests.endpoints.registry import Entry
from tests.endpoints.run_suite import PREFLIGHT

HEAD = """\
# The faulty endpoints of tests/endpoints/faults, and the clauses one of which must find each.
# Written by `make docs`; do not edit.
"""


def text() -> str:
    """The file: `fixtures/faults.toml`, character by character."""
    told = [entry for entry in registry.faults().values() if clauses(entry)]
    return "\n".join([HEAD, *map(row, told)])


def row(entry: Entry) -> str:
    """One table of the file; a JSON string or list of strings is a TOML one, too."""
    values = {"name": entry.name, "summary": entry.summary, "clauses": clauses(entry)}
    lines = [f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in values.items()]
    return "\n".join(["[[fault]]", *lines, ""])


def clauses(entry: Entry) -> list[str]:
    """The clauses that find it, without the first look, which is none."""
    return [clause for clause in entry.caught_by if clause != PREFLIGHT]


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(text(), encoding="utf-8")
