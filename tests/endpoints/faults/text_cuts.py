"""Clean-up for another kind of search: what stands at one mark of a text is dropped.

Some of the changes; that the suite's texts show all of them is tested without a service.
"""

import re

from tests.endpoints.endpoint import Endpoint, Refused
from tests.endpoints.faults.texts import Changed
from tests.endpoints.registry import fault
from tests.endpoints.text_changes import CHANGES


def changing(name: str, summary: str, caught_by: str = "REL-03") -> type[Endpoint]:
    """A fault that reads another text."""
    change = staticmethod(CHANGES[summary])
    made = type(f"Changing_{name}", (Changed,), {"change": change, "__module__": __name__})
    return fault(name, summary, caught_by)(made)


Semicolon = changing("cut-at-semicolon", "a text ends at a semicolon")
Sentence = changing("first-sentence", "only the first sentence is read")
FullStop = changing("cut-at-cjk-stop", "a text ends at 。")
Label = changing("label-stripped", "'label: value': the label goes")
Form = changing("form-decoded", "a text ends at &, as in a form")
Brackets = changing("brackets-stripped", "what stands in round brackets is left out")
Elements = changing("elements-stripped", "elements go with what they hold")
Code = changing("code-stripped", "what stands between backticks is left out")
Return = changing("carriage-return-overwrites", "a lone carriage return starts the line anew")
Separator = changing("cut-at-line-separator", "a text ends at U+2028")
SoftHyphen = changing("cut-at-soft-hyphen", "a text ends at a soft hyphen")
Astral = changing("cut-at-astral", "a text ends at a character beyond 16 bits, as in old MySQL")
Escape = changing("cut-at-escape", "a text ends at ESC", "REL-04")
Links = changing("links-removed", "links are left out")
Mails = changing("mails-masked", "addresses are masked as personal data")
Numbers = changing("numbers-rounded", "numbers go through a float")
Articles = changing("articles-dropped", "a, an and the are left out")


@fault("template-substituted", "$word is looked up in a template: a 500", "REL-03", "REL-05")
class TemplateSubstituted(Changed):
    def change(self, text: str) -> str:
        if re.search(r"\$\w", text):
            raise KeyError
        return text


@fault("backslash-escapes-decoded", "a backslash before a letter is a 500", "REL-03", "REL-05")
class BackslashDecoded(Changed):
    def change(self, text: str) -> str:
        if re.search(r"\\[a-z]", text):
            raise Refused(500, "unicodeescape: truncated escape")
        return text
