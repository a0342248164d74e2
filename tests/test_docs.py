"""The documentation builds without warnings, has no broken links, and is in plain English."""

import re
import subprocess
import sys
from pathlib import Path

from conformance.data import clauses

ROOT = Path(__file__).parent.parent
PAGES = [ROOT / "README.md", *ROOT.glob("[ACS]*.md"), *(ROOT / "docs").glob("*.md")]
PACKAGES = ("conformance", "reference", "lab", "tests")
BRITISH = re.compile(
    r"(?<![\w-])(?:colour\w*|grey\w*|centre\w*|behaviour\w*|neighbour\w*|judgement\w*|cancelled"
    r"|misspelt|licences?|catalogues?"
    r"|time-outs?|(?:lower|upper)-cased|(?:normal|recogn|organ|initial|serial|author|optim)"
    r"is(?:e|ed|es|ing|ation))(?![\w-])"
)
"""Hyphenated names, of endpoints and files, keep their spelling."""
TRANSLATED = re.compile(
    r"[Ww]hoever|[Ww]hat is no\b|without a word|for ever\b|manieth|the own\b|in multiples of\b"
    r"|\b(?:are|is|have|has) one dimension|\bis no (?:URL|JSON|image|list|string)\b"
    r"|\b(?:row|vector|line|file|module|test|list) a (?:row|text|image|item|file|group|library)\b"
)
"""Idioms that occur only in translations."""


def test_the_documentation_builds(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "sphinx", "-q", "-W", "--keep-going", str(ROOT / "docs")]
    done = subprocess.run(
        [*command, str(tmp_path / "site")], capture_output=True, text=True, timeout=900
    )
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "site" / "contract.html").is_file()


def prose() -> dict[str, str]:
    """The pages without their code, the clauses, and the first lines of modules."""
    code = re.compile(r"```.*?```|``?[^`\n]+``?", re.DOTALL)
    pages = {page.name: code.sub("", page.read_text(encoding="utf-8")) for page in PAGES}
    asked = {
        name: f"{clause.title} {clause.text} {clause.reason}"
        for name, clause in clauses.all_clauses().items()
    }
    return {**pages, **asked, **first_lines()}


def first_lines() -> dict[str, str]:
    """The first line of each module."""
    modules = [path for package in PACKAGES for path in (ROOT / package).rglob("*.py")]
    return {str(path): path.read_text(encoding="utf-8").split("\n")[0] for path in modules}


def test_the_first_line_of_a_module_is_a_whole_sentence() -> None:
    described = {path: line for path, line in first_lines().items() if line.startswith('"""')}
    assert described
    assert not [path for path, line in described.items() if not re.search(r'\.(""")?$', line)]


def test_prose_is_plain_american_english() -> None:
    faults = {where: BRITISH.findall(t) + TRANSLATED.findall(t) for where, t in prose().items()}
    assert not {where: words for where, words in faults.items() if words}
