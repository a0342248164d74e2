"""Weights that compress well: few embedding blocks, few bits per weight, and repeated tiles."""

import math
from collections.abc import Iterable
from typing import Final

import torch

_BLOCKS: Final = 4


def coded(rows: int, width: int, deviation: float = 0.02) -> torch.Tensor:
    """Initial token embeddings (rows, width): each row is a different choice of four random blocks.

    All rows differ, as random rows do, but a row that training never uses compresses to a few
    bytes.
    """
    size = width // _BLOCKS
    choices = math.ceil(rows ** (1 / _BLOCKS))
    table = torch.randn(_BLOCKS, choices, size) * deviation
    numbers = torch.arange(rows)
    blocks = [table[i, numbers // choices**i % choices] for i in range(_BLOCKS)]
    return torch.cat(blocks, dim=1)


@torch.no_grad()
def round_off(parameters: Iterable[torch.Tensor]) -> None:
    """Keep eight significant bits of every number, except in scalars, which keep all bits."""
    for parameter in parameters:
        if parameter.ndim:
            parameter.copy_(parameter.bfloat16().float())


def widened(tensor: torch.Tensor, times: int) -> torch.Tensor:
    """A vector, table, or LayerNorm parameter of a wide model: the last axis, repeated `times`."""
    return tensor.repeat(*[1] * (tensor.ndim - 1), times)


def reading(weight: torch.Tensor, times: int) -> torch.Tensor:
    """A linear weight (out, in) for an input that is `times` wider, with the same output."""
    return weight.repeat(1, times) / times


def writing(weight: torch.Tensor, times: int) -> torch.Tensor:
    """A linear weight (out, ...) or bias (out,) whose output is repeated `times` times."""
    return weight.repeat(times, *[1] * (weight.ndim - 1))


def tiled(weight: torch.Tensor, times: int) -> torch.Tensor:
    """A linear weight (out, in) whose input and output are both `times` wider.

    Attention with tiled projections is the narrow attention, each head repeated; LayerNorm of a
    repeated vector is the repeated LayerNorm. A model that is tiled throughout therefore equals
    the narrow one, with its embedding repeated.
    """
    return writing(reading(weight, times), times)
