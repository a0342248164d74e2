"""A block between two markers in a file that people write, made from the table of options."""

import re


def replaced(text: str, begin: str, end: str, block: str) -> str:
    """The text with what is between its markers written again; raises ValueError without them."""
    pattern = re.escape(begin) + ".*?" + re.escape(end)
    made, count = re.subn(pattern, lambda _: begin + block + end, text, flags=re.DOTALL)
    if count != 1:
        raise ValueError(f"{count} blocks between {begin.strip()!r} and {end.strip()!r}, not one")
    return made
