"""Writes the table of options into docs/options.md and action.yml, between their markers.

python -m conformance.options.documentation docs/options.md action.yml
"""

import re
import sys
from pathlib import Path

from conformance.options.table import COMMAND_OPTIONS, OPTIONS, Option, variable

TABLE = (
    "<!-- options: begin; `make docs` writes this table from conformance/options/table.py -->\n",
    "<!-- options: end -->\n",
)
INPUTS = ("# options: begin\n", "# options: end\n")
VARIABLES = ("# variables: begin\n", "# variables: end\n")
URL_INPUT = "URL of an endpoint that runs; or give an image, or a tag as reference"
CONFIGURABLE = tuple(row for row in OPTIONS if row.configurable)


def page(text: str) -> str:
    """The page with its table of options written again; raises ValueError without markers."""
    rows = [f"| {_syntax(row)} | {_meaning(row)} |\n" for row in COMMAND_OPTIONS]
    return replaced(text, TABLE, "".join(["| option | what it does |\n", "|---|---|\n", *rows]))


def action(text: str) -> str:
    """The GitHub Action with its inputs written again; raises ValueError without markers."""
    texts = {row.name: row.help_with_default() for row in CONFIGURABLE} | {"url": URL_INPUT}
    inputs = [f"  {name}:\n    description: {_quoted(said)}\n" for name, said in texts.items()]
    handed = [f"        {variable(row)}: ${{{{ inputs.{row.name} }}}}\n" for row in CONFIGURABLE]
    with_inputs = replaced(text, INPUTS, "".join(inputs) + "  ")
    return replaced(with_inputs, VARIABLES, "".join(handed) + "        ")


def replaced(text: str, markers: tuple[str, str], block: str) -> str:
    """The text with what stands between its markers replaced; raises ValueError without them."""
    begin, end = markers
    pattern = re.escape(begin) + ".*?" + re.escape(end)
    made, count = re.subn(pattern, lambda _: begin + block + end, text, flags=re.DOTALL)
    if count != 1:
        raise ValueError(f"{count} blocks between {begin.strip()!r} and {end.strip()!r}, not one")
    return made


def _syntax(row: Option) -> str:
    if row.choices:
        first, *others = row.choices
        return " / ".join([f"`--{row.name} {first}`", *(f"`{each}`" for each in others)])
    return f"`--{row.name} {row.metavar}`" if row.metavar else f"`--{row.name}`"


def _meaning(row: Option) -> str:
    return f"{row.markdown or row.help}{row.default_note()}"


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


if __name__ == "__main__":
    for name in sys.argv[1:]:
        file = Path(name)
        write = action if file.suffix == ".yml" else page
        file.write_text(write(file.read_text(encoding="utf-8")), encoding="utf-8")
