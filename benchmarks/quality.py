"""How well the guard tells right fusions from wrong ones, on simulated cases; and the table that it is calibrated by.

    python benchmarks/quality.py run ROWS.json --heads sample,sample+1 --classes small,slab --seeds 0,1 --what poses
    python benchmarks/quality.py fit ROWS.json [MORE.json]    write fusionviewer/quality/guard/calibration.json
    python benchmarks/quality.py report ROWS.json [MORE.json] [--pictures FOLDER]

`run` makes cases (cases.py) of heads (heads.py) and adds rows to a file; those that are there already are not made
again. What is made:

    poses   the true pose moved by 0 to 10 mm and 0 to 6 degrees in random directions (a third of them near, a third
            up to about 4 mm), and checked
    pairs   registered pairs that no pose can align (another patient's MR, a mirrored one, a brain stretched to fill
            the head), checked
    tries   a pose 2 to 10 mm off, corrected as *Try it* does until it settles
    sizes   registered pairs in which one of the MR's voxel sizes is wrong by 4 %, checked
    bone    the bone distance at the true pose shifted by 0 to 4 mm along each axis

The true error is the 95th percentile over the head. Calibrate on some heads and report on others: the CT's anatomy is
shared by "sample" and "second", and by heads made of either with the same seed.
"""

from __future__ import annotations

import argparse
import json
import zlib
from collections.abc import Callable, Iterator
from dataclasses import asdict
from functools import partial
from pathlib import Path

import numpy as np
import SimpleITK as sitk
from cases import CLASSES, SAMPLE, Case, load_case, make_case, seeds_of
from heads import SECOND, deformed, head, mirrored, stretched_brain
from quality_report import Row, pictures, report

from fusionviewer.geometry import RigidTransform
from fusionviewer.imaging.volume import Volume
from fusionviewer.quality.guard import expected_error
from fusionviewer.quality.guard.assessment import assess, patient_axis
from fusionviewer.quality.second_opinion.bone_distance import bone_distance
from fusionviewer.quality.second_opinion.motion import RADIUS_MM, motion_of, moved_mm, rigid_of
from fusionviewer.quality.second_opinion.opinion import PreparedPair, prepared_pair, second_opinion
from fusionviewer.registration import register

GROUPS = (("sharp", 0.22), ("coarse", 0.4))
TABLE = Path(expected_error.__file__).parent / expected_error.TABLE


def volumes(case: Case) -> tuple[Volume, Volume]:
    """The MR and the CT of a case."""
    return Volume(case.fixed, "mr", "MR"), Volume(case.moving, "ct", "CT")


def motions(rng: np.random.Generator, count: int) -> Iterator[np.ndarray]:
    """Motions (6,): in turns by little, as good registrations err, by some, and by up to 10 mm and 6 degrees."""
    for n in range(count):
        shift, turn = rng.normal(size=3), rng.normal(size=3)
        reach = (0.1, 0.25, 1.0)[n % 3]
        mm, rad = reach * rng.uniform(0, 10), reach * np.deg2rad(rng.uniform(0, 6))
        yield np.concatenate([shift / np.linalg.norm(shift) * mm, turn / np.linalg.norm(turn) * rad * RADIUS_MM])


def checked(pair: PreparedPair | None, mr: Volume, ct: Volume, pose: RigidTransform, **facts: object) -> Row:
    """A row about one pose."""
    got = assess(mr, ct, pose, pair=pair)
    row: Row = {**facts, "verdict": got.verdict, "seconds": got.seconds}
    row["codes"] = [reason.code for reason in got.reasons]
    if got.residual is not None:
        row |= {
            "moved_mm": got.residual.p95_mm,
            "unsure_mm": got.residual.unsure_mm,
            "misfit_mm": got.residual.misfit_mm,
        }
    if got.expected is not None:
        row |= {"p95_mm": got.expected.p95_mm, "p95_upper_mm": got.expected.p95_upper_mm}
    return row


def moved_poses(name: str, kind: str, seed: int, count: int) -> Iterator[Row]:
    """Checks of a case's true pose, moved."""
    case = make_case(head(name), kind, seed)
    mr, ct = volumes(case)
    pair = prepared_pair(mr, ct)
    truth = RigidTransform.from_matrix(case.moving_from_fixed)
    rng = np.random.default_rng([seed, zlib.crc32(f"{name} {kind}".encode())])
    for n, motion in enumerate(motions(rng, count)):
        facts: Row = {"head": name, "kind": kind, "seed": seed, "number": n}
        if pair is None:
            yield {**facts, "true_mm": 0.0, "verdict": "look", "seconds": 0.0, "codes": ["cannot_judge"]}
            continue
        true_mm = float(np.percentile(moved_mm(motion, pair.head.centre, pair.head.places), 95))
        turn = float(np.rad2deg(np.linalg.norm(motion[3:]) / RADIUS_MM))
        pose = rigid_of(motion, pair.head.centre) @ truth
        yield checked(pair, mr, ct, pose, **facts, true_mm=true_mm, turn_deg=turn)


def wrong_pairs(name: str, kind: str, seed: int) -> Iterator[Row]:
    """Checks of registered pairs that do not belong together."""
    whole = head(name)
    base = load_case(SAMPLE if name.startswith("sample") else SECOND)
    pairs = {
        "mirrored": mirrored(whole),
        "brain": stretched_brain(whole),
        "other": deformed(base, 50 + seed, together=False),
    }
    for what, pair in pairs.items():
        case = make_case(pair, kind, seed)
        mr, ct = volumes(case)
        try:
            pose = register(mr, ct, "auto").moving_from_fixed
        except Exception as problem:
            yield {"head": name, "kind": kind, "seed": seed, "wrong": what, "verdict": "wrong", "codes": [str(problem)]}
            continue
        yield checked(None, mr, ct, pose, head=name, kind=kind, seed=seed, wrong=what)


def tries(name: str, kind: str, seed: int, count: int) -> Iterator[Row]:
    """How far off a pose is after its residual motion was applied until it settled."""
    case = make_case(head(name), kind, seed)
    pair = prepared_pair(*volumes(case))
    truth = RigidTransform.from_matrix(case.moving_from_fixed)
    rng = np.random.default_rng([seed, 1, zlib.crc32(f"{name} {kind}".encode())])
    for n in range(count if pair else 0):
        assert pair is not None
        motion = rng.normal(size=6)
        motion *= rng.uniform(2, 10) / np.percentile(moved_mm(motion, pair.head.centre, pair.head.places), 95)
        pose, turns = rigid_of(motion, pair.head.centre) @ truth, 0
        while turns < 5:
            turns += 1
            found = second_opinion(pair, pose)
            if found is None or found.p95_mm < 0.3:
                break
            pose = pair.corrected(pose, found)
        left = moved_mm(motion_of(pose @ ~truth, pair.head.centre), pair.head.centre, pair.head.places)
        off = moved_mm(motion, pair.head.centre, pair.head.places)
        yield {
            "head": name, "kind": kind, "seed": seed, "number": n, "turns": turns,
            "before_mm": float(np.percentile(off, 95)), "after_mm": float(np.percentile(left, 95)),
        }  # fmt: skip


def wrong_sizes(name: str, kind: str, seed: int, count: int) -> Iterator[Row]:
    """Checks of registered pairs in which one of the MR's voxel sizes is wrong by 4 %; axes and signs in turns."""
    case = make_case(head(name), kind, seed)
    for n in range(count):
        axis, share = (seed + n) % 3, 0.04 if (seed + n) % 2 else -0.04
        image = sitk.Image(case.fixed)
        middle = np.array(image.TransformContinuousIndexToPhysicalPoint([(s - 1) / 2 for s in image.GetSize()]))
        spacing = np.array(image.GetSpacing())
        spacing[axis] *= 1 + share
        image.SetSpacing(spacing.tolist())
        moved = np.array(image.TransformContinuousIndexToPhysicalPoint([(s - 1) / 2 for s in image.GetSize()]))
        image.SetOrigin((np.array(image.GetOrigin()) + middle - moved).tolist())
        mr, ct = Volume(image, "mr", "MR"), volumes(case)[1]
        pose = register(mr, ct, "auto").moving_from_fixed
        got = assess(mr, ct, pose)
        told = next((reason.values for reason in got.reasons if reason.code == "voxel_size_wrong"), None)
        in_ct = pose.rotation @ mr.grid.direction[:, axis]
        yield {
            "head": name, "kind": kind, "seed": seed, "number": n, "axis": patient_axis(in_ct), "percent": 100 * share,
            "spacing_mm": float(image.GetSpacing()[axis]), "told_axis": told and told["axis"],
            "told_percent": told and told["percent"], "verdict": got.verdict,
        }  # fmt: skip


def bone_steps(name: str, kind: str, seed: int) -> Iterator[Row]:
    """The rank correlation of the bone distance with shifts of 0 to 4 mm along each axis, both ways."""
    case = make_case(head(name), kind, seed)
    pair = prepared_pair(*volumes(case))
    truth = RigidTransform.from_matrix(case.moving_from_fixed)
    for axis in range(3 if pair else 0):
        for sign in (1, -1):
            assert pair is not None
            told = []
            for mm in np.arange(0.0, 4.1, 0.5):
                motion = np.zeros(6)
                motion[axis] = sign * mm
                found = second_opinion(pair, rigid_of(motion, pair.head.centre) @ truth)
                bone = bone_distance(found) if found else None
                told.append(bone.median_mm if bone else 0.0)
            ranks = np.argsort(np.argsort(told))
            rank = float(np.corrcoef(ranks, np.arange(ranks.size))[0, 1])
            yield {"head": name, "kind": kind, "seed": seed, "axis": axis, "sign": sign, "bone_mm": told, "rank": rank}


def run(args: argparse.Namespace) -> None:
    """Make the rows that are missing; the file is whole after each case."""
    rows: list[Row] = json.loads(args.rows[0].read_text()) if args.rows[0].exists() else []
    done = {(r["head"], r["kind"], r["seed"], r["what"]) for r in rows}
    count = args.poses
    makers: dict[str, Callable[[str, str, int], Iterator[Row]]] = {
        "poses": partial(moved_poses, count=count),
        "pairs": wrong_pairs,
        "tries": partial(tries, count=count),
        "sizes": partial(wrong_sizes, count=count),
        "bone": bone_steps,
    }
    for name in args.heads.split(","):
        for seed in args.seeds:
            for kind in args.classes.split(","):
                if (name, kind, seed, args.what_of) in done:
                    continue
                for row in makers[args.what_of](name, kind, seed):
                    rows.append(row | {"what": args.what_of})
                    print(json.dumps(row), flush=True)
                args.rows[0].write_text("[\n" + ",\n".join(map(json.dumps, rows)) + "\n]\n")


def fit(rows: list[Row]) -> None:
    """Write the table of the calibration."""
    known = [r for r in rows if r.get("what") == "poses" and "moved_mm" in r]
    groups, least = [], 0.0
    for name, most in GROUPS:
        own = [r for r in known if least < r["unsure_mm"] <= most]
        groups.append(asdict(expected_error.fitted_group(name, most, own)))
        least = most
    TABLE.write_text('{"groups": [\n ' + ",\n ".join(map(json.dumps, groups)) + "\n]}\n")
    print(TABLE.read_text())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=("run", "fit", "report"))
    parser.add_argument("rows", nargs="+", type=Path)
    parser.add_argument("--heads", default="sample")
    parser.add_argument("--classes", default=",".join(CLASSES))
    parser.add_argument("--seeds", type=seeds_of, default=[0])
    parser.add_argument("--poses", type=int, default=6)
    parser.add_argument("--what", dest="what_of", default="poses", choices=("poses", "pairs", "tries", "sizes", "bone"))
    parser.add_argument("--pictures", type=Path, metavar="FOLDER", help="write the pictures of a report there")
    args = parser.parse_args()
    if args.what == "run":
        run(args)
        return
    rows = [row for path in args.rows for row in json.loads(path.read_text())]
    if args.what == "fit":
        fit(rows)
        return
    report(rows)
    if args.pictures:
        pictures(rows, args.pictures)


if __name__ == "__main__":
    main()
