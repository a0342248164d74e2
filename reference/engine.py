"""Choose the inference backend: onnxruntime for stand-ins, torch for everything else."""

from importlib.util import find_spec
from pathlib import Path
from typing import Literal

from conformance.data.messages import install
from reference.errors import UnloadableError
from reference.settings import Settings

Engine = Literal["onnx", "torch"]

GRAPHS = "onnx.json"
"""The file in a checkpoint's directory that describes its exported graphs."""

STAND_IN, REFERENCE = install("stand-in"), install("reference")
EITHER = f"{STAND_IN} for the stand-ins, or {REFERENCE} for any weights"


def check(settings: Settings) -> None:
    """Raise `UnloadableError`, one line with what to install, if no backend can serve this."""
    wanted = settings.engine
    if not (_has("flask") and _has("waitress")):
        raise UnloadableError(f"Flask and waitress are not installed: {EITHER}")
    if wanted == "onnx" and (reason := _not_for_onnx(settings)):
        raise UnloadableError(f"--engine onnx: {reason}; use --engine torch")
    if wanted == "onnx" and not _has_onnx():
        raise UnloadableError(f"--engine onnx needs onnxruntime and tokenizers: {STAND_IN}")
    if wanted == "torch" and not _has("torch"):
        raise UnloadableError(f"--engine torch needs torch: {REFERENCE}")
    if wanted == "auto" and not _has("torch"):
        _check_without_torch(settings)


def _check_without_torch(settings: Settings) -> None:
    if reason := _not_for_onnx(settings):
        raise UnloadableError(f"{reason}; torch is needed: {REFERENCE}")
    if not _has_onnx():
        raise UnloadableError(f"no inference backend is installed: {EITHER}")


def chosen(settings: Settings, folder: Path | None) -> Engine:
    """The backend for the checkpoint in `folder`; raises `UnloadableError` as `check` does."""
    check(settings)
    exported = folder is not None and (folder / GRAPHS).is_file()
    if settings.engine == "onnx" and not exported:
        raise UnloadableError(f"{settings.model.tag} has no ONNX graphs; use --engine torch")
    if settings.engine == "torch" or not exported or _not_for_onnx(settings) or not _has_onnx():
        if not _has("torch"):
            raise UnloadableError(f"{settings.model.tag} needs torch: {REFERENCE}")
        return "torch"
    return "onnx"


def _not_for_onnx(settings: Settings) -> str | None:
    if settings.weights != "stand-in":
        return f"--weights {settings.weights}: only stand-ins have ONNX graphs"
    if settings.device != "cpu":
        return f"--device {settings.device}: the ONNX engine runs on the CPU"
    if settings.dtype not in ("float32", "auto"):
        return f"--dtype {settings.dtype}: the ONNX engine runs in float32"
    return None


def _has_onnx() -> bool:
    return _has("onnxruntime") and _has("tokenizers")


def _has(name: str) -> bool:
    return find_spec(name) is not None
