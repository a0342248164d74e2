"""The device that a model computes on."""

from reference.encoders import UnloadableError


def prepare(device: str) -> None:
    """Have a GPU compute in whole float32: torch's default rounds convolutions to TF32.

    Raises `UnloadableError` if `device` is not the CPU and cannot be had.
    """
    if device == "cpu":
        return
    import torch

    try:
        torch.empty(1, device=device)
    except (RuntimeError, AssertionError) as error:
        reason = str(error).partition("\n")[0]
        raise UnloadableError(f"{device} was asked for and cannot be had: {reason}") from error
    torch.backends.cudnn.allow_tf32 = False
