"""The training loops, in which towers learn to map images and texts to fixed target vectors."""

import math
from collections.abc import Callable, Iterable
from typing import Final

import torch
from rich.progress import Progress, TaskID
from torch.nn.functional import cross_entropy, normalize

from lab.training.captions import Wordings
from lab.training.images import Images
from lab.training.targets import Points

EncodeImages = Callable[[torch.Tensor], torch.Tensor]
"""Turns pixels (count, 3, size, size) into embeddings (count, width)."""

EncodeTexts = Callable[[list[str]], torch.Tensor]
"""Turns texts into embeddings (count, width)."""

_TEMPERATURE: Final = 0.05
_PAIRS: Final = 24
_REPORT: Final = 25


def train_images(
    name: str,
    encode: EncodeImages,
    parameters: Iterable[torch.nn.Parameter],
    images: Images,
    points: Points,
    *,
    steps: int,
    batch: int,
    rate: float = 1e-3,
) -> None:
    """Train an image tower for `steps` batches of `batch` drawings."""

    def loss() -> torch.Tensor:
        drawn = images.batch(batch)
        embeddings = normalize(encode(drawn.pixels), dim=1)
        whole = drawn.shares == 0
        return _distance(embeddings, points.faded(drawn.labels, drawn.shares)) + _choice(
            embeddings[whole], drawn.labels[whole], points
        )

    _descend(name, loss, list(parameters), steps, rate)


def train_texts(
    name: str,
    encode: EncodeTexts,
    parameters: Iterable[torch.nn.Parameter],
    wordings: Wordings,
    points: Points,
    *,
    steps: int,
    rounds: int,
    rate: float = 1e-3,
) -> None:
    """Train a text tower for `steps` batches of `rounds` captions of every drawing."""

    def loss() -> torch.Tensor:
        drawn = wordings.batch(rounds, _PAIRS)
        first, second = torch.tensor(drawn.first), torch.tensor(drawn.second)
        embeddings = normalize(encode(drawn.texts), dim=1)
        single = first == second
        return _distance(embeddings, points.pairs(first, second)) + _choice(
            embeddings[single], first[single], points
        )

    _descend(name, loss, list(parameters), steps, rate)


def _distance(embeddings: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
    return 4 * (1 - (embeddings * targets).sum(dim=1)).mean()


def _choice(embeddings: torch.Tensor, labels: torch.Tensor, points: Points) -> torch.Tensor:
    """The loss for telling drawings apart by cosine similarity, as in contrastive training."""
    return cross_entropy(embeddings @ points.drawings.T / _TEMPERATURE, labels)


def _descend(
    name: str,
    loss: Callable[[], torch.Tensor],
    parameters: list[torch.nn.Parameter],
    steps: int,
    rate: float,
) -> None:
    optimizer = torch.optim.Adam(parameters, lr=rate, betas=(0.9, 0.98))
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: _warm(step, steps))
    with Progress() as progress:
        task = progress.add_task(name, total=steps)
        for step in range(steps):
            value = loss()
            optimizer.zero_grad()
            value.backward()  # type: ignore[no-untyped-call]
            torch.nn.utils.clip_grad_norm_(parameters, 1.0)
            optimizer.step()
            schedule.step()
            progress.update(task, advance=1)
            if step % _REPORT == 0 or step == steps - 1:
                _report(progress, task, f"{name}: step {step + 1} of {steps}", value.item())


def _report(progress: Progress, task: TaskID, where: str, loss: float) -> None:
    """Show the loss next to the progress bar in a terminal, or on separate lines in a log."""
    shown = f"{where}, loss {loss:.3f}"
    progress.update(task, description=shown)
    if not progress.console.is_terminal:
        progress.console.print(shown)


def _warm(step: int, steps: int) -> float:
    """The learning rate's factor: a short warm-up, then a cosine decay to zero."""
    rise = max(1, min(50, steps // 10))
    if step < rise:
        return (step + 1) / rise
    return 0.5 * (1 + math.cos(math.pi * (step - rise) / max(1, steps - rise)))
