"""`python -m lab.training [TAG...]`: retrain all stand-ins, or only those for the given tags."""

import argparse
import os
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

ARCHIVES = Path(__file__).parents[2] / "reference" / "standins"


def main() -> int:
    """Train, pack, and say how large each archive is."""
    # All files are made here, so libraries have no reason to query the hub.
    os.environ["HF_HUB_OFFLINE"] = "1"
    from lab.training.recipes import RECIPES

    options = _parser(list(RECIPES)).parse_args()
    import torch

    torch.set_num_threads(options.threads)
    with TemporaryDirectory() as scratch:
        # One cache for the whole run, since tags share towers.
        options.cache_dir = options.cache_dir or Path(scratch) / "cache_dir"
        for tag in options.tags or RECIPES:
            _make(tag, Path(scratch) / tag, options)
    return 0


def _parser(known: list[str]) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m lab.training", description=__doc__)
    parser.add_argument("tags", nargs="*", metavar="TAG", help=f"of: {', '.join(known)}")
    parser.add_argument("--into", type=Path, default=ARCHIVES, help="directory for the archives")
    parser.add_argument("--cache-dir", type=Path, help="directory that keeps towers between runs")
    parser.add_argument("--threads", type=int, default=2, help="processor cores to use")
    parser.add_argument("--effort", type=float, default=1.0, help="share of the training steps")
    return parser


def _make(tag: str, folder: Path, options: argparse.Namespace) -> None:
    from lab.training import export_onnx
    from lab.training.packing import pack
    from lab.training.portable import make_portable
    from lab.training.recipes import RECIPES
    from lab.training.tower_trainer import TowerTrainer, seed

    folder.mkdir()
    seed(tag)
    RECIPES[tag](TowerTrainer(options.cache_dir, options.effort), folder)
    make_portable(folder)
    export_onnx.add(tag, folder)
    archive = options.into / f"{tag}.tar.xz"
    pack(folder, archive)
    print(f"{tag}: {archive.stat().st_size / 2**20:.2f} MiB", flush=True)


if __name__ == "__main__":
    sys.exit(main())
