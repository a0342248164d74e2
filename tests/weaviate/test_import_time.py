"""weaviate-client costs a second at import: only runs that use it pay."""

import subprocess
import sys

PROGRAM = """
import importlib, pkgutil, sys
import conformance.command.cli
import conformance.checks as checks
for module in pkgutil.walk_packages(checks.__path__, checks.__name__ + "."):
    importlib.import_module(module.name)
print(sorted(name for name in ("weaviate", "grpc") if name in sys.modules))
"""


def test_the_whole_suite_is_imported_without_the_client() -> None:
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True)
    assert (done.stdout.strip(), done.returncode) == ("[]", 0), done.stderr
