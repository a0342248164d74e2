"""Which checks test a clause, with their source: read from the files, so that nothing is imported.

A check names its clause in a decorator: ``@pytest.mark.clause("VEC-01")``, or in a table of its
module that a decorator takes (``EXA-01``).
"""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import conformance.checks

FOLDER = Path(conformance.checks.__file__).parent


@dataclass(frozen=True)
class CheckSource:
    """One check: a function, and where it stands."""

    name: str
    file: str
    """Relative to the folder of the package."""
    line: int
    source: str
    clauses: frozenset[str]

    @property
    def place(self) -> str:
        """File and line, as editors take them."""
        return f"{self.file}:{self.line}"


def of_clause(clause: str) -> list[CheckSource]:
    """The checks of a clause, in the order of their files."""
    return [check for check in all_checks() if clause in check.clauses]


def all_checks() -> Iterator[CheckSource]:
    """Every check of the suite that names clauses."""
    for path in sorted(FOLDER.rglob("test_*.py")):
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
    file = str(path.relative_to(FOLDER.parent.parent))
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
