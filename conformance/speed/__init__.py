"""The ``bench`` command: measure how fast endpoints respond, side by side."""
