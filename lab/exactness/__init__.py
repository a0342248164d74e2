"""The libraries' documented usage, and what mistakes and honest choices move."""
