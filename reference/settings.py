"""The reference encoder's settings, from flags, environment variables, and defaults."""

import argparse
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

from conformance.data import models
from conformance.data.messages import UserError

MIB = 2**20
MEGAPIXEL = 10**6

MAX_BODY_MIB = 64
"""A 20-megapixel photograph is 10 MB as JPEG and 40 MB as PNG; base64 adds a third."""

MAX_ITEMS = 1024
"""Texts and images of a request. Weaviate sends those of one object."""

MAX_MEGAPIXELS = 64
"""Three times a 20-megapixel photograph; 200 MB once decoded."""

PILLOW_MEGAPIXELS = 178
"""Pillow's own limit (twice its `MAX_IMAGE_PIXELS`), which a higher setting could not exceed."""

ENGINES = ("auto", "onnx", "torch")

DTYPES = ("float32", "bfloat16", "float16", "auto")

DESCRIPTION = """Serve one model according to the multi2vec-clip contract.
Every option can also be set as an environment variable (in brackets); the flag takes precedence.
Defaults are in parentheses."""


@dataclass(frozen=True)
class Settings:
    """The settings of one run. Sizes are in bytes and pixels."""

    model: models.Model
    weights: str = "stand-in"
    """`stand-in`, `hub`, or the path of a directory."""
    dimensions: int | None = None
    host: str = "127.0.0.1"
    port: int = 8080
    device: str = "cpu"
    max_body: int = MAX_BODY_MIB * MIB
    max_pixels: int = MAX_MEGAPIXELS * MEGAPIXEL
    max_items: int = MAX_ITEMS
    dtype: str = "float32"
    metrics: bool = False
    engine: str = "auto"
    workers: int = 1
    """Number of processes; 0 chooses a number that suits the machine (`auto`)."""


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{self.prog}: {' '.join(message.split())}\n")


def parse(arguments: Sequence[str], environ: Mapping[str, str]) -> Settings:
    """The settings from `arguments` and `environ`; exits with 2 and one line for bad ones."""
    parser = _parser()
    given = {name: value for name, value in vars(parser.parse_args(arguments)).items() if value}
    values = {**_from_environment(environ), **given}
    try:
        return _settings(values)
    except ValueError as error:
        parser.error(str(error))


OPTIONS = (
    ("model", "TAG", "tag of the model to serve"),
    ("models", "FILE", "TOML file that describes your own models"),
    ("weights", "WHAT", "stand-in (default), hub, or a directory with a checkpoint"),
    ("dimensions", "N", "vector dimension, if larger than that of the checkpoint"),
    ("host", "HOST", "address to listen on (127.0.0.1)"),
    ("port", "PORT", "port to listen on (8080); 0 picks a free one"),
    ("device", "DEVICE", "cpu, or a CUDA device such as cuda:0"),
    ("dtype", "TYPE", f"{', '.join(DTYPES)}: the model's data type (float32)"),
    (
        "engine",
        "NAME",
        f"{', '.join(ENGINES)}: the inference backend; auto uses onnx for stand-ins (auto)",
    ),
    ("max-body", "MIB", f"largest request body in MiB ({MAX_BODY_MIB})"),
    ("max-pixels", "MP", f"largest image in megapixels ({MAX_MEGAPIXELS})"),
    ("max-items", "N", f"maximum number of texts and images in a request ({MAX_ITEMS})"),
    ("metrics", "on|off", "serve /metrics in Prometheus's text format (off)"),
    ("workers", "N|auto", "processes behind the port, each with its own model (1)"),
)


def _variable(option: str) -> str:
    return option.upper().replace("-", "_")


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="reference", description=DESCRIPTION, allow_abbrev=False)
    for option, metavar, meaning in OPTIONS:
        # DEVICE is not a variable: the vendor's container has ENABLE_CUDA and CUDA_CORE instead.
        variable = "ENABLE_CUDA=1, CUDA_CORE" if option == "device" else _variable(option)
        parser.add_argument(f"--{option}", metavar=metavar, help=f"{meaning} [{variable}]")
    return parser


def _from_environment(environ: Mapping[str, str]) -> dict[str, str]:
    names = {option: _variable(option) for option, _, _ in OPTIONS if option != "device"}
    values = {option.replace("-", "_"): environ.get(name, "") for option, name in names.items()}
    # The vendor's container accepts exactly these two words.
    if environ.get("ENABLE_CUDA") in ("1", "true"):
        values["device"] = environ.get("CUDA_CORE") or "cuda:0"
    return {name: value for name, value in values.items() if value}


def _settings(values: Mapping[str, str]) -> Settings:
    if "model" not in values:
        raise ValueError("no model: specify --model TAG, or set MODEL")
    numbers: dict[str, Any] = {"port": _number(values, "port", 0, 65535)}
    numbers["dimensions"] = _number(values, "dimensions", 1, 65536)
    numbers["max_body"] = _number(values, "max_body", 1, 2**20, MIB)
    numbers["max_pixels"] = _number(values, "max_pixels", 1, PILLOW_MEGAPIXELS, MEGAPIXEL)
    numbers["workers"] = 0 if values.get("workers") == "auto" else _number(values, "workers", 1, 64)
    numbers["max_items"] = _number(values, "max_items", 1, 2**20)
    words = {name: values.get(name) for name in ("weights", "host", "device")}
    words["dtype"] = _one_of(values, "dtype", DTYPES)
    words["engine"] = _one_of(values, "engine", ENGINES)
    numbers["metrics"] = _one_of(values, "metrics", ("off", "on")) == "on"
    chosen = {name: value for name, value in {**numbers, **words}.items() if value is not None}
    return _checked(Settings(model=_model(values), **chosen))


def _model(values: Mapping[str, str]) -> models.Model:
    extra = Path(values["models"]) if "models" in values else None
    try:
        return models.find(values["model"], extra)
    except UserError as error:
        raise ValueError(str(error)) from error


def _number(
    values: Mapping[str, str], name: str, least: int, most: int, unit: int = 1
) -> int | None:
    text = values.get(name)
    if text is None:
        return None
    # isascii, because int() also accepts digits of other scripts, underscores, and signs.
    if not (text.isascii() and text.isdigit() and least <= int(text) <= most):
        option = name.replace("_", "-")
        raise ValueError(f"--{option} {text}: must be a whole number from {least} to {most}")
    return int(text) * unit


def _one_of(values: Mapping[str, str], name: str, known: Sequence[str]) -> str | None:
    word = values.get(name)
    if word is not None and word not in known:
        raise ValueError(f"--{name} {word}: must be one of {', '.join(known)}")
    return word


def _checked(settings: Settings) -> Settings:
    weights, width = settings.weights, settings.model.checkpoint_dimension
    own = weights not in ("stand-in", "hub")
    if own and not Path(weights).is_dir():
        raise ValueError(f"--weights {weights}: neither stand-in, nor hub, nor a directory")
    if own and not any(Path(weights).iterdir()):
        raise ValueError(f"--weights {weights}: the directory is empty; was the right one mounted?")
    known = not own and width  # A directory may contain any checkpoint.
    if settings.dimensions and known and settings.dimensions < known:
        raise ValueError(
            f"--dimensions {settings.dimensions}: must be at least {width}, "
            f"the dimension of {settings.model.tag}"
        )
    return settings
