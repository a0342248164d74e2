"""The libraries' documented usage, and how far mistakes and legitimate choices change vectors."""
