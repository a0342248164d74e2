"""Linear layers that keep their weights packed, for faster inference on a CPU.

On a CPU, torch uses MKL, which repacks a layer's weights in every call. oneDNN accepts prepacked
weights, using the operations that torch.compile substitutes for `nn.Linear`, without the minutes of
compiling. `lab/diary/2026-11-26-speed.md` documents the speedup. Results differ from those of MKL
by 1e-6.

Either all layers are packed or none, depending only on the type of processor and not on a
measurement, since replicas have to return the same bits.
"""

import platform
from functools import cached_property
from typing import Any

import torch
from torch import nn

X86 = ("x86_64", "AMD64")
OPERATIONS = ("_reorder_linear_weight", "_linear_pointwise")


class PackedLinear(nn.Module):
    """Computes the same as an `nn.Linear` in float32: from (..., in) to (..., out)."""

    def __init__(self, layer: nn.Linear) -> None:
        super().__init__()
        self.in_features, self.out_features = layer.in_features, layer.out_features
        self._packed = torch.ops.mkldnn._reorder_linear_weight(layer.weight.detach())
        self._bias = None if layer.bias is None else layer.bias.detach()

    @cached_property
    def weight(self) -> torch.Tensor:
        """The layer's original weight, kept once requested: libraries check its data type."""
        found: torch.Tensor = self._packed.to_dense()
        return found

    def forward(self, rows: torch.Tensor) -> torch.Tensor:
        """Multiply; outside of inference there is no gradient."""
        multiply: Any = torch.ops.mkldnn._linear_pointwise
        found: torch.Tensor = multiply(rows, self._packed, self._bias, "none", [], "")
        return found


def is_available() -> bool:
    """Whether this processor and torch support it: both operations are internal to torch."""
    known = all(hasattr(torch.ops.mkldnn, name) for name in OPERATIONS)
    built: Any = torch.backends.mkldnn.is_available
    return known and bool(built()) and platform.machine() in X86


def pack(model: nn.Module) -> nn.Module:
    """`model`, in float32 on the CPU, with its linear layers packed in place.

    Subclasses of `nn.Linear` are left unchanged, since the modules around them read the weights
    directly.
    """
    if is_available():
        for owner in list(model.modules()):
            for name, layer in list(owner.named_children()):
                if type(layer) is nn.Linear:
                    setattr(owner, name, PackedLinear(layer))
    return model
