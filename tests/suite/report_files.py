"""Runs the installed command as a program."""

import subprocess


def run(*words: str) -> subprocess.CompletedProcess[str]:
    """The finished program, its output as text."""
    return subprocess.run(words, capture_output=True, text=True, timeout=300)
