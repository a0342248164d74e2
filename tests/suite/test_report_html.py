"""report.html stands alone, and what an endpoint says in it stays text: seen in a real browser."""

import json
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest

from conformance.data import clauses
from tests.endpoints import registry
from tests.endpoints.endpoint import Endpoint
from tests.endpoints.server import serve
from tests.endpoints.wire import Answer, Request
from tests.suite import chromium
from tests.suite.conftest import COMMAND, MODEL, Full
from tests.suite.report_files import run

MOST = 5_000_000
"""Bytes of any file of a report."""
ATTACK = (
    "<script>document.title = 'owned'</script>"
    "<img src=x onerror=\"document.title = 'owned'\">"
    "'\"--></style></pre></details></main><h1>`](javascript:alert(1))"
)
ENDLESS = ATTACK + "a" * 1_000_000
PART = ("-k", "test_meta or test_errors or (test_vectorize and not leniency) or test_probes")


class Hostile(Endpoint):
    """Says a script and a million letters wherever it says something."""

    def answer(self, request: Request) -> Answer:
        answer = super().answer(request)
        said = json.dumps({"error": ENDLESS, ENDLESS: [ENDLESS]}).encode()
        if request.path.endswith("meta") or answer.status != 200:
            return Answer(answer.status, said, {"Content-Type": ATTACK, "X-Said": ATTACK * 100})
        return Answer(500, said, {"Content-Type": ATTACK}) if next(self.calls) % 3 else answer


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The report's folder of a run against it."""
    folder = tmp_path_factory.mktemp("hostile-report")
    with serve(Hostile(registry.find("plain").build().encoder)) as url:
        done = run(COMMAND, url, *MODEL, *PART, "--report", str(folder))
        assert done.returncode == 1, done.stderr
        yield folder


class Elements(HTMLParser):
    """Counts what a page consists of."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(name, value or "") for name, value in attrs]


@pytest.fixture(scope="module")
def page(full: Full) -> str:
    """The page of a whole run."""
    return (full.folder / "report.html").read_text(encoding="utf-8")


def test_a_page_asks_for_nothing_and_runs_nothing(page: str) -> None:
    seen = Elements(page)
    assert not {"script", "link", "iframe", "object", "embed", "form"} & set(seen.tags)
    assert not [name for name, _ in seen.attributes if name.startswith("on") or name == "style"]
    links = [value for name, value in seen.attributes if name in ("href", "src")]
    assert links
    assert all(link.startswith(("#", "data:image/")) for link in links)
    assert "default-src 'none'" in page


def test_a_page_has_every_clause_in_full_and_every_link_leads_there(page: str) -> None:
    seen = Elements(page)
    ids = {value for name, value in seen.attributes if name == "id"}
    targets = {value[1:] for name, value in seen.attributes if name == "href"}
    assert set(clauses.all_clauses()) <= ids
    assert targets <= ids


def test_a_page_shows_the_images_of_its_heat_map(page: str, full: Full) -> None:
    (figure,) = full.report["figures"].values()
    assert Elements(page).tags.count("img") == len(figure["columns"]) == len(figure["thumbnails"])
    assert all(len(thumbnail) < 3_000 for thumbnail in figure["thumbnails"])


def test_a_page_says_how_to_repeat_it_and_how_fast_it_was(page: str, full: Full) -> None:
    assert full.report["reproduce"].partition(" ")[0] in page
    assert full.report["target"]["meta_digest"] in page
    assert {"one text", "one image"} <= {row["request"] for row in full.report["latencies"]}
    assert "one image" in page


def test_a_page_of_an_endpoint_that_says_too_much_is_small(hostile: Path) -> None:
    sizes = {path.name: path.stat().st_size for path in hostile.iterdir() if path.is_file()}
    assert {"report.html", "report.json", "report.md", "junit.xml"} <= set(sizes)
    assert {name: size for name, size in sizes.items() if size > MOST} == {}


def test_what_a_hostile_endpoint_says_is_text(hostile: Path) -> None:
    text = (hostile / "report.html").read_text(encoding="utf-8")
    seen = Elements(text)
    assert "owned" in text
    assert "script" not in seen.tags
    assert not [name for name, _ in seen.attributes if name.startswith("on")]


@chromium.needed
def test_no_script_runs_in_a_browser(hostile: Path, tmp_path: Path) -> None:
    shown = chromium.document_of(hostile / "report.html", tmp_path)
    assert "<title>not conformant: " in shown
    assert "owned" in shown


@chromium.needed
def test_a_script_that_got_into_the_page_would_be_seen_and_is_forbidden(
    hostile: Path, tmp_path: Path
) -> None:
    text = (hostile / "report.html").read_text(encoding="utf-8")
    injected = text.replace("</main>", f"{ATTACK}</main>")
    unprotected = re.sub(r'<meta http-equiv="Content-Security-Policy"[^>]*>', "", injected)
    titles = []
    for name, content in (("forbidden", injected), ("allowed", unprotected)):
        file = tmp_path / f"{name}.html"
        file.write_text(content, encoding="utf-8")
        shown = chromium.document_of(file, tmp_path / name)
        titles += re.findall(r"<title>(.*?)</title>", shown)[:1]
    assert titles[0].startswith("not conformant: ")
    assert titles[1] == "owned"


@chromium.needed
def test_nothing_is_wider_than_a_telephone(hostile: Path, tmp_path: Path) -> None:
    text = (hostile / "report.html").read_text(encoding="utf-8")
    bare = re.sub(r'<meta http-equiv="Content-Security-Policy"[^>]*>', "", text)
    measure = "document.title = 'width ' + document.querySelector('main').scrollWidth"
    style = "<style>main { width: 420px; margin: 0 !important }</style>"
    opened = bare.replace("<details", "<details open")
    file = tmp_path / "measured.html"
    file.write_text(opened.replace("</body>", f"{style}<script>{measure}</script></body>"))
    shown = chromium.document_of(file, tmp_path / "profile")
    assert re.findall(r"<title>(.*?)</title>", shown)[0] == "width 420"
