"""What a check measures without judging it."""

from collections.abc import Callable
from typing import Any

Measure = Callable[[str, float | str], None]
"""Call it with a name and a value."""
Figure = dict[str, Any]
"""The data of a heat map: ``rows`` and ``columns`` (names) and ``values`` (one list a row)."""
