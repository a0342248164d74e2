"""Where a run keeps what its checks need, in pytest's own store."""

import pytest

from conformance.options.settings import Settings
from conformance.transport.client import Client, Stopwatch
from conformance.transport.endpoint import Target

TARGET = pytest.StashKey[Target]()
SETTINGS = pytest.StashKey[Settings]()
CLIENT = pytest.StashKey[Client]()
WEAVIATE = pytest.StashKey[str]()
"""On a test: which Weaviate it runs on, where the run has several."""
STOPWATCH = pytest.StashKey[Stopwatch]()
EVIDENCE = pytest.StashKey[list[Exception]]()
"""On a test: what was seen while it ran and is another clause's subject."""
