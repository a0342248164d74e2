"""Fuzz tests for the parsers, which must parse correctly or raise their one documented error."""

import os

from hypothesis import settings

EXAMPLES = os.environ.get("FUZZ_EXAMPLES")
"""Number of random examples per test; by default, a few hundred that are the same in every run."""

fuzzed = settings(
    deadline=None,
    database=None,
    derandomize=EXAMPLES is None,
    max_examples=int(EXAMPLES or 300),
)
