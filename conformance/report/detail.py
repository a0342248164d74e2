"""How much the terminal shows: ``-q`` the verdict, ``-v`` everything, else a screenful."""

from enum import IntEnum

import pytest

SUITE_INI = "suite.ini"
"""The console command's configuration; it asks pytest for one ``-q``."""
LINE_PER_TEST = 1
"""pytest's verbosity from which it writes a line a test itself."""


class Detail(IntEnum):
    """Steps of detail."""

    VERDICT = 0
    SCREEN = 1
    ALL = 2


def is_command(config: pytest.Config) -> bool:
    """Whether the console command runs, and not pytest with the plugin."""
    return config.inipath is not None and config.inipath.name == SUITE_INI


def detail_of(config: pytest.Config) -> Detail:
    """What the user asked for with -q and -v."""
    asked = config.option.verbose + (1 if is_command(config) else 0)
    return Detail.VERDICT if asked < 0 else Detail.ALL if asked > 0 else Detail.SCREEN


def quieten_pytest(config: pytest.Config) -> None:
    """Have pytest leave its summary to us, unless a line a test was asked for."""
    lines = config.option.collectonly or config.option.verbose >= LINE_PER_TEST
    if is_command(config) and not lines:
        config.option.verbose = -2
