"""The report files: their format, their content, and protection from hostile endpoints.

The reports come from two small runs of the command: one against a conformant endpoint, and one
against an endpoint whose text attacks terminals, web pages, and XML.
"""

import hashlib
import io
import json
import re
import signal
import subprocess
import unicodedata
from collections.abc import Iterator
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import httpx
import pytest
from jsonschema import Draft202012Validator

from conformance.command import cli
from conformance.data import clauses, statuses
from conformance.report import files, html, provenance
from conformance.report.document import SCHEMA
from conformance.report.results import CASES_LEFT_OUT
from conformance.report.verdict import VERDICTS
from conformance.transport.pace import LEFT_OUT
from tests.endpoints import registry
from tests.endpoints.endpoint import Endpoint
from tests.endpoints.server import serve
from tests.endpoints.wire import Answer, Request
from tests.suite import chromium, report_schema
from tests.suite.conftest import MODEL, Command, Serve

ROOT = Path(__file__).parents[2]
MOST = 5_000_000
"""Maximum size in bytes of any report file."""
CHOSEN = ("MET-01", "PRB-01", "VEC-01", "VEC-08", "ALN-01")
SHIELDS = {"schemaVersion", "label", "message", "color", "isError"}
"""The keys of shields.io's endpoint schema, https://shields.io/badges/endpoint-badge."""
OBSCENE = "\x1b[31mred\x1b]0;title\x07 \x00\x08\x9b2J \u202e\u2028 ]]> <b>&amp; \ufffe \udc80"
ATTACK = (
    "<script>document.title = 'owned'</script>"
    "<img src=x onerror=\"document.title = 'owned'\">"
    "'\"--></style></pre></details></main><h1>`](javascript:alert(1))"
)
SAID = OBSCENE + ATTACK + "a" * 1_000_000


@dataclass(frozen=True)
class Ran:
    """A run of the command: the endpoint, the report files, the output, and the exit status."""

    url: str
    folder: Path
    said: str
    status: int

    def text(self, name: str) -> str:
        return (self.folder / name).read_text(encoding="utf-8")

    @property
    def report(self) -> dict[str, Any]:
        read: dict[str, Any] = json.loads(self.text("report.json"))
        return read

    @property
    def junit(self) -> ElementTree.Element:
        return ElementTree.fromstring(self.text("junit.xml"))


def run(url: str, folder: Path, *options: str) -> Ran:
    before, out = signal.getsignal(signal.SIGTERM), io.StringIO()
    with redirect_stdout(out), redirect_stderr(out):
        status = cli.main([url, *MODEL, "--report", str(folder), *options])
    signal.signal(signal.SIGTERM, before)
    return Ran(url, folder, out.getvalue(), status)


def only(*chosen: str) -> list[str]:
    return [word for clause in chosen for word in ("--clause", clause)]


class Hostile(Endpoint):
    """Rejects nothing, fails often, and puts hostile text wherever it can."""

    def answer(self, request: Request) -> Answer:
        answer = super().answer(request)
        good = request.path.endswith("vectorize") and answer.status == 200 and next(self.calls) % 3
        if good or request.path.endswith("ready"):
            return answer
        said = json.dumps({"error": SAID, ATTACK: [SAID]}).encode()
        headers = {"Content-Type": f"{ATTACK}\x9b31m", "X-Said": ATTACK * 100}
        return Answer(500 if request.path.endswith(("meta", "live")) else 200, said, headers)


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ran]:
    with serve(registry.find("plain").build()) as url:
        yield run(url, tmp_path_factory.mktemp("good"), *only(*CHOSEN))


@pytest.fixture(scope="module")
def hostile_url() -> Iterator[str]:
    """The hostile endpoint, with user information in its URL."""
    with serve(Hostile(registry.find("plain").build().encoder)) as url:
        yield url.replace("//", "//user:secret@")


@pytest.fixture(scope="module")
def hostile(hostile_url: str, tmp_path_factory: pytest.TempPathFactory) -> Ran:
    folder = tmp_path_factory.mktemp("hostile")
    return run(hostile_url, folder, *only("MET-01", "PRB-01", "PRB-02", "ERR-01"), "-v")


# report.json and junit.xml


def test_the_schema_is_a_schema() -> None:
    Draft202012Validator.check_schema(report_schema.PUBLISHED)
    assert report_schema.PUBLISHED["$id"] == SCHEMA


@pytest.mark.parametrize("which", ["good", "hostile"])
def test_a_report_is_valid_and_has_nothing_that_the_schema_does_not_name(
    which: str, request: pytest.FixtureRequest
) -> None:
    report = request.getfixturevalue(which).report
    assert report["schema"] == SCHEMA
    assert not report_schema.violations(report)
    assert not report_schema.violations(report, report_schema.closed(report_schema.PUBLISHED))


@pytest.mark.parametrize("field", ["schema", "started", "verdict", "target", "clauses"])
def test_a_report_that_lacks_a_field_is_not_valid(good: Ran, field: str) -> None:
    lacking = {name: value for name, value in good.report.items() if name != field}
    assert report_schema.violations(lacking)


def test_the_schema_knows_all_that_a_run_can_come_to() -> None:
    named = report_schema.PUBLISHED["$defs"]
    assert set(named["status"]["enum"]) == set(statuses.rows())
    assert set(named["verdict"]["enum"]) == set(VERDICTS)
    assert set(named["clause"]["properties"]["profile"]["enum"]) == set(clauses.PROFILES)
    profiles = report_schema.PUBLISHED["properties"]["profiles"]["properties"]
    assert set(profiles) == set(clauses.PROFILES)


def test_the_report_says_what_was_judged_and_how_it_ended(good: Ran) -> None:
    report = good.report
    assert (report["target"]["url"], report["model"]) == (good.url, registry.MULTILINGUAL)
    assert (report["verdict"], good.status, report["exit_status"]) == ("partial", 0, 0)
    assert report["profiles"]["http"]["verdict"] == "partial"
    assert report["profiles"]["weaviate"]["verdict"] == "disabled"
    assert report["measurements"]["dimension"] == 512
    assert sum(report["counts"].values()) == len(report["clauses"])
    assert {"one text", "one image"} & {row["request"] for row in report["latencies"]}


def test_the_report_has_every_clause_in_order_and_in_full(good: Ran) -> None:
    every = clauses.all_clauses()
    assert [each["id"] for each in good.report["clauses"]] == list(every)
    for told in good.report["clauses"]:
        fields = ("level", "title", "text", "reason", "source")
        assert [told[name] for name in fields] == [getattr(every[told["id"]], n) for n in fields]


def test_a_clause_lists_its_tests_and_what_they_measured(good: Ran) -> None:
    judged = {each["id"]: each for each in good.report["clauses"] if each["tests"]}
    assert set(judged) == set(CHOSEN)
    assert {test["status"] for each in judged.values() for test in each["tests"]} == {"pass"}
    measured = {name for each in judged.values() for name in each["measurements"]}
    assert "dimension" in measured
    # The speed of the endpoint was measured before the first test.
    others = set(good.report["measurements"]) - measured
    assert {name.rpartition(" ")[0] for name in others} <= {"seconds per"}


def test_the_report_says_how_to_believe_and_repeat_it(good: Ran) -> None:
    report, body = good.report, httpx.get(f"{good.url}/meta").content
    words = ["clip-conformance", good.url, *MODEL, "--report", str(good.folder), *only(*CHOSEN)]
    assert sorted(report["reproduce"].split()) == sorted(words)
    assert report["target"]["meta_digest"] == f"sha256:{hashlib.sha256(body).hexdigest()}"
    assert report["settings"]["weights"] == "stand-in"
    assert report["started"] <= report["ended"]
    version, digest = clauses.contract_version(), clauses.contract_digest()
    assert report["contract"] == {"version": version, "digest": digest}


def test_the_suite_is_named_by_its_commit() -> None:
    asked = ["git", "-C", str(ROOT), "rev-parse", "HEAD"]
    head = subprocess.run(asked, capture_output=True, text=True).stdout.strip()
    # If this directory is not a Git checkout, the commit is unknown.
    assert re.fullmatch(rf"{head}(-dirty)?" if head else "None", str(provenance.suite()["commit"]))


@pytest.mark.parametrize("which", ["good", "hostile"])
def test_junit_has_every_test_whatever_the_endpoint_says(
    which: str, request: pytest.FixtureRequest
) -> None:
    ran: Ran = request.getfixturevalue(which)
    # Evidence from other clauses' tests does not count as a test of the clause.
    own = {test["id"] for each in ran.report["clauses"] for test in each["tests"]}
    assert len(list(ran.junit.iter("testcase"))) == len(own)


# Text from the endpoint


def test_what_an_endpoint_says_stays_harmless(hostile: Ran) -> None:
    assert (hostile.status, hostile.report["verdict"]) == (1, "not conformant")
    assert "red" in hostile.said
    files_of_it = [path for path in hostile.folder.iterdir() if path.is_file()]
    said = hostile.said + "".join(path.read_text(encoding="utf-8") for path in files_of_it)
    assert {c for c in said if unicodedata.category(c) == "Cc"} <= {"\n", "\t"}
    assert "\u202e" not in said
    assert "secret" not in said
    assert {p.name: size for p in files_of_it if (size := p.stat().st_size) > MOST} == {}


@pytest.mark.parametrize("options", [("-rA", "-vv", "--log-level=DEBUG"), ("--tb=long", "-l")])
def test_pytests_own_output_is_harmless_too(
    hostile_url: str, tmp_path: Path, options: tuple[str, ...]
) -> None:
    said = run(hostile_url, tmp_path, "--clause", "MET-01", *options).said
    assert {c for c in said if unicodedata.category(c) == "Cc"} <= {"\n", "\t"}
    assert "secret" not in said


def test_a_failed_requests_body_is_kept_for_its_curl_line(hostile: Ran) -> None:
    kept = sorted((hostile.folder / "exchanges").iterdir())
    assert kept
    assert all("images" in json.loads(path.read_bytes()) for path in kept)
    assert all(f"--data-binary @{path}" in hostile.text("report.json") for path in kept)
    assert any(f"--data-binary @{path}" in hostile.said for path in kept)


def test_without_a_report_the_body_is_in_the_line(command: Command, served: Serve) -> None:
    url = served(registry.find("error-list").build())
    done = command(url, *MODEL, "--clause", "ERR-01")
    assert "not base64" in done.out
    assert "--data-raw" in done.out


# report.html


class Elements(HTMLParser):
    """The elements of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(name, value or "") for name, value in attrs]

    def values(self, *names: str) -> list[str]:
        return [value for name, value in self.attributes if name in names]


@pytest.mark.parametrize("which", ["good", "hostile"])
def test_a_page_asks_for_nothing_and_runs_nothing(
    which: str, request: pytest.FixtureRequest
) -> None:
    text = request.getfixturevalue(which).text("report.html")
    seen = Elements(text)
    assert not {"script", "link", "iframe", "object", "embed", "form"} & set(seen.tags)
    assert not [name for name, _ in seen.attributes if name.startswith("on") or name == "style"]
    links = seen.values("href", "src")
    assert links
    assert all(link.startswith(("#", "data:image/")) for link in links)
    assert "default-src 'none'" in text
    assert ("owned" in text) == (which == "hostile")


def test_a_page_has_every_clause_in_full_and_every_link_leads_there(good: Ran) -> None:
    seen = Elements(good.text("report.html"))
    ids = set(seen.values("id"))
    assert set(clauses.all_clauses()) <= ids
    assert {target[1:] for target in seen.values("href")} <= ids


def test_a_page_shows_the_images_of_its_heat_map(good: Ran) -> None:
    (figure,) = good.report["figures"].values()
    tags = Elements(good.text("report.html")).tags
    assert tags.count("img") == len(figure["columns"]) == len(figure["thumbnails"])
    assert all(len(thumbnail) < 3_000 for thumbnail in figure["thumbnails"])


def test_a_page_says_how_to_repeat_it_and_how_fast_it_was(good: Ran) -> None:
    page = good.text("report.html")
    assert good.report["reproduce"].partition(" ")[0] in page
    assert good.report["target"]["meta_digest"] in page
    assert good.report["latencies"][0]["request"] in page


def test_page_and_summary_say_what_was_left_out(good: Ran) -> None:
    first, *others = good.report["clauses"]
    tests = [{**first["tests"][0], "message": f"{LEFT_OUT}: no time"}]
    clauses = [{**first, "status": "n/a", "tests": tests}, *others]
    report = {**good.report, "clauses": clauses}
    report["measurements"] = {**report["measurements"], CASES_LEFT_OUT: 12}
    for write in (files.summary, html.render):
        assert "lack of time" not in write(good.report)
        assert "12 cases left out for lack of time, and 1 clause not judged" in write(report)


UNPROTECTED = r'<meta http-equiv="Content-Security-Policy"[^>]*>'


@chromium.needed
def test_a_script_that_got_into_the_page_would_be_seen_and_is_forbidden(
    hostile: Ran, tmp_path: Path
) -> None:
    text = hostile.text("report.html")
    injected = text.replace("</main>", f"{ATTACK}</main>")
    pages = {"as is": text, "forbidden": injected, "allowed": re.sub(UNPROTECTED, "", injected)}
    titles = {}
    for name, content in pages.items():
        file = tmp_path / f"{name}.html"
        file.write_text(content, encoding="utf-8")
        shown = chromium.document_of(file, tmp_path / name)
        titles[name] = re.findall(r"<title>(.*?)</title>", shown)[0]
    assert titles["as is"].startswith("not conformant: ")
    assert titles["forbidden"].startswith("not conformant: ")
    assert titles["allowed"] == "owned"


@chromium.needed
def test_nothing_is_wider_than_a_telephone(hostile: Ran, tmp_path: Path) -> None:
    bare = re.sub(UNPROTECTED, "", hostile.text("report.html"))
    measure = "document.title = 'width ' + document.querySelector('main').scrollWidth"
    style = "<style>main { width: 420px; margin: 0 !important }</style>"
    opened = bare.replace("<details", "<details open")
    file = tmp_path / "measured.html"
    file.write_text(opened.replace("</body>", f"{style}<script>{measure}</script></body>"))
    shown = chromium.document_of(file, tmp_path / "profile")
    assert re.findall(r"<title>(.*?)</title>", shown)[0] == "width 420"


# report.md and badge.json


@pytest.mark.parametrize("verdict", VERDICTS)
def test_every_verdict_has_a_badge(verdict: str) -> None:
    told = json.loads(files.badge({"verdict": verdict}))
    assert set(told) == SHIELDS
    assert (told["schemaVersion"], told["message"]) == (1, verdict)


def test_the_summary_has_verdict_scoreboard_and_command(good: Ran) -> None:
    text = good.text("report.md")
    assert text.startswith(f"## {good.report['model']}: partial\n")
    assert "No problems were found." in text
    assert "| Vectorize |" in text
    assert "| Errors |" not in text, "a group that was left out"
    assert good.report["reproduce"] in text
    assert json.loads(good.text("badge.json"))["message"] == "partial"


def with_finding(report: dict[str, Any], got: str) -> str:
    finding = {
        "clause": "ERR-01",
        "level": "MUST",
        "title": "title",
        "got": got,
        "expected": "`error`",
        "why": "why",
        "repeat": ["curl 'a```b'"],
        "also": ["ERR-02", "ERR-03"],
        "not_judged": ["ERR-03"],
        "not_counted": "",
    }
    return files.summary({**report, "verdict": "not conformant", "findings": [finding]})


@pytest.mark.parametrize("got", ["a | b", "<b>@somebody #1</b>", "` `` ``` x", "line\n\n# line"])
def test_what_an_endpoint_said_stays_in_its_code_span(good: Ran, got: str) -> None:
    (line,) = [ln for ln in with_finding(good.report, got).splitlines() if "- got: " in ln]
    span = line.partition("- got: ")[2]
    fence = span[: len(span) - len(span.lstrip("`"))]
    inside = span[len(fence) : -len(fence)]
    assert span.endswith(fence)
    assert fence not in inside
    assert inside.strip() == " ".join(got.split())


def test_the_summary_tells_what_failed_from_what_was_not_judged(good: Ran) -> None:
    text = with_finding(good.report, "")
    assert "   - same cause: ERR-02\n   - not judged: ERR-03\n" in text


def test_a_long_answer_is_cut_and_a_curl_line_stays_in_its_block(good: Ran) -> None:
    text = with_finding(good.report, "a" * 1_000_000)
    assert len(text) < 10_000
    assert "````\n   curl 'a```b'\n   ````" in text
