"""What somebody sees who has not said which endpoint: nothing is started in silence."""

import sys
from collections.abc import Sequence

from conformance.options.command_parser import BAD_OPTION

WELCOME = """\
clip-conformance checks that a service does what Weaviate's multi2vec-clip module asks of it:
  clip-conformance http://localhost:8080 --model TAG   (clip-conformance models lists the tags)
  clip-conformance doctor http://localhost:8080        (what is wrong, in seconds; --help has more)
"""
NO_ENDPOINT = (
    "ERROR: no endpoint: give its URL, --image IMAGE for a container, or --reference TAG for the "
    "project's own encoder\n"
)


def no_endpoint(arguments: Sequence[str]) -> int:
    """Say what to do; 4, because a script whose URL came out empty must not take it for a pass."""
    print(NO_ENDPOINT if arguments else WELCOME, end="", file=sys.stderr)
    return BAD_OPTION
