"""How long it takes from the command to the painted first page, as a user waits for it.

    python benchmarks/start.py [--runs 9]

Each run is a process of its own that opens the window on nothing and closes it once the page has been painted; the time
includes Python's own start and the end of the process. Uses Qt's offscreen platform unless QT_QPA_PLATFORM says
otherwise. The first run, which fills the system's file cache, does not count.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import time

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

LIMIT_S = 1.5
PROGRAM = (sys.executable, "-m", "fusionviewer", "view", "--quit-after", "0")


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure the time from the command to the painted first page.")
    parser.add_argument("--runs", type=int, default=9)
    args = parser.parse_args()
    _once()
    seconds = sorted(_once() for _ in range(args.runs))
    median = statistics.median(seconds)
    print(f"{args.runs} starts: median {median:.2f} s, from {seconds[0]:.2f} to {seconds[-1]:.2f} s")
    print(f"asked: at most {LIMIT_S} s; load before the end {os.getloadavg()[0]:.1f}, {os.cpu_count()} cores")


def _once() -> float:
    began = time.perf_counter()
    usual = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    subprocess.run(PROGRAM, check=True, capture_output=True, env=usual)  # with compiled modules, as installed
    return time.perf_counter() - began


if __name__ == "__main__":
    main()
