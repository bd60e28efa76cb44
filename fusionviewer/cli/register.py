"""`fusionviewer register`: find where the moving image lies on the fixed one, and leave the results in a folder."""

from __future__ import annotations

import argparse
import os
from contextlib import ExitStack
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from fusionviewer.cli.arguments.pair_arguments import add_series_descriptions, add_transform_format
from fusionviewer.errors import BadArgument, Cancelled, RegistrationFailed

if TYPE_CHECKING:
    from fusionviewer.cli.terminal import Terminal
    from fusionviewer.geometry import Points
    from fusionviewer.imaging.volume import Volume
    from fusionviewer.progress import Observer
    from fusionviewer.quality.finding import Finding
    from fusionviewer.quality.guard.assessment import Assessment
    from fusionviewer.registration import Box, Region, RegistrationResult, RegistrationSettings, Start
    from fusionviewer.session.state import FusionState

TRANSFORM: Final = "transform.tfm"
VOLUME: Final = "moving-on-fixed.nii.gz"
STUDY: Final = "study.fusion.json"
WORDS: Final = ("auto", "header", "centre", "landmarks")


def add_parser(subparsers: argparse._SubParsersAction[Any]) -> None:
    """Add the command to the program's parser."""
    parser = subparsers.add_parser(
        "register",
        help="find where the moving image lies on the fixed one",
        description=f"Find where the moving image lies on the fixed one. Writes DIR/{TRANSFORM} (maps fixed points to "
        f"moving points), DIR/{VOLUME} and DIR/{STUDY}.",
    )
    parser.add_argument("fixed", metavar="FIXED", help="image that stays: file or DICOM folder")
    parser.add_argument("moving", metavar="MOVING", help="image that is aligned: file or DICOM folder")
    parser.add_argument("--out", metavar="DIR", type=Path, required=True, help="folder for the results; made if needed")
    parser.add_argument(
        "--start",
        metavar="auto|header|centre|landmarks|FILE",
        help="where to begin: a search over all poses (default), the headers as they are, the images' middles on each "
        "other, the fit to --landmarks, or the pose in a file: a rigid transform of any program, or a study",
    )
    add_transform_format(parser, "--start")
    parser.add_argument(
        "--landmarks",
        nargs=2,
        type=Path,
        metavar=("FIXED.csv", "MOVING.csv"),
        help="begin from pairs of points instead: files with a header line name,x,y,z, LPS mm, paired by name, or "
        "others that fusionviewer landmarks takes",
    )
    parser.add_argument(
        "--landmark-weight",
        metavar="W",
        type=float,
        help="let the landmarks hold the result near to them: 0 not at all (default), 1 as much as the images' last "
        "millimetre, 3 or more firmly; begins from the landmarks, or wherever --start says",
    )
    parser.add_argument("--max-shift", metavar="MM", type=float, help="limit of the translation from the start")
    parser.add_argument("--max-rotation", metavar="DEG", type=float, help="limit of the rotation from the start")
    parser.add_argument(
        "--preset",
        metavar="NAME|FILE",
        help="settings of the run: standard (or rigid-default), fast, thorough, refine, one of your own, or a "
        "TOML file; see fusionviewer presets",
    )
    parser.add_argument(
        "--mask", metavar="FILE", help="restrict the run to where this image, in the fixed image's space, is not 0"
    )
    parser.add_argument(
        "--roi",
        nargs=6,
        type=float,
        metavar=("X", "Y", "Z", "X2", "Y2", "Z2"),
        help="restrict the run to the box between these two corners; fixed space, LPS mm",
    )
    parser.add_argument("--seed", metavar="N", type=int, help="random seed; the same seed gives the same result")
    add_series_descriptions(parser)
    parser.add_argument("--no-volume", action="store_true", help=f"do not write {VOLUME}")
    parser.add_argument(
        "--check", action="store_true",
        help="check the result as fusionviewer check does; the exit code stays that of the registration",
    )  # fmt: skip
    parser.add_argument("--json", action="store_true", help="print one JSON object instead of a summary")
    parser.set_defaults(run=run)


@dataclass(frozen=True)
class _Beginning:
    """Where the run begins, and the landmarks that say so, if any."""

    start: Start | None
    """None: in a file that means nothing without the images."""
    kind: str
    landmarks: tuple[tuple[str, Points, Points], ...] = ()
    study: FusionState | None = None
    """The study that the start comes from. Its review is out of date once the run has found another pose, and it was
    given for the study's landmarks."""


def run(args: argparse.Namespace) -> int:
    """Read, register, write. Raises FusionError; what can be known beforehand is looked at before anything is read."""
    from fusionviewer.cli import summary
    from fusionviewer.imaging.head import head_mask
    from fusionviewer.quality.findings import alignment_findings

    terminal: Terminal = args.terminal
    state, result = register_into_folder(args, terminal.observer)
    fixed = state.fixed
    assert fixed is not None  # it was read
    findings = alignment_findings(state, head_mask(fixed).corners, _point_files(args))
    assessment = _checked(state, findings, terminal.observer) if args.check else None
    terminal.done()
    terminal.result(
        summary.result_json(result, findings, assessment)
        if args.json
        else summary.result_text(result, fixed, findings, _written(args), assessment)
    )
    return 0


def register_into_folder(args: argparse.Namespace, observer: Observer) -> tuple[FusionState, RegistrationResult]:
    """The study that was written, and its run. Raises as `run`."""
    from fusionviewer.cli.arguments.result_folder import result_folder
    from fusionviewer.cli.inputs import check_study, read_image
    from fusionviewer.quality.wording import outcome_text
    from fusionviewer.registration import Ending, make_box
    from fusionviewer.session import edits

    terminal: Terminal = args.terminal
    settings = _settings(args)
    _check_bounds(args)
    beginning = _beginning(args, terminal)
    box = make_box(args.roi[:3], args.roi[3:]) if args.roi else None
    with result_folder(args.out, partial(_check_outputs, args)):
        region = _region(args, box, observer.part(0.0, 0.01))
        said = args.series_descriptions
        fixed = _noted(read_image(args.fixed, observer.part(0.01, 0.05), descriptions=said), terminal)
        moving = _noted(read_image(args.moving, observer.part(0.05, 0.1), descriptions=said), terminal)
        if beginning.kind == "file":
            check_study(Path(args.start), fixed, moving, terminal)
        before = replace(_study(fixed, moving, beginning, settings, args), region=region)
        _tell_oddities(before, args)
        result = _registered(before, (fixed, moving), beginning, args, observer.part(0.1, 0.9))
        state = edits.take_run(before, result)
        _write(state, result, args, observer.part(0.9, 1.0))
    terminal.done()
    if result.ending is not Ending.CONVERGED:
        terminal.say(f"fusionviewer: Warning: {outcome_text(result)} Look at the result before you use it.")
    if args.no_volume:
        _remove_old_volume(args.out / VOLUME, terminal)
    return state, result


def _tell_oddities(before: FusionState, args: argparse.Namespace) -> None:
    """What is odd about the images and the landmarks, before the run."""
    from fusionviewer.quality.image_findings import odd_pair_findings
    from fusionviewer.quality.landmark_findings import landmark_findings
    from fusionviewer.quality.wording import sentence

    for finding in (*odd_pair_findings(before), *landmark_findings(before, _point_files(args))):
        if finding.level != "fact":
            kind = "Warning: " if finding.level == "warning" else ""
            args.terminal.say(f"fusionviewer: {kind}{sentence(finding)}")


def _registered(
    before: FusionState, images: tuple[Volume, Volume], beginning: _Beginning, args: argparse.Namespace,
    observer: Observer,
) -> RegistrationResult:  # fmt: skip
    """The run on a study; with --json an object also where it gives no result. Raises RegistrationFailed, Cancelled."""
    from fusionviewer.cli import summary
    from fusionviewer.cli.terminal import labelled
    from fusionviewer.registration import Ending, register
    from fusionviewer.session.state import pull_of

    settings = before.alignment.settings
    try:
        return register(
            *images,
            beginning.start or _late_start(args, *images),
            settings=settings,
            max_shift_mm=args.max_shift,
            max_rotation_deg=args.max_rotation,
            start_kind=beginning.kind,
            region=before.region,
            pull=pull_of(before),
            observer=labelled(observer, "Registering"),
        )
    except (RegistrationFailed, Cancelled) as problem:
        if args.json:
            why = problem.message if isinstance(problem, RegistrationFailed) else "It was cancelled."
            ending = Ending.FAILED if isinstance(problem, RegistrationFailed) else Ending.CANCELLED
            args.terminal.result(summary.no_result_json(settings, ending, why, str(before.region or "")))
        raise


def _checked(state: FusionState, findings: tuple[Finding, ...], observer: Observer) -> Assessment | None:
    """What a check says of the result; the files are written already, so that it may be interrupted."""
    from fusionviewer.cli.terminal import labelled
    from fusionviewer.quality.guard.assessment import assess

    if state.fixed is None or state.moving is None:
        return None
    pose, places = state.alignment.moving_from_fixed, [target.point for target in state.targets]
    return assess(
        state.fixed, state.moving, pose, targets=places, known=findings, observer=labelled(observer, "Checking")
    )


def _settings(args: argparse.Namespace) -> RegistrationSettings:
    """The preset's settings with the seed that was asked for; the preset's limits hold where none are given."""
    from fusionviewer.registration.presets import DEFAULT_PRESET, load_preset

    preset = load_preset(args.preset or DEFAULT_PRESET)
    if args.max_shift is None and args.max_rotation is None:
        args.max_shift, args.max_rotation = preset.max_shift_mm, preset.max_rotation_deg
    if args.seed is None:
        return preset.settings
    return replace(preset.settings, seed=args.seed)


def _check_bounds(args: argparse.Namespace) -> None:
    """Refuse bounds that make no sense before anything long begins."""
    from fusionviewer.geometry import RigidTransform
    from fusionviewer.registration import Bounds

    if args.max_shift is None and args.max_rotation is None:
        return
    Bounds.about(RigidTransform.identity(), (0.0, 0.0, 0.0), args.max_shift, args.max_rotation)
    if args.start == "auto" or (args.start is None and not args.landmarks):
        raise BadArgument(
            "Bounds are measured from a start, and an automatic start is none.",
            "Give --start header, centre or a file, or --landmarks, or leave the bounds out.",
        )


def _beginning(args: argparse.Namespace, terminal: Terminal) -> _Beginning:
    if args.landmark_weight is not None:
        from fusionviewer.registration.points.landmark_prior import check_weight

        check_weight(args.landmark_weight)
    if args.landmarks:
        fits = args.start in {None, "landmarks"}
        if not fits and args.landmark_weight is None:
            raise BadArgument(
                "Both --start and --landmarks say where to begin.",
                "Give only one of them, or --landmark-weight, with which the landmarks hold the result near to them.",
            )
        from fusionviewer.cli.inputs import read_pairs

        of_fixed, of_moving = args.landmarks
        pairs = read_pairs(of_fixed, of_moving, terminal)
        return _from_landmarks(pairs) if fits else replace(_elsewhere(args), landmarks=pairs)
    if args.landmark_weight is not None or args.start == "landmarks":
        raise BadArgument("There are no landmarks.", "Give them with --landmarks FIXED.csv MOVING.csv.")
    return _elsewhere(args)


def _elsewhere(args: argparse.Namespace) -> _Beginning:
    """A start that has nothing to do with landmarks."""
    if args.start == "header":
        return _Beginning("header", "header")
    if args.start == "centre":
        return _Beginning("centre", "centre")
    if args.start in {None, "auto"}:
        return _Beginning("auto", "auto")
    from fusionviewer.cli.inputs import early_pose
    from fusionviewer.session.study_file import read_study

    path = Path(args.start)
    if not os.path.exists(path):
        raise BadArgument(
            f"The start “{args.start}” is neither a file nor one of {', '.join(WORDS)}.",
            "Check the name and the folder.",
        )
    return _Beginning(early_pose(path, args.transform_format), "file", study=read_study(path))


def _late_start(args: argparse.Namespace, fixed: Volume, moving: Volume) -> Start:
    """The pose in a file of --start that means nothing without the images. Raises UnreadableInput."""
    from fusionviewer.exchange.transforms.pair import Pair
    from fusionviewer.session.study_file import read_pose

    return read_pose(Path(args.start), args.transform_format, Pair.of(fixed, moving))


def _from_landmarks(pairs: tuple[tuple[str, Points, Points], ...]) -> _Beginning:
    import numpy as np

    from fusionviewer.registration import fit_landmarks

    _, fixed, moving = zip(*pairs, strict=True)
    return _Beginning(fit_landmarks(np.stack(fixed), np.stack(moving)).moving_from_fixed, "landmarks", pairs)


def _point_files(args: argparse.Namespace) -> tuple[str, str] | None:
    """The names of the files of landmarks; None without any."""
    if not args.landmarks:
        return None
    of_fixed, of_moving = args.landmarks
    return of_fixed.name, of_moving.name


def _region(args: argparse.Namespace, box: Box | None, observer: Observer) -> Region | None:
    """What alone counts, if anything was said about that. What is odd about a mask as an image is no news."""
    from fusionviewer.cli.inputs import read_image
    from fusionviewer.registration import Region

    if args.mask is None:
        return Region(box=box) if box else None
    return Region(read_image(args.mask, observer), box)


def _noted(volume: Volume, terminal: Terminal) -> Volume:
    for note in volume.notes:
        terminal.say(f"{volume.name}: {note}")
    return volume


def _study(
    fixed: Volume, moving: Volume, beginning: _Beginning, settings: RegistrationSettings, args: argparse.Namespace
) -> FusionState:
    """What the window would hold just before the same run."""
    from fusionviewer.session import edits
    from fusionviewer.session.alignment import Limits
    from fusionviewer.session.state import LandmarkPair

    state = edits.new_study(fixed, moving)
    alignment = state.alignment
    if beginning.study is not None:
        begun = beginning.study
        alignment = replace(alignment, review=begun.alignment.review, history=begun.alignment.history)
        state = replace(state, landmarks=begun.landmarks, fle_mm=begun.fle_mm, targets=begun.targets)
    if beginning.landmarks:
        pairs = (LandmarkPair(n, edits.point_of(f), edits.point_of(m)) for n, f, m in beginning.landmarks)
        state = replace(state, landmarks=tuple(pairs), fle_mm=None)
    state = replace(state, alignment=replace(alignment, settings=settings))
    state = edits.set_landmark_weight(state, args.landmark_weight or 0.0)
    default = Limits()
    shift = default.max_shift_mm if args.max_shift is None else args.max_shift
    turn = default.max_rotation_deg if args.max_rotation is None else args.max_rotation
    return edits.set_limits(state, Limits(shift, turn))


def _written(args: argparse.Namespace) -> tuple[Path, ...]:
    """The files that a run leaves."""
    names = (TRANSFORM, STUDY) if args.no_volume else (TRANSFORM, VOLUME, STUDY)
    return tuple(args.out / name for name in names)


def _check_outputs(args: argparse.Namespace) -> None:
    from fusionviewer.cli.inputs import refuse_overwriting
    from fusionviewer.imaging.native_calls import check_name
    from fusionviewer.imaging.whole_files import check_writable

    if not args.no_volume:  # which ITK writes: not to be told after the run
        check_name(args.out)
    for path in _written(args):
        check_writable(path)
    for name in (TRANSFORM, VOLUME, STUDY):  # with --no-volume, too: an earlier run's is removed
        refuse_overwriting(args.out / name, (args.fixed, args.moving, *([args.mask] if args.mask else [])))


def _remove_old_volume(path: Path, terminal: Terminal) -> None:
    """An earlier run's volume beside a new transform would lie."""
    if not os.path.isfile(path):
        return
    try:
        path.unlink()
        terminal.say(f"fusionviewer: Removed {path}, which was an earlier run's and no longer fits.")
    except OSError:
        terminal.say(f"fusionviewer: Warning: {path} is an earlier run's, no longer fits, and could not be removed.")


def _write(state: FusionState, result: RegistrationResult, args: argparse.Namespace, observer: Observer) -> None:
    """All the files under temporary names first, so that an interrupted run leaves nothing."""
    from fusionviewer.cli.terminal import hold_interruptions
    from fusionviewer.exchange.transforms.itk import write_itk_transform
    from fusionviewer.imaging.resample import resample
    from fusionviewer.imaging.whole_files import written_whole
    from fusionviewer.imaging.writers import write_volume
    from fusionviewer.session.study_file import save_study

    with ExitStack() as files:
        # the stack ends them in the other order: the study, which speaks of the others, appears last
        study, *volume, transform = (files.enter_context(written_whole(path)) for path in reversed(_written(args)))
        write_itk_transform(result.moving_from_fixed, transform)
        save_study(state, None, study)
        if volume and state.moving and state.fixed:
            resampled = resample(
                state.moving, state.fixed.grid, result.moving_from_fixed, observer=observer.part(0.0, 0.5)
            )
            write_volume(resampled, volume[0], observer.part(0.5, 1.0))
        observer.report(1.0, "Writing")
        hold_interruptions()  # from here on all the files appear
