"""How often, how exactly and how fast: our registration and others' on the same cases.

    python benchmarks/registration.py                            all classes, seeds 0–4, ours alone
    python benchmarks/registration.py --engines fusionviewer,elastix --peers-python VENV/bin/python
    python benchmarks/registration.py --cases FOLDER             other people's cases (see cases.py)
    python benchmarks/registration.py --json FILE --go-on        what FILE has already is not run again

Every run has a process of its own, so that a crash costs one row; runs follow each other, engine after engine on each
case, so that a busy hour of the machine costs all of them alike. The peers (itk-elastix, antspyx, picsl-greedy) are
installed by those who want them, best in an environment of their own.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from cases import CLASSES, SAMPLE, Case, errors_mm, load_case, make_case, save_case, seeds_of
from engines import ENGINES

Row = dict[str, Any]

SUCCESS_MM = 2.0
TIMEOUT_S = 900


def case_folders(args: argparse.Namespace, scratch: Path) -> Iterator[tuple[str, str, Path]]:
    """(class, name, folder) of every case; made ones are removed after their turn."""
    if args.cases:
        for truth in sorted(args.cases.rglob("truth.json")):
            facts = json.loads(truth.read_text())
            yield facts.get("class", truth.parent.name.rsplit("-", 1)[0]), truth.parent.name, truth.parent
        return
    pair = load_case(args.pair)
    for kind in args.classes.split(","):
        for seed in args.turned_seeds if kind == "turned" and args.turned_seeds else args.seeds:
            folder = scratch / f"{kind}-{seed}"
            save_case(make_case(pair, kind, seed), folder, ".nii")
            yield kind, folder.name, folder
            for file in folder.iterdir():
                file.unlink()
            folder.rmdir()


def run(engine: str, python: str, folder: Path, case: Case) -> Row:
    """One engine on one case."""
    command = [python, str(Path(__file__).with_name("engines.py")), engine, str(folder.resolve())]
    root = str(Path(__file__).resolve().parent.parent)
    environment = os.environ | {"PYTHONPATH": root} if engine == "fusionviewer" else dict(os.environ)
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=TIMEOUT_S, env=environment, check=False)
    except subprocess.TimeoutExpired:
        return {"error": f"took longer than {TIMEOUT_S} s"}
    lines = [line for line in done.stdout.splitlines() if line.startswith("{")]
    if not lines:
        return {"error": f"ended with {done.returncode}: {done.stderr.strip().splitlines()[-1:]}"}
    row: Row = json.loads(lines[-1])
    if "moving_from_fixed" in row:
        errors = errors_mm(case.moving_from_fixed, np.array(row["moving_from_fixed"]), case.points)
        row["mean_error_mm"], row["max_error_mm"] = float(errors.mean()), float(errors.max())
    return row


def summary(rows: list[Row]) -> Row:
    """Rate, errors and times of one engine's rows; what failed counts as wrong, and as no error."""
    errors = np.array([r["mean_error_mm"] for r in rows if "mean_error_mm" in r])
    seconds = [r["seconds"] for r in rows if "seconds" in r]
    peaks = [r["peak_mb"] for r in rows if r.get("peak_mb")]
    wrong = [r for r in rows if r.get("mean_error_mm", np.inf) >= SUCCESS_MM]
    return {
        "cases": len(rows),
        "success": int(np.sum(errors < SUCCESS_MM)),
        "median_mm": float(np.median(errors)) if errors.size else None,
        "p95_mm": float(np.quantile(errors, 0.95)) if errors.size else None,
        "worst_mm": float(errors.max()) if errors.size else None,
        "median_seconds": float(np.median(seconds)) if seconds else None,
        "peak_mb": max(peaks) if peaks else None,
        "wrong_but_converged": sum(r.get("ending") == "converged" for r in wrong),
    }


def markdown(rows: list[Row]) -> str:
    """Two tables: engines over all cases, and success and median error by class."""
    by_engine: dict[str, list[Row]] = defaultdict(list)
    by_class: dict[str, dict[str, list[Row]]] = defaultdict(lambda: defaultdict(list))
    for row in rows:
        by_engine[row["engine"]].append(row)
        by_class[row["class"]][row["engine"]].append(row)
    lines = [
        "| engine | version | success | median mm | 95 % mm | worst mm | median s | peak MB |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for engine, own in by_engine.items():
        s = summary(own)
        version = next((r["version"] for r in own if "version" in r), "–")
        cells = [f"{s['success']}/{s['cases']}", *(_number(s[k]) for k in ("median_mm", "p95_mm", "worst_mm"))]
        cells += [_number(s["median_seconds"]), _number(s["peak_mb"], 0)]
        lines.append(f"| {engine} | {version} | " + " | ".join(cells) + " |")
    engines = list(by_engine)
    lines += ["", "Success, median and worst mean error in mm by class:", ""]
    lines += ["| class | " + " | ".join(engines) + " |", "|---" * (len(engines) + 1) + "|"]
    for kind, own_rows in by_class.items():
        cells = []
        for engine in engines:
            s = summary(own_rows[engine])
            cells.append(f"{s['success']}/{s['cases']} · {_number(s['median_mm'])} · {_number(s['worst_mm'])}")
        lines.append(f"| {kind} | " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"


def _number(value: float | None, digits: int = 2) -> str:
    return "–" if value is None else f"{value:.{digits}f}"


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--engines", default="fusionviewer", help=f"some of {','.join(ENGINES)}")
    parser.add_argument("--peers-python", default=sys.executable, help="the Python that has the peers")
    parser.add_argument("--classes", default=",".join(CLASSES))
    parser.add_argument("--seeds", type=seeds_of, default=seeds_of("0-4"))
    parser.add_argument("--turned-seeds", type=seeds_of, default=[], help="other seeds for the class turned")
    parser.add_argument("--pair", type=Path, default=SAMPLE, help="the aligned pair that cases are made from")
    parser.add_argument("--cases", type=Path, help="a folder of cases instead, each with a truth.json")
    parser.add_argument("--json", type=Path, help="keep the rows in this file")
    parser.add_argument("--go-on", action="store_true", help="keep what the --json file has, and run only the rest")
    parser.add_argument("--markdown", type=Path, help="write the tables to this file")
    args = parser.parse_args()
    unknown = set(args.engines.split(",")) - set(ENGINES) | set(args.classes.split(",")) - set(CLASSES)
    if unknown:
        parser.error(f"unknown: {', '.join(sorted(unknown))}")
    if args.go_on and not args.json:
        parser.error("--go-on needs --json")
    return args


def main() -> None:
    args = arguments()
    rows: list[Row] = json.loads(args.json.read_text())["rows"] if args.go_on and args.json.exists() else []
    known = {(row["case"], row["engine"]) for row in rows}
    began = time.time()
    with tempfile.TemporaryDirectory() as scratch:
        for kind, name, folder in case_folders(args, Path(scratch)):
            case = load_case(folder)
            for engine in args.engines.split(","):
                if (name, engine) in known:
                    continue
                python = sys.executable if engine == "fusionviewer" else args.peers_python
                row = {"class": kind, "case": name, "engine": engine, **run(engine, python, folder, case)}
                rows.append(row)
                told = f"{row['mean_error_mm']:7.2f} mm  {row['seconds']:6.1f} s" if "mean_error_mm" in row else ""
                print(f"{name:16} {engine:13} {told}  {row.get('ending', '')} {row.get('error', '')}", flush=True)
                if args.json:
                    facts = {"date": time.strftime("%Y-%m-%d"), "machine": platform.platform(), "cores": os.cpu_count()}
                    args.json.write_text(json.dumps({**facts, "rows": rows}, indent=1))
    tables = markdown(rows)
    print(f"\n{tables}\n{time.time() - began:.0f} s in all")
    if args.markdown:
        args.markdown.write_text(tables)


if __name__ == "__main__":
    main()
