"""``python -m tests.suite.collected`` prints, as JSON, the clauses that each check names."""

import json
import os
import sys
from contextlib import redirect_stdout

import pytest

ANY_MODEL = "openai-clip-vit-base-patch16"


class Collector:
    """Keeps the arguments of every clause marker, by node id."""

    def __init__(self) -> None:
        self.named: dict[str, list[str]] = {}

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        for item in session.items:
            marks = list(item.iter_markers("clause"))
            self.named[item.nodeid] = [clause for mark in marks for clause in mark.args]


def main() -> int:
    collector = Collector()
    arguments = ["--collect-only", "-qq", "--pyargs", "conformance", "--clip-model", ANY_MODEL]
    with open(os.devnull, "w") as nothing, redirect_stdout(nothing):
        status = pytest.main([*arguments, "-p", "no:cacheprovider"], plugins=[collector])
    print(json.dumps(collector.named))
    return int(status)


if __name__ == "__main__":
    sys.exit(main())
