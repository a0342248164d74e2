"""``python -m lab.benchmarks``: compare the reference encoder with other servers and bare models.

Every model is full-size and has random weights. All programs run on this machine and are measured
alternately, so that only one of them is busy at any time.
"""

import argparse
import sys
import tempfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

from rich.console import Console

from conformance.speed import bench_command
from conformance.speed import report as bench_report
from conformance.speed.bench_command import CALLERS, SECONDS, Plan
from conformance.speed.load import KINDS
from conformance.speed.measurement import Cell
from lab.benchmarks import full_size, rivals
from lab.benchmarks.programs import add_placement
from reference.encoders import Placement


def main(arguments: Sequence[str]) -> int:
    """Measure and show the results. Returns 0, or 1 if requests failed."""
    asked = _parser().parse_args(arguments)
    everybody = ["reference", *_present(asked.beside)]
    with tempfile.TemporaryDirectory(prefix="benchmark-") as scratch:
        checkpoints = asked.checkpoints or Path(scratch)
        names = asked.model or full_size.ARCHITECTURES
        measured = [_measured(name, checkpoints / name, everybody, asked) for name in names]
    failed = [f for cells in measured for cell in cells for f in cell.figures if f.failures]
    return int(bool(failed))


def _present(beside: Sequence[str]) -> list[str]:
    """The servers to compare that are installed on this machine."""
    if "infinity" not in beside or rivals.INFINITY.exists():
        return list(beside)
    print(f"infinity is left out: there is no {rivals.INFINITY}", file=sys.stderr)
    return [name for name in beside if name != "infinity"]


def _measured(
    name: str, folder: Path, everybody: Sequence[str], asked: argparse.Namespace
) -> list[Cell]:
    if not (folder / "models.toml").exists():
        full_size.write(name, folder)
    logs = (asked.report or folder) / "logs"
    logs.mkdir(parents=True, exist_ok=True)
    placement = Placement(asked.device, asked.dtype)
    what = rivals.Measured(name, folder, logs, placement)
    with ExitStack() as stack:
        print(f"{name}: starting", file=sys.stderr, flush=True)
        with ThreadPoolExecutor() as pool:
            starts = [pool.submit(rivals.start, who, what, stack) for who in everybody]
        drives = {who: one.result() for who, one in zip(everybody, starts, strict=True)}
        title = f"{name}, random weights, {placement.dtype} on {placement.device}"
        plan = Plan(asked.kinds, asked.callers, asked.seconds)
        cells = bench_command.run(drives, plan, asked.report and asked.report / name, title)
    Console().print(bench_report.table(cells, title))
    return cells


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m lab.benchmarks", description=__doc__)
    parser.add_argument(
        "--model",
        action="append",
        choices=full_size.ARCHITECTURES,
        help="may be repeated; default all",
    )
    parser.add_argument(
        "--beside",
        type=_names,
        default=rivals.BESIDE,
        help=f"of {','.join(rivals.BESIDE)}; default all",
    )
    parser.add_argument(
        "--checkpoints", type=Path, metavar="DIR", help="keep the checkpoints there, for next time"
    )
    add_placement(parser)
    _add_plan(parser)
    return parser


def _add_plan(parser: argparse.ArgumentParser) -> None:
    """Options for what is measured, and where the results are written."""
    add = parser.add_argument
    add("--kinds", type=bench_command.kinds, default=KINDS, help="of text,image,both; default all")
    callers = bench_command.callers
    add("--callers", type=callers, default=callers(CALLERS), help=f"default {CALLERS}")
    add("--seconds", type=float, default=SECONDS, help=f"default {SECONDS:g}, for each of them")
    add("--report", type=Path, metavar="DIR", help="write a table, JSON and a plot there")


def _names(text: str) -> list[str]:
    names = text.split(",")
    if unknown := set(names) - set(rivals.BESIDE):
        raise argparse.ArgumentTypeError(f"{min(unknown)}: must be of {', '.join(rivals.BESIDE)}")
    return names


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
