"""The command ``bench``: how fast endpoints answer, measured side by side."""
