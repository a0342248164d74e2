"""A number of seconds on a command line: positive, and neither infinite nor NaN."""

import math
from typing import Any

import click


class Seconds(click.FloatRange):
    """Above 0, or from `least` on; at most a day."""

    name = "seconds"

    def __init__(self, least: float | None = None, most: float = 86_400.0) -> None:
        super().__init__(min=least or 0.0, min_open=least is None, max=most)

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:
        """The number; NaN, which is in no range, is refused like a word."""
        number: float = super().convert(value, param, ctx)
        if math.isnan(number):
            self.fail(f"{value!r} is not a number of seconds", param, ctx)
        return number
