"""How much the terminal shows."""

from enum import IntEnum


class Detail(IntEnum):
    """With ``-q`` the verdict, with ``-v`` everything, else a screenful."""

    VERDICT = 0
    SCREEN = 1
    ALL = 2
