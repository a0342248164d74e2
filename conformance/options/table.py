"""The table of options, one row per option.

These rows define the console command's options (``--NAME``), the pytest plugin's options
(``--clip-NAME``), the environment variables and keys in pyproject.toml, the defaults of `Settings`,
the table in docs/options.md, and the inputs of the GitHub Action. A new option is a row here and a
field with that name in `conformance.options.settings`.

Every pytest run in an environment with this package imports this module, so it imports very little.
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
"""The options that name the endpoint. A run has exactly one of them."""
DEFAULT_REFERENCE: Final = "sentence-transformers-clip-ViT-B-32-multilingual-v1"
"""The tag in the example on Weaviate's documentation page."""


@dataclass(frozen=True)
class Option:
    """One option; its value is None (False for a flag) if it was not given."""

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
    """A different default if the suite starts the endpoint, by `reference` or `image`."""
    only_for: str = ""
    """The option among `TARGETS` without which it has no effect."""
    markdown: str = ""
    """The text for the documentation, if it says more than `help`."""
    plugin_only: bool = False
    """Whether the console command has no such option."""
    configurable: bool = True
    """Whether an environment variable or pyproject.toml may set it."""

    @property
    def dest(self) -> str:
        """The name as a Python identifier."""
        return self.name.replace("-", "_")

    def value(self, given: Any, started: str) -> Any:
        """The given value, or the default for the kind of endpoint started ("" for none)."""
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
        """The default in parentheses, after a space; empty without a default."""
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
        "the endpoint's URL; by default, the reference encoder is started",
        metavar="URL",
        plugin_only=True,  # The console command takes it as its argument.
    ),
    Option(
        "header",
        "header for every request to the endpoint; may be repeated",
        metavar="NAME:VALUE",
        only_for="url",
        repeatable=True,
        markdown="header for every request to the endpoint, for example one that a gateway "
        "requires; may be repeated; values are masked in reports",
    ),
    Option(
        "ca-file",
        "CA certificates (PEM) for verifying the endpoint's certificate",
        metavar="FILE",
        only_for="url",
        type=Path,
    ),
    Option("reference", "start the project's reference encoder with this model", metavar="TAG"),
    Option(
        "image",
        "start a container from this image, test it, and remove it",
        metavar="IMAGE",
        markdown="start a container from this image on a free port, test it, and remove it "
        "(requires Docker)",
    ),
    Option(
        "env",
        "environment variable for the container; may be repeated",
        metavar="NAME=VALUE",
        only_for="image",
        repeatable=True,
    ),
    Option(
        "gpus",
        "GPUs for the container, in the format of docker run --gpus",
        metavar="WHICH",
        only_for="image",
        markdown="GPUs for the container, in the format of `docker run --gpus`",
    ),
    Option(
        "pull",
        "when to pull the image",
        choices=get_args(Pull),
        default="missing",
        only_for="image",
    ),
    Option(
        "mount-weights",
        "mount the stand-in at this path (default with --weights stand-in: /app/models)",
        metavar="PATH",
        only_for="image",
        markdown="mount the model's stand-in, in the vendor's layout, at this path in the "
        "container (default with `--weights stand-in`: `/app/models`)",
    ),
    Option(
        "model",
        "the model that the endpoint serves: a listed tag, or one from --models",
        metavar="TAG",
        markdown="the model that the endpoint serves: a [listed tag](models.md), or one from "
        "`--models`",
    ),
    Option("models", "TOML file that describes your own models", metavar="FILE", type=Path),
    Option(
        "weights",
        "the weights that the endpoint serves",
        choices=get_args(Weights),
        default="published",
        default_for={"reference": "stand-in"},
        markdown="the weights that the endpoint serves; alignment is tested with photographs for "
        "published weights and with drawings for stand-ins, which were trained on drawings",
    ),
    Option(
        "dimension-policy",
        "which vector dimension counts as correct if sources disagree",
        choices=get_args(DimensionPolicy),
        default="published",
        markdown="which vector dimension counts as correct if Weaviate's documentation "
        "page and the checkpoint differ: either of the two (`published`), only the value on the "
        "page (`documented`), or only the checkpoint's value (`checkpoint`)",
    ),
    Option("dimensions", "the required vector dimension", metavar="N", type=int, positive=True),
    Option(
        "report",
        "directory for report.html, .json, .md, junit.xml, and badge.json",
        metavar="DIR",
        type=Path,
        markdown="directory for `report.html`, `report.json`, `report.md`, `junit.xml`, "
        "`badge.json`, and the bodies of failed requests; nothing is written anywhere else",
    ),
    Option(
        "known-failures",
        "TOML or JSON file of known failures, which do not affect the exit status",
        metavar="FILE",
        type=Path,
        markdown="TOML or JSON file of known failures, each with a reason, or `vendor` for the "
        "known defects of Weaviate's official image for the model; known failures do not affect "
        "the exit status, nor do the defects of an official image that `--image` specifies",
    ),
    Option(
        "write-known-failures",
        "write the current failures to a file for use with --known-failures",
        metavar="FILE",
        type=Path,
    ),
    Option("strict", "treat failed SHOULD clauses like failed MUST clauses", flag=True),
    Option(
        "slow",
        "run every test case and variant, including the 90 s idle test, without a time limit",
        flag=True,
        markdown="run every test case with every variant of images and lists, wait 90 s to see "
        "whether idle connections are kept open, and ignore `--budget`",
    ),
    Option(
        "budget",
        "maximum duration of the run in minutes",
        metavar="MINUTES",
        type=float,
        positive=True,
        default=15.0,
        markdown="maximum duration of the run in minutes; if a slow endpoint needs more, every "
        "clause keeps at least one case, and a different selection of the other cases is run "
        "each day (`--slow` runs them all)",
    ),
    Option(
        "wait",
        "how long to wait for the endpoint to become ready",
        metavar="SECONDS",
        type=float,
        positive=True,
        default=timeouts.READY_WAIT,
        default_for=dict.fromkeys(("reference", "image"), timeouts.REFERENCE_WAIT),
    ),
    Option(
        "endpoint-timeout",
        "timeout for a request to the endpoint",
        metavar="SECONDS",
        type=float,
        positive=True,
        default=timeouts.ENDPOINT_TIMEOUT,
    ),
    Option(
        "clause",
        "run only this clause; may be repeated",
        metavar="ID",
        repeatable=True,
        markdown="run only this clause; may be repeated (the verdict is then *partial*, as with "
        "pytest's `-k`)",
    ),
    Option(
        "group",
        "run only this group of clauses, such as IMG or images; may be repeated",
        metavar="NAME",
        repeatable=True,
        markdown="run only this group of clauses, by ID (`IMG`) or title (`images`); may be "
        "repeated (`clip-conformance list` shows the groups)",
    ),
    Option(
        "compare-with",
        "compare with another endpoint, a recording, or weaviate:http://HOST:PORT/COLLECTION",
        metavar="WHAT",
        markdown="compare the endpoint's vectors with those of another URL, a recording, or "
        "`weaviate:http://HOST:PORT/COLLECTION`",
    ),
    Option(
        "weaviate",
        "which Weaviate to use: off, embedded[:VERSION], docker[:VERSION], or a URL",
        metavar="WHERE",
        markdown="run imports and searches on a real Weaviate server: `off`, `embedded`, "
        "`embedded:VERSION`, `docker`, `docker:VERSION`, or a URL",
    ),
    Option(
        "weaviate-grpc",
        "gRPC port of the Weaviate server given with --weaviate",
        metavar="[HOST:]PORT",
        markdown="gRPC port of the Weaviate server, if it is not the client's default (50051), and "
        "its host, if it is not that of the URL (in Kubernetes, gRPC may have a separate Service)",
    ),
    Option(
        "endpoint-for-weaviate",
        "the endpoint's URL as seen from Weaviate",
        metavar="URL",
        markdown="the endpoint's URL as seen from Weaviate, if it differs from the URL that "
        "the suite uses (for example, with containers or Kubernetes)",
    ),
    Option(
        "for-weaviate",
        "test only the clauses that apply to this Weaviate release",
        metavar="VERSION",
        markdown="test only the clauses that apply to this Weaviate release; by default, all "
        "clauses are tested",
    ),
    Option(
        "stand-in",
        "tag of the stand-in that the fixture clip_stand_in_url serves",
        metavar="TAG",
        plugin_only=True,
        configurable=False,  # It is for users' own tests, which have an ini option instead.
    ),
)

COMMAND_OPTIONS: Final = tuple(option for option in OPTIONS if not option.plugin_only)


def option(name: str) -> Option:
    """The row of that name; raises KeyError."""
    return {row.name: row for row in OPTIONS}[name]
