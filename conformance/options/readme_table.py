"""The README's table of options: ``python -m conformance.options.readme_table README.md``."""

import sys
from pathlib import Path

from conformance.options import marked_block
from conformance.options.table import COMMAND_OPTIONS, Option

BEGIN = "<!-- options: begin; `make docs` writes this table from conformance/options/table.py -->\n"
END = "<!-- options: end -->\n"


def render() -> str:
    """The table as Markdown, one row an option of the console command."""
    rows = [f"| {_syntax(row)} | {_meaning(row)} |\n" for row in COMMAND_OPTIONS]
    return "".join(["| option | what it does |\n", "|---|---|\n", *rows])


def replaced(readme: str) -> str:
    """The README with its table written again; raises ValueError where the markers are not."""
    return marked_block.replaced(readme, BEGIN, END, render())


def _syntax(row: Option) -> str:
    if row.choices:
        first, *others = row.choices
        return " / ".join([f"`--{row.name} {first}`", *(f"`{each}`" for each in others)])
    return f"`--{row.name} {row.metavar}`" if row.metavar else f"`--{row.name}`"


def _meaning(row: Option) -> str:
    return f"{row.markdown or row.help}{row.default_note()}"


if __name__ == "__main__":
    file = Path(sys.argv[1])
    file.write_text(replaced(file.read_text(encoding="utf-8")), encoding="utf-8")
