"""The inputs of the GitHub Action: ``python -m conformance.options.action_inputs action.yml``."""

import sys
from pathlib import Path

from conformance.options import marked_block
from conformance.options.sources import variable
from conformance.options.table import OPTIONS

ROWS = tuple(row for row in OPTIONS if row.configurable)
"""What can be set by a variable: every option of the command, and the endpoint's URL."""
URL_INPUT = "URL of an endpoint that runs; or give an image, or a tag as reference"


def inputs() -> str:
    """The inputs, two lines each; all may be left out, for the command has the defaults."""
    texts = {row.name: row.help_with_default() for row in ROWS} | {"url": URL_INPUT}
    lines = [f"  {name}:\n    description: {_quoted(text)}\n" for name, text in texts.items()]
    return "".join(lines) + "  "


def variables() -> str:
    """What hands the inputs to the command."""
    lines = [f"        {variable(row)}: ${{{{ inputs.{row.name} }}}}\n" for row in ROWS]
    return "".join(lines) + "        "


def replaced(action: str) -> str:
    """The action with both blocks written again; raises ValueError where the markers are not."""
    done = marked_block.replaced(action, "# options: begin\n", "# options: end\n", inputs())
    return marked_block.replaced(done, "# variables: begin\n", "# variables: end\n", variables())


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


if __name__ == "__main__":
    file = Path(sys.argv[1])
    file.write_text(replaced(file.read_text(encoding="utf-8")), encoding="utf-8")
