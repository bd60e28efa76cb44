"""`fusionviewer landmarks`: fit pairs of points, and say how far the fit, and each pair, can be trusted."""

from __future__ import annotations

import argparse
import json
import os
import re
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from fusionviewer.errors import BadArgument

if TYPE_CHECKING:
    from fusionviewer.cli.terminal import Terminal
    from fusionviewer.exchange.points.named_points import NamedPoints
    from fusionviewer.exchange.points.pairing import PairedPoints
    from fusionviewer.imaging.volume import Volume
    from fusionviewer.quality.finding import Finding
    from fusionviewer.quality.landmark_facts import LandmarkJudgement
    from fusionviewer.registration import LandmarkFit

TRANSFORM: Final = "moving_from_fixed.tfm"
FACTS: Final = "landmarks.json"

_FLE_MM: Final = (0.001, 100.0)
_FARTHEST_MM: Final = 1e5

_MOST_NAMES: Final = 20

_KINDS: Final = {"points_outside": "WARNING", "prediction_contradicted": "WARNING"}
"""What the summary calls a finding that blames no pair."""


def add_parser(subparsers: argparse._SubParsersAction[Any]) -> None:
    """Add the command to the program's parser."""
    from fusionviewer.exchange.points.formats import ENDINGS, FORMATS, PROGRAMS

    others = ", ".join(ending for ending in ENDINGS if ending not in FORMATS[0].endings)
    parser = subparsers.add_parser(
        "landmarks",
        help="fit pairs of points, and say how far they can be trusted",
        description=f"Fit pairs of points, predict the error of the fit, and name pairs that do not fit the others. "
        f"Writes DIR/{TRANSFORM} (maps fixed points to moving points) and DIR/{FACTS}.",
    )
    # argparse takes "-12,31,8" for an option unless it knows such things as negative numbers; no option has a digit.
    parser._negative_number_matcher = re.compile(r"^-[\d.]")
    files = f"a header line name,x,y,z and one point a line, LPS mm; or points of {PROGRAMS} ({others})"
    parser.add_argument("fixed", metavar="FIXED.csv", type=Path, help=f"points of the image that stays: {files}")
    parser.add_argument("moving", metavar="MOVING.csv", type=Path, help="points of the other image, of the same names")
    parser.add_argument("--out", metavar="DIR", type=Path, required=True, help="folder for the results; made if needed")
    parser.add_argument(
        "--target",
        metavar="x,y,z",
        nargs="+",
        action="extend",
        default=[],
        help="predict the error at this point of fixed space, LPS mm; several, or again, for more; after the two files",
    )
    parser.add_argument(
        "--fle", metavar="MM", default="1", help="how well a point can be placed, RMS in 3D, both images together (1)"
    )
    parser.add_argument(
        "--images",
        metavar=("FIXED", "MOVING"),
        nargs=2,
        help="the images that the points were marked in: says which of them lie outside, and places points of voxels",
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object instead of a summary")
    parser.set_defaults(run=run)


class _Judged(NamedTuple):
    """The fit and what it says of itself."""

    pairs: PairedPoints
    fit: LandmarkFit
    judgement: LandmarkJudgement
    findings: list[Finding]
    """What speaks against all pairs together, then against single ones, then against their places and predictions."""
    left_out_mm: tuple[float | None, ...]
    fle_mm: float
    targets: tuple[tuple[float, float, float], ...]
    tre_mm: tuple[float, ...]
    notes: tuple[str, ...]


def run(args: argparse.Namespace) -> int:
    """Read, fit, judge, write. Raises FusionError."""
    from fusionviewer.cli.arguments.result_folder import result_folder
    from fusionviewer.exchange.points.formats import read_points
    from fusionviewer.quality.wording import sentence

    terminal: Terminal = args.terminal
    targets = tuple(target_from(text) for text in args.target)
    fle_mm = fle_from(args.fle)
    images = _images(args)
    fixed, moving = (
        read_points(path, None if image is None else image.grid)
        for path, image in zip((args.fixed, args.moving), images, strict=True)
    )
    pairs = _paired(fixed, moving, args)
    notes = [
        f"{path.name}: {note}" for path, read in ((args.fixed, fixed), (args.moving, moving)) for note in read.notes
    ]
    judged = _judged(pairs, images, fle_mm, targets, notes, files=(args.fixed.name, args.moving.name))
    for note in judged.notes:
        terminal.say(f"fusionviewer: {note}")
    facts = json.dumps(_facts(judged), indent=1, allow_nan=False)
    with result_folder(args.out, lambda: _check_outputs(args)):
        _write(args.out, judged, facts)
    for finding in judged.findings:
        terminal.say(f"fusionviewer: Warning: {sentence(finding)}")
    terminal.result(facts if args.json else _summary(judged, args.out))
    return 0


def target_from(text: str) -> tuple[float, float, float]:
    """A place from "x,y,z". Raises BadArgument."""
    from fusionviewer.exchange.text_files import number_in

    numbers = [number_in(part) for part in text.split(",")]
    place = [number for number in numbers if number is not None and abs(number) <= _FARTHEST_MM]
    if not len(place) == len(numbers) == 3:
        raise BadArgument(f"{text!r} is not a point.", "Give --target three numbers in mm, for example -12,31,8.5.")
    return place[0], place[1], place[2]


def fle_from(text: str) -> float:
    """A localisation error in mm. Raises BadArgument."""
    from fusionviewer.exchange.text_files import number_in

    fle_mm, (least, most) = number_in(text), _FLE_MM
    if fle_mm is None or not least <= fle_mm <= most:
        raise BadArgument(
            f"{text!r} is not a localisation error.", f"Give --fle a number of mm from {least:g} to {most:g}."
        )
    return fle_mm


def _images(args: argparse.Namespace) -> tuple[Volume | None, Volume | None]:
    """The images of --images, which nothing else than places in them are asked about. Raises FusionError."""
    from fusionviewer.cli.inputs import read_image

    if args.images is None:
        return None, None
    observer, (fixed, moving) = args.terminal.observer, args.images
    return read_image(fixed, observer.part(0.0, 0.5)), read_image(moving, observer.part(0.5, 1.0))


def _paired(fixed: NamedPoints, moving: NamedPoints, args: argparse.Namespace) -> PairedPoints:
    from fusionviewer.exchange.points.pairing import pair_points

    pairs = pair_points(fixed, moving, (args.fixed.name, args.moving.name))
    if len(pairs.names) < 3:
        common = {0: "no names", 1: "only 1 name", 2: "only 2 names"}[len(pairs.names)]
        raise BadArgument(
            f"{args.fixed.name} and {args.moving.name} have {common} in common, and a fit needs at least 3 pairs.",
            f"Give the two points of a pair the same name. {pairs.hint}".strip(),
        )
    return pairs


def _judged(
    pairs: PairedPoints,
    images: tuple[Volume | None, Volume | None],
    fle_mm: float,
    targets: tuple[tuple[float, float, float], ...],
    notes: list[str],
    *,
    files: tuple[str, str],
) -> _Judged:
    import numpy as np

    from fusionviewer.quality.landmark_facts import judge_landmarks, landmark_facts
    from fusionviewer.quality.landmark_findings import landmark_findings
    from fusionviewer.quality.prediction_findings import why_no_prediction
    from fusionviewer.quality.wording import shown
    from fusionviewer.registration import fit_landmarks
    from fusionviewer.registration.points.error_theory import predict_error
    from fusionviewer.registration.points.suspects import FEWEST, leave_one_out_mm
    from fusionviewer.session.edits import point_of
    from fusionviewer.session.state import FusionState, LandmarkPair

    fit = fit_landmarks(pairs.fixed, pairs.moving)
    errors = [fle_mm] * len(pairs.names)
    left_out = leave_one_out_mm(pairs.fixed, pairs.moving, errors)
    tre = predict_error(pairs.fixed, errors).tre_mm(np.array(targets)) if targets else ()
    if pairs.unpaired:
        more = len(pairs.unpaired) - _MOST_NAMES
        alone = ", ".join(map(shown, pairs.unpaired[:_MOST_NAMES])) + (f" and {more} more" if more > 0 else "")
        notes = [*notes, f"Left out, because only one of the files has them: {alone}. {pairs.hint}".rstrip()]
    if len(pairs.names) < FEWEST:
        notes = [*notes, f"Of fewer than {FEWEST} pairs none can be judged by the others."]
    marked = (
        LandmarkPair(name, point_of(fixed), point_of(moving))
        for name, fixed, moving in zip(pairs.names, pairs.fixed, pairs.moving, strict=True)
    )
    state = FusionState(*images, landmarks=tuple(marked), fle_mm=fle_mm)
    contradicted = why_no_prediction(landmark_facts(state)) if targets else None
    return _Judged(
        pairs,
        fit,
        judge_landmarks(state.landmarks, fle_mm),
        [*landmark_findings(state, files), *([] if contradicted is None else [contradicted])],
        tuple(float(value) if np.isfinite(value) else None for value in left_out),
        fle_mm,
        targets,
        tuple(map(float, tre)),
        tuple(notes),
    )


def _facts(judged: _Judged) -> dict[str, Any]:
    from fusionviewer.quality.wording import record, sentence
    from fusionviewer.version import __version__

    names = judged.pairs.names
    return {
        "moving_from_fixed": judged.fit.moving_from_fixed.matrix.tolist(),
        "names": list(names),
        "fre_mm": judged.fit.fre_mm,
        "residuals_mm": judged.fit.residuals_mm.tolist(),
        "leave_one_out_mm": list(judged.left_out_mm),
        "suspects": [
            {
                "name": names[suspect.number],
                "reason": suspect.reason,
                "off_mm": suspect.off_mm,
                "twin": None if suspect.twin is None else names[suspect.twin],
            }
            for suspect in judged.judgement.suspects
        ],
        "doubts": [
            {"reason": doubt.reason, "sentence": sentence(finding)}
            for doubt, finding in zip(judged.judgement.doubts, judged.findings, strict=False)
        ],
        "findings": [record(finding) for finding in judged.findings],
        "predicted_tre_mm": list(judged.tre_mm),
        "fle_mm": judged.fle_mm,
        "unpaired": list(judged.pairs.unpaired),
        "notes": list(judged.notes),
        "version": __version__,
    }


def _check_outputs(args: argparse.Namespace) -> None:
    from fusionviewer.imaging.whole_files import check_writable

    for path in (args.out / TRANSFORM, args.out / FACTS):
        check_writable(path)
        if os.path.exists(path) and any(os.path.samefile(path, points) for points in (args.fixed, args.moving)):
            raise BadArgument(f"{path} is one of the files of points.", "Choose another folder for the results.")


def _write(out: Path, judged: _Judged, facts: str) -> None:
    """Both files, or none."""
    from fusionviewer.cli.terminal import hold_interruptions
    from fusionviewer.exchange.transforms.itk import write_itk_transform
    from fusionviewer.imaging.whole_files import written_whole

    with ExitStack() as files:
        # the stack ends them in the other order: the facts, which speak of the transform, appear last
        beside, transform = (files.enter_context(written_whole(out / name)) for name in (FACTS, TRANSFORM))
        write_itk_transform(judged.fit.moving_from_fixed, transform)
        beside.write_text(facts + "\n", encoding="utf-8", newline="\n")
        hold_interruptions()  # from here on both files appear


def _summary(judged: _Judged, out: Path) -> str:
    from fusionviewer.quality.wording import sentence, shown

    names = [shown(name) for name in judged.pairs.names]
    remarks = {suspect.number: f"suspect: {suspect.reason}" for suspect in judged.judgement.suspects}
    width = max(4, *map(len, names))
    lines = [f"{'name':<{width}}  residual  left out  remark"]
    for number, (name, residual, left_out) in enumerate(
        zip(names, judged.fit.residuals_mm, judged.left_out_mm, strict=True)
    ):
        apart = "–" if left_out is None else f"{left_out:.2f} mm"
        lines.append(f"{name:<{width}}  {residual:5.2f} mm  {apart:>8}  {remarks.get(number, '')}".rstrip())
    lines += [
        f"FRE {judged.fit.fre_mm:.2f} mm. FRE says how well the pairs agree, not how accurate the fit is: "
        "the two are uncorrelated.",
        "Residual: how far apart the fit leaves a pair. Left out: how far it lies from where the fit to all others "
        "expects it.",
    ]
    contradicted = any(finding.code == "prediction_contradicted" for finding in judged.findings)
    unbelieved = " Not to be believed: see the WARNING." if contradicted else ""
    for target, tre_mm in zip(judged.targets, judged.tre_mm, strict=True):
        x, y, z = target
        lines.append(f"Predicted error (TRE) at {x:g},{y:g},{z:g}: {tre_mm:.2f} mm RMS.{unbelieved}")
    if judged.targets:
        lines.append(f"The prediction takes each pair to be placed to {judged.fle_mm:g} mm (--fle), and none wrongly.")
    else:
        lines.append("With --target x,y,z the error at a point is predicted.")
    doubts = len(judged.judgement.doubts)
    for number, finding in enumerate(judged.findings):
        kind = "DOUBT" if number < doubts else _KINDS.get(finding.code, "SUSPECT")
        lines.append(f"{kind}: {sentence(finding)}")
    what = {TRANSFORM: "maps fixed points to moving points (ITK, LPS mm)", FACTS: "all of this, for programs"}
    across = max(len(str(out / name)) for name in what)
    lines += ["Written:", *(f"  {out / name!s:<{across}}  {meaning}" for name, meaning in what.items())]
    lines.append("Look at the fused images before you rely on them. Not a medical device.")
    return "\n".join(lines)
