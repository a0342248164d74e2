"""Options shared by several commands."""

import math
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

import click

from conformance.options import endpoint_url
from conformance.options.table import option

Command = Callable[..., Any]


class Seconds(click.FloatRange):
    """A number above 0, or at least `least`; at most a day, and not NaN."""

    name = "seconds"

    def __init__(self, least: float | None = None, most: float = 86_400.0) -> None:
        super().__init__(min=least or 0.0, min_open=least is None, max=most)

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:
        """The number; NaN, which passes every range check, is rejected too."""
        number: float = super().convert(value, param, ctx)
        if math.isnan(number):
            self.fail(f"{value!r} is not a number of seconds", param, ctx)
        return number


models_file = click.option(
    "--models", metavar="FILE", type=click.Path(path_type=Path), help=option("models").help
)
HEADER = click.option("--header", metavar="NAME:VALUE", multiple=True, help=option("header").help)
CA_FILE = click.option(
    "--ca-file", metavar="FILE", type=click.Path(path_type=Path), help=option("ca-file").help
)


def access_to(*arguments: str) -> Callable[[Command], Command]:
    """Add the options --header and --ca-file, which apply to the URLs in these `arguments`."""

    def decorate(command: Command) -> Command:
        @wraps(command)
        def with_access(header: tuple[str, ...], ca_file: Path | None, **given: Any) -> Any:
            for name in arguments:
                urls = [given[name]] if isinstance(given[name], str) else given[name] or ()
                for url in urls:
                    endpoint_url.grant(url, header, ca_file)
            return command(**given)

        return HEADER(CA_FILE(with_access))

    return decorate


endpoint_timeout = click.option(
    "--endpoint-timeout",
    "timeout",
    metavar="SECONDS",
    type=Seconds(),
    default=option("endpoint-timeout").default,
    show_default=True,
    help=option("endpoint-timeout").help,
)
wait = click.option(
    "--wait",
    metavar="SECONDS",
    type=Seconds(0.0),
    default=option("wait").default,
    show_default=True,
    help=option("wait").help,
)
