"""Check the JUnit XML format that CI servers agree on (Jenkins' xunit schema)."""

from xml.etree.ElementTree import Element

ATTRIBUTES = {
    "testsuites": ({"name"}, set[str]()),
    "testsuite": (
        {"name", "tests", "failures", "errors", "skipped", "time"},
        {"timestamp", "hostname", "id", "package"},
    ),
    "testcase": ({"classname", "name", "time"}, set[str]()),
    "failure": ({"message"}, {"type"}),
    "error": ({"message"}, {"type"}),
    "skipped": ({"message"}, {"type"}),
    "system-out": (set[str](), set[str]()),
    "system-err": (set[str](), set[str]()),
}
"""The required attributes of an element, and its optional ones."""
CHILDREN = {
    "testsuites": {"testsuite"},
    "testsuite": {"testcase", "system-out", "system-err"},
    "testcase": {"failure", "error", "skipped", "system-out", "system-err"},
}


def violations(element: Element) -> list[str]:
    """The violations in an element and its children, one per line."""
    found = [f"{element.tag}: {problem}" for problem in _own(element)]
    return found + [line for child in element for line in violations(child)]


def _own(element: Element) -> list[str]:
    if element.tag not in ATTRIBUTES:
        return ["no such element"]
    needed, allowed = ATTRIBUTES[element.tag]
    names = set(element.attrib)
    problems = [f"lacks {name}" for name in sorted(needed - names)]
    problems += [f"has {name}" for name in sorted(names - needed - allowed)]
    strange = {child.tag for child in element} - CHILDREN.get(element.tag, set())
    problems += [f"holds {tag}" for tag in sorted(strange)]
    return problems + (_counts(element) if element.tag == "testsuite" else [])


def _counts(suite: Element) -> list[str]:
    cases = suite.findall("testcase")
    # For each case, only one element of a kind counts, however many phases had it.
    found = {
        "tests": len(cases),
        "failures": sum(case.find("failure") is not None for case in cases),
        "errors": sum(case.find("error") is not None for case in cases),
        "skipped": sum(case.find("skipped") is not None for case in cases),
    }
    return [
        f"{name} is {suite.get(name)}, counted {count}"
        for name, count in found.items()
        if suite.get(name) != str(count)
    ]
