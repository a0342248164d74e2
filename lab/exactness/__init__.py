"""The libraries' documented usage, and the effects of mistakes and legitimate choices."""
