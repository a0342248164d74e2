"""Generate docs/contract.md, and the options in docs/options.md and action.yml.

Run `python -m lab.generated_docs` in the root directory of the checkout. Tests check that the files
are current.
"""

import re
from collections.abc import Callable
from pathlib import Path

from jinja2 import Environment, StrictUndefined

from conformance.data import clauses, fixture_files, statuses, tolerances
from conformance.options.table import COMMAND_OPTIONS, OPTIONS, Option, variable

TABLE = (
    "<!-- options: begin; `make docs` writes this table from conformance/options/table.py -->\n",
    "<!-- options: end -->\n",
)
INPUTS = ("# options: begin\n", "# options: end\n")
VARIABLES = ("# variables: begin\n", "# variables: end\n")
URL_INPUT = "URL of a running endpoint; to start one, set image or reference instead"
CONFIGURABLE = tuple(row for row in OPTIONS if row.configurable)


def page(text: str) -> str:
    """The page with its table of options regenerated; raises ValueError without markers."""
    rows = [f"| {_syntax(row)} | {_meaning(row)} |\n" for row in COMMAND_OPTIONS]
    return replaced(text, TABLE, "".join(["| option | what it does |\n", "|---|---|\n", *rows]))


def action(text: str) -> str:
    """The GitHub Action with its inputs regenerated; raises ValueError without markers."""
    texts = {row.name: row.help_with_default() for row in CONFIGURABLE} | {"url": URL_INPUT}
    inputs = [f"  {name}:\n    description: {_quoted(said)}\n" for name, said in texts.items()]
    handed = [f"        {variable(row)}: ${{{{ inputs.{row.name} }}}}\n" for row in CONFIGURABLE]
    with_inputs = replaced(text, INPUTS, "".join(inputs) + "  ")
    return replaced(with_inputs, VARIABLES, "".join(handed) + "        ")


def replaced(text: str, markers: tuple[str, str], block: str) -> str:
    """The text with the part between its markers replaced; raises ValueError without them."""
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


def contract() -> str:
    """The contract as Markdown: the exact contents of `docs/contract.md`."""
    environment = Environment(
        autoescape=False, undefined=StrictUndefined, trim_blocks=True, keep_trailing_newline=True
    )
    environment.filters["prose"] = prose
    environment.filters["versions"] = clauses.described_versions
    template = environment.from_string(
        fixture_files.path("contract.md.jinja").read_text(encoding="utf-8")
    )
    document = template.render(
        groups=clauses.groups(),
        every=list(clauses.all_clauses().values()),
        tolerances=tolerances,
        statuses=statuses.rows().values(),
    )
    return document.rstrip("\n") + "\n"


def prose(text: str) -> str:
    """Plain text as Markdown: markup characters are escaped, except in `code`."""
    plain_and_code = text.split("`")
    plain_and_code[::2] = [re.sub(r"([<*\\])", r"\\\1", part) for part in plain_and_code[::2]]
    return "`".join(plain_and_code)


FILES: dict[str, Callable[[str], str]] = {
    "docs/contract.md": lambda _: contract(),
    "docs/options.md": page,
    "action.yml": action,
}

if __name__ == "__main__":
    for name, write in FILES.items():
        file = Path(name)
        file.write_text(write(file.read_text(encoding="utf-8")), encoding="utf-8")
