"""The device that a model computes on."""

from reference.encoders import UnloadableError


def check(device: str) -> None:
    """Raises `UnloadableError` if `device` is not the CPU and cannot be had."""
    if device == "cpu":
        return
    import torch

    try:
        torch.empty(1, device=device)
    except (RuntimeError, AssertionError) as error:
        reason = str(error).partition("\n")[0]
        raise UnloadableError(f"{device} was asked for and cannot be had: {reason}") from error
