"""The table of options, one row per option.

Made from these rows: the console command's options (``--NAME``), the pytest plugin's
(``--clip-NAME``), environment variables and keys of pyproject.toml, the defaults of `Settings`, the
table in the README and the inputs of the GitHub Action. A new option is a row here and a field of
that name in `conformance.options.settings`.

Every pytest run on a machine with this package imports this module, so it imports next to nothing.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Literal, get_args

from conformance.data import timeouts

Weights = Literal["published", "stand-in"]
DimensionPolicy = Literal["published", "documented", "checkpoint"]
Pull = Literal["missing", "always", "never"]

COMMAND_LINE: Final = "command line"
TARGETS: Final = ("url", "reference", "image")
"""The options that name the endpoint, of which a run has one."""
DEFAULT_REFERENCE: Final = "sentence-transformers-clip-ViT-B-32-multilingual-v1"
"""The tag of the documentation page's own example."""


@dataclass(frozen=True)
class Option:
    """One option; its value is None (a flag's: False) where it was not given."""

    name: str
    help: str
    """One line, without the default."""
    metavar: str | None = None
    type: Callable[[str], Any] = str
    choices: tuple[str, ...] = ()
    flag: bool = False
    repeatable: bool = False
    positive: bool = False
    """Whether a number must be above 0."""
    default: Any = None
    default_for: Mapping[str, Any] = field(default_factory=dict)
    """The default where the suite starts the endpoint, by `reference` or `image`, if it differs."""
    markdown: str = ""
    """What the README says, where it says more than `help`."""
    plugin_only: bool = False
    """Whether the console command has no such option."""
    configurable: bool = True
    """Whether a variable of the environment, or pyproject.toml, may give it."""

    @property
    def dest(self) -> str:
        """The name as a Python identifier."""
        return self.name.replace("-", "_")

    def value(self, given: Any, started: str) -> Any:
        """The value that was given, or the default where `started` (or nothing, "") is started."""
        return self.default_for.get(started, self.default) if given is None else given

    def arguments(self) -> dict[str, Any]:
        """Keyword arguments of pytest's `addoption`."""
        if self.flag:
            return {"action": "store_true", "help": self.help_with_default()}
        shared = {"help": self.help_with_default(), "type": self.type}
        if self.choices:
            return {**shared, "choices": self.choices}
        action = {"action": "append"} if self.repeatable else {}
        return {**shared, **action, "metavar": self.metavar}

    def help_with_default(self) -> str:
        """The line that ``--help`` shows."""
        return f"{self.help}{self.default_note()}"

    def default_note(self) -> str:
        """The default in brackets, after a space; empty without one."""
        if self.default is None or self.flag:
            return ""
        others = [f"with --{name}: {_shown(value)}" for name, value in self.default_for.items()]
        return f" (default: {'; '.join([_shown(self.default), *others])})"


def variable(row: Option) -> str:
    """The environment variable of an option."""
    return f"CLIP_CONFORMANCE_{row.dest.upper()}"


def _shown(value: Any) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)


OPTIONS: Final = (
    Option(
        "url",
        "the endpoint; without it pytest starts the reference",
        metavar="URL",
        plugin_only=True,  # the console command takes it as its first word
    ),
    Option("reference", "start the project's own reference with this model", metavar="TAG"),
    Option(
        "image",
        "start a container from this image, judge it and remove it",
        metavar="IMAGE",
        markdown="start a container from this image on a free port, judge it and remove it "
        "(needs Docker)",
    ),
    Option(
        "env",
        "environment variable of that container; may be repeated",
        metavar="NAME=VALUE",
        repeatable=True,
    ),
    Option("gpus", "GPUs of that container, as for docker run", metavar="WHICH"),
    Option(
        "pull",
        "when to pull the image",
        choices=get_args(Pull),
        default="missing",
        markdown="when to pull the image; `missing` is the default",
    ),
    Option(
        "mount-weights",
        "where that container sees the stand-in (default with --weights stand-in: /app/models)",
        metavar="PATH",
        markdown="where that container sees the tag's stand-in, in the vendor's layout; with "
        "`--weights stand-in` it is `/app/models`",
    ),
    Option(
        "model",
        "what the endpoint serves: a tag, or a row of your own",
        metavar="TAG",
        markdown="what the endpoint serves: a tag of the [documented images](models.md), or "
        "a row of your own",
    ),
    Option(
        "models",
        "TOML file with rows of your own models",
        metavar="FILE",
        type=Path,
    ),
    Option(
        "weights",
        "what the endpoint is said to serve",
        choices=get_args(Weights),
        default="published",
        default_for={"reference": "stand-in"},
        markdown="what the endpoint is said to serve: alignment is judged on photographs, or on "
        "the drawings that stand-ins know",
    ),
    Option(
        "dimension-policy",
        "which published dimension is right",
        choices=get_args(DimensionPolicy),
        default="published",
        markdown="which figure is right where the documentation page and the checkpoint differ: "
        "either, the page's, the checkpoint's",
    ),
    Option("dimensions", "the only right dimension", metavar="N", type=int, positive=True),
    Option(
        "report",
        "write report.html, .json, .md, junit.xml and badge.json there",
        metavar="DIR",
        type=Path,
        markdown="write `report.html`, `report.json`, `report.md`, `junit.xml`, `badge.json` and "
        "the bodies of failed requests there; nothing is written anywhere else",
    ),
    Option(
        "known-failures",
        "TOML or JSON file of failures that do not count",
        metavar="FILE",
        type=Path,
        markdown="TOML or JSON file of failures that do not count, each with a reason",
    ),
    Option(
        "write-known-failures",
        "write what fails now into such a file",
        metavar="FILE",
        type=Path,
    ),
    Option("strict", "a SHOULD that fails counts like a MUST", flag=True),
    Option(
        "slow",
        "run the slow group too (about two minutes)",
        flag=True,
        markdown="also wait 90 s to see whether idle connections are kept",
    ),
    Option(
        "budget",
        "most minutes that the run may take",
        metavar="MINUTES",
        type=float,
        positive=True,
        default=15.0,
        markdown="most minutes that the run may take: where a slow endpoint needs more, every "
        "clause keeps a case, and the others take turns from day to day; `--slow` runs "
        "all of them",
    ),
    Option(
        "wait",
        "how long to wait for ready",
        metavar="SECONDS",
        type=float,
        positive=True,
        default=timeouts.READY_WAIT,
        default_for=dict.fromkeys(("reference", "image"), timeouts.REFERENCE_WAIT),
    ),
    Option(
        "endpoint-timeout",
        "longest time for one request to the endpoint",
        metavar="SECONDS",
        type=float,
        positive=True,
        default=timeouts.ENDPOINT_TIMEOUT,
    ),
    Option(
        "clause",
        "only this clause; may be repeated",
        metavar="ID",
        repeatable=True,
        markdown="only this clause (a *partial* run), may be repeated; so does pytest's `-k`",
    ),
    Option(
        "group",
        "only the clauses of this group, such as IMG or images; may be repeated",
        metavar="NAME",
        repeatable=True,
        markdown="only the clauses of this group, by id (`IMG`) or title (`images`), may be "
        "repeated; `clip-conformance list` shows them",
    ),
    Option(
        "compare-with",
        "a URL, a recording's file or weaviate:http://HOST:PORT/COLLECTION",
        metavar="WHAT",
        markdown="compare the vectors with those of a URL, of a recording's file or of "
        "`weaviate:http://HOST:PORT/COLLECTION`",
    ),
    Option(
        "weaviate",
        "off, embedded[:VERSION], docker[:VERSION] or a URL",
        metavar="WHERE",
        markdown="import and search through a real Weaviate: `off`, `embedded`, "
        "`embedded:VERSION`, `docker`, `docker:VERSION` or a URL",
    ),
    Option(
        "weaviate-grpc",
        "gRPC port of the Weaviate at that URL",
        metavar="PORT",
        type=int,
        positive=True,
        markdown="gRPC port of the Weaviate at that URL, where it is not the client's default "
        "(50051)",
    ),
    Option(
        "endpoint-for-weaviate",
        "the endpoint's URL as that Weaviate sees it",
        metavar="URL",
        markdown="the endpoint's URL as that Weaviate sees it, where it is another than for the "
        "suite (containers, Kubernetes)",
    ),
    Option(
        "for-weaviate",
        "judge for this release of Weaviate alone",
        metavar="VERSION",
        markdown="judge for this release of Weaviate alone; without it for all supported ones",
    ),
    Option(
        "stand-in",
        "tag that the fixture clip_stand_in_url serves",
        metavar="TAG",
        plugin_only=True,
        configurable=False,  # it belongs to other people's runs; there is an ini option
    ),
)

COMMAND_OPTIONS: Final = tuple(option for option in OPTIONS if not option.plugin_only)


def option(name: str) -> Option:
    """The row of that name; raises KeyError."""
    return {row.name: row for row in OPTIONS}[name]
