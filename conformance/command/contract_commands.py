"""``clip-conformance list``, ``explain``, and ``models``: print the contract and the models.

`explain` shows a clause's checks with their source code, which is read from the files without
importing them. A check names its clause in a decorator, ``@pytest.mark.clause("VEC-01")``, or in a
table of its module that is passed to a decorator (``EXA-01``).
"""

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import get_args

import click
from rich.console import Console
from rich.syntax import Syntax
from rich.table import Table
from rich.text import Text

import conformance.checks
from conformance.data import clauses
from conformance.data import models as tags
from conformance.data.clauses import Clause, Group, Level
from conformance.data.models import Model
from conformance.options import shared

STYLE: dict[Level, str] = {"MUST": "bold", "SHOULD": "default", "MAY": "dim"}
CHECKS = Path(conformance.checks.__file__).parent
WIDTH = 100
WIDTH_OF_MODELS = 110
LISTED = {"page": "page", "build": "build", "user": "yours"}
NOTE = """\
CPU: seconds per image on one core. Weaviate sends two objects per core in parallel and waits 50 s.
If an image takes over 25 s, use a GPU, or raise MODULES_CLIENT_TIMEOUT (--endpoint-timeout here).
listed: page = on the documentation page; build = only in the vendor's build; yours = in --models.
docs/models.md has the source of each value."""


@click.command("list")
@click.option(
    "--group",
    metavar="NAME",
    multiple=True,
    help="only this group, by ID (IMG) or title (images); may be repeated",
)
@click.option("--level", type=click.Choice(get_args(Level)), help="only clauses of this level")
def list_clauses(group: Sequence[str], level: Level | None) -> int:
    """List the clauses of the contract."""
    chosen = [clauses.find_group(name) for name in group] or clauses.groups()
    console = Console(highlight=False, soft_wrap=True)
    for each in chosen:
        _print_group(console, each, level)
    console.print("clip-conformance explain ID says what a clause requires and why.", style="dim")
    return 0


def _print_group(console: Console, group: Group, level: Level | None) -> None:
    mine = [
        clause
        for clause in clauses.all_clauses().values()
        if clause.group == group and level in (None, clause.level)
    ]
    if not mine:
        return
    console.print(f"{group.id}  {group.title}", style="bold")
    for clause in mine:
        line = Text(f"  {clause.id}  ")
        line.append(f"{clause.level:6}  ", style=STYLE[clause.level])
        console.print(line.append(clause.title))
    console.print()


@click.command("explain")
@click.argument("ids", metavar="ID...", nargs=-1, required=True)
def explain(ids: Sequence[str]) -> int:
    """Show a clause: its requirement, reason, source, tests, and the faults that the tests detect.

    ID is a clause, such as VEC-01.
    """
    console = Console(width=WIDTH, highlight=False)
    for clause in [clauses.find(name) for name in ids]:
        _print_clause(console, clause)
    return 0


def _print_clause(console: Console, clause: Clause) -> None:
    console.print(Text(f"{clause.id} ({clause.level}): {clause.title}", style="bold"))
    grid = Table.grid(padding=(0, 1))
    grid.add_column(style="dim", no_wrap=True)
    grid.add_column(overflow="fold")
    for label, words in _facts(clause):
        grid.add_row(f"  {label}:", Text(words))
    console.print(grid)
    for check in all_checks():
        if clause.id in check.clauses:
            console.print(Text(f"\ntested in {check.file}:{check.line}", style="dim"))
            console.print(Syntax(check.source, "python", background_color="default"))
    console.print()


def _facts(clause: Clause) -> Iterator[tuple[str, str]]:
    yield "text", clause.text
    yield "why", clause.reason
    yield "source", clause.source
    yield "group", f"{clause.group.id} {clause.group.title}, profile {clause.group.profile}"
    if versions := clauses.described_versions(clause):
        yield "Weaviate", versions
    for fault in clauses.faults_found_by(clause.id):
        yield "catches", f"{fault.name}: {fault.summary}"


@dataclass(frozen=True)
class CheckSource:
    """One check: a function, and its location."""

    name: str
    file: str
    """Relative to the package's directory."""
    line: int
    source: str
    clauses: frozenset[str]


def all_checks() -> Iterator[CheckSource]:
    """Every check of the suite that names clauses, in the order of the files."""
    for path in sorted(CHECKS.rglob("test_*.py")):
        yield from _checks(path)


def _checks(path: Path) -> Iterator[CheckSource]:
    text = path.read_text(encoding="utf-8")
    module = ast.parse(text)
    tables = {
        target.id: node.value
        for node in module.body
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    file = str(path.relative_to(CHECKS.parent.parent))
    for node in module.body:
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
            source = ast.get_source_segment(text, node) or ""
            named = frozenset(_strings(node.decorator_list, tables))
            yield CheckSource(node.name, file, node.lineno, source, named)


def _strings(nodes: list[ast.expr], tables: dict[str, ast.expr]) -> Iterator[str]:
    """Every string in the expressions, and in the tables that they name."""
    for part in (part for node in nodes for part in ast.walk(node)):
        if isinstance(part, ast.Constant) and isinstance(part.value, str):
            yield part.value
        elif isinstance(part, ast.Name) and part.id in tables:
            yield from _strings([tables[part.id]], {})


@click.command("models")
@shared.models_file
def list_models(models: Path | None) -> int:
    """List the models that the suite knows."""
    rows = list(tags.load(models).values())
    console = Console(width=WIDTH_OF_MODELS, highlight=False)
    console.print(_table(rows))
    for row in rows:
        if row.erratum:
            console.print(_erratum(row), soft_wrap=True)
    console.print(NOTE, style="dim", soft_wrap=True)
    return 0


def _table(rows: Sequence[Model]) -> Table:
    table = Table(box=None, pad_edge=False)
    for name in ("tag", "dimension", "image", "tokens", "languages", "CPU", "listed"):
        # A tag must not be truncated, since users copy it.
        table.add_column(name, no_wrap=True, overflow="fold")
    for row in rows:
        table.add_row(
            row.tag,
            _dimension(row),
            _or_unknown(row.image_size, " px"),
            _or_unknown(row.text_tokens),
            _languages(row),
            _or_unknown(row.image_cpu_seconds, " s"),
            LISTED[row.listed],
        )
    return table


def _dimension(row: Model) -> str:
    if row.erratum:
        return f"{row.checkpoint_dimension}; page {row.documented_dimension}"
    return _or_unknown(row.checkpoint_dimension or row.documented_dimension)


def _or_unknown(value: float | None, unit: str = "") -> str:
    return "unknown" if value is None else f"{value:g}{unit}"


def _languages(row: Model) -> str:
    if not row.languages:
        return "unknown"
    return row.languages[0] if len(row.languages) == 1 else str(len(row.languages))


def _erratum(row: Model) -> str:
    return (
        f"erratum: {row.tag} has {row.checkpoint_dimension} dimensions, not the documentation "
        f"page's {row.documented_dimension}; either passes unless --dimension-policy selects one"
    )
