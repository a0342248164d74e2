"""A heat map's cells, in steps of colour that the style sheet has a class for."""

from typing import Any

STEPS = 21
# From pale to dark blue, and in the dark the other way round: hue, saturation, lightness.
LIGHT, DARK = ((214, 60, 97), (214, 85, 29)), ((214, 30, 14), (205, 90, 72))
LAST = STEPS - 1
HALF = STEPS // 2


def shades() -> list[dict[str, str]]:
    """For each step its background and colour of text, in the light and in the dark."""
    return [
        {
            "light": _between(*LIGHT, step),
            "light_text": "#1c2430" if step <= HALF else "#fff",
            "dark": _between(*DARK, step),
            "dark_text": "#e4e9f0" if step <= HALF else "#0b1118",
        }
        for step in range(STEPS)
    ]


def _between(low: tuple[int, ...], high: tuple[int, ...], step: int) -> str:
    hue, saturation, lightness = (
        round(a + (b - a) * step / LAST) for a, b in zip(low, high, strict=True)
    )
    return f"hsl({hue} {saturation}% {lightness}%)"


def cells(figure: dict[str, Any]) -> list[dict[str, Any]]:
    """Rows of a heat map: a name and, for each column, a value, its step and whether it leads."""
    # What is no number (NaN) is a word in the report.
    numbers = [value for row in figure["values"] for value in row if not isinstance(value, str)]
    low, high = min(numbers, default=0.0), max(numbers, default=1.0)

    def step(value: Any) -> int:
        return 0 if isinstance(value, str) else round((value - low) / (high - low or 1) * LAST)

    return [
        {
            "name": name,
            "cells": [
                {
                    "column": column,
                    "value": value if isinstance(value, str) else f"{value:.2f}",
                    "step": step(value),
                    "first": value == _highest(row),
                    "own": index == place,
                }
                for index, (column, value) in enumerate(zip(figure["columns"], row, strict=True))
            ],
        }
        for place, (name, row) in enumerate(zip(figure["rows"], figure["values"], strict=True))
    ]


def _highest(row: list[Any]) -> Any:
    return max((value for value in row if not isinstance(value, str)), default=None)
