"""The normative document, made from the clauses; see `make docs`."""

import re

from jinja2 import Environment, StrictUndefined

from conformance.data import (
    clauses,
    fixture_files,
    statuses,
    tolerances,
    weaviate_versions,
)

TEMPLATE = "contract.md.jinja"


def render() -> str:
    """The contract as Markdown: `docs/contract.md`, character by character."""
    environment = Environment(
        autoescape=False, undefined=StrictUndefined, trim_blocks=True, keep_trailing_newline=True
    )
    environment.filters["prose"] = prose
    environment.filters["versions"] = weaviate_versions.described
    template = environment.from_string(fixture_files.path(TEMPLATE).read_text(encoding="utf-8"))
    document = template.render(
        groups=clauses.groups(),
        every=list(clauses.all_clauses().values()),
        tolerances=tolerances,
        statuses=statuses.rows().values(),
    )
    return document.rstrip("\n") + "\n"


def prose(text: str) -> str:
    """Plain text as Markdown: what would be taken for markup is escaped, but in `code`."""
    plain_and_code = text.split("`")
    plain_and_code[::2] = [re.sub(r"([<*\\])", r"\\\1", part) for part in plain_and_code[::2]]
    return "`".join(plain_and_code)


if __name__ == "__main__":
    print(render(), end="")
