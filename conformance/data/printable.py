"""Foreign text on a terminal: endpoints are untrusted."""


def printable(text: str) -> str:
    """The text with every control character but line feeds escaped."""
    return "".join(c if c.isprintable() or c == "\n" else ascii(c)[1:-1] for c in text)
