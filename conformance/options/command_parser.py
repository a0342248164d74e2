"""Bad options of a subcommand: one line, and pytest's status for them, as of the suite itself."""

from argparse import ArgumentParser
from typing import Final, NoReturn

BAD_OPTION: Final = 4


class CommandParser(ArgumentParser):
    """An ArgumentParser that says what is wrong in one line."""

    def error(self, message: str) -> NoReturn:
        """One line on stderr, and status 4."""
        self.exit(BAD_OPTION, f"ERROR: {message}; --help lists the options\n")
