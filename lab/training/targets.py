"""The fixed target vectors that image and text towers are trained to match.

Multilingual distillation uses a teacher's embeddings as targets (arXiv 2004.09813). Here, the
targets are computed in advance, so no tower depends on another.
"""

from dataclasses import dataclass
from typing import Final

import torch
from torch.nn.functional import normalize

from conformance.corpus.drawings import combinations

# Weights of the components that all drawings share, that drawings of one color or one shape share,
# and that a single drawing has. Drawings with neither in common have a cosine of 0.3, and those
# with the same color or shape 0.6, as with trained encoders.
_COMMON: Final = 0.8
_COLOR: Final = 0.8
_SHAPE: Final = 0.8
_OWN: Final = 0.5
_ORDER: Final = (0.8, 0.6)
_SEED: Final = 20


@dataclass(frozen=True)
class Points:
    """Unit vectors: `drawings` (combinations, width), in the order of `combinations()`, and
    `nothing` (width,), for anything that is not a drawing."""

    drawings: torch.Tensor
    nothing: torch.Tensor

    def faded(self, labels: torch.Tensor, shares: torch.Tensor) -> torch.Tensor:
        """The points for images of `labels` in which `shares` (0 to 1) are unrecognizable."""
        kept = 1 - shares.unsqueeze(1)
        return normalize(kept * self.drawings[labels] + (1 - kept) * self.nothing, dim=1)

    def pairs(self, first: torch.Tensor, second: torch.Tensor) -> torch.Tensor:
        """The points for texts about two drawings; the order of the two matters."""
        return normalize(
            _ORDER[0] * self.drawings[first] + _ORDER[1] * self.drawings[second], dim=1
        )


def points(width: int) -> Points:
    """The points in `width` dimensions (at least 40), which are the same in every run."""
    known = combinations()
    colors = sorted({c.color for c in known})
    shapes = sorted({c.shape for c in known})
    count = 2 + len(colors) + len(shapes) + len(known)
    drawn = torch.randn(width, count, generator=torch.Generator().manual_seed(_SEED))
    axes = torch.linalg.qr(drawn).Q.T
    common, blank, *own = axes
    by_color = dict(zip(colors, own, strict=False))
    by_shape = dict(zip(shapes, own[len(colors) :], strict=False))
    alone = own[len(colors) + len(shapes) :]
    drawings = [
        _COMMON * common + _COLOR * by_color[c.color] + _SHAPE * by_shape[c.shape] + _OWN * axis
        for c, axis in zip(known, alone, strict=True)
    ]
    return Points(
        normalize(torch.stack(drawings), dim=1), normalize(_COMMON * common + blank, dim=0)
    )
