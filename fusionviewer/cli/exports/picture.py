"""`fusionviewer picture`: fused views as a PNG or TIFF."""

from __future__ import annotations

import argparse
import math
import re
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple, get_args

import numpy as np

from fusionviewer.cli.arguments.pair_arguments import add_pair, add_series_descriptions
from fusionviewer.errors import BadArgument
from fusionviewer.geometry import ORIENTATIONS, Points, RigidTransform, SideLetters

if TYPE_CHECKING:
    from fusionviewer.cli.terminal import Terminal
    from fusionviewer.imaging.volume import Volume
    from fusionviewer.rendering.marks.values import Marks
    from fusionviewer.rendering.picture import PictureForm
    from fusionviewer.session.state import FusionState
    from fusionviewer.session.view_state import Distance

_PLANES: Final = {orientation.name: orientation for orientation in ORIENTATIONS}
_OF_THE_MOSAIC: Final = ("plane", "step_mm", "tiles")


def add_parser(subparsers: argparse._SubParsersAction[Any]) -> None:
    """Add the command to the program's parser."""
    from fusionviewer.cli.arguments.looks import add_looks
    from fusionviewer.rendering.blends import BlendMode, CurtainWay

    parser = subparsers.add_parser(
        "picture",
        help="draw fused views, as a PNG or TIFF",
        description="Draw the three planes through a point, one of them, or a mosaic of slices, both images fused.",
    )
    add_pair(parser, ".png, .tif or .tiff", needs_pose=False)
    parser.add_argument("--at", metavar="x,y,z", help="point of fixed space in LPS mm (default: middle of the head)")
    parser.add_argument("--layout", choices=("planes", *_PLANES, "mosaic"), default="planes")
    parser.add_argument("--plane", choices=tuple(_PLANES), help="of the mosaic (default: axial)")
    parser.add_argument("--step-mm", metavar="MM", help="from slice to slice of the mosaic (default: 8)")
    parser.add_argument("--tiles", metavar="CxR", help="columns and rows of the mosaic (default: 4x3)")
    size = parser.add_mutually_exclusive_group()
    size.add_argument("--size", metavar="WxH", help="in pixels (default: 1280x800)")
    size.add_argument("--scale", metavar="N", help="pixels for each mm; the picture is as large as the head then needs")
    parser.add_argument("--no-annotations", action="store_true", help="no letters, lines and words: the images alone")
    parser.add_argument(
        "--names",
        action="store_true",
        help="write the names of images, landmarks and targets: they may tell who the patient is",
    )
    add_series_descriptions(parser)
    parser.add_argument(
        "--marks",
        action=argparse.BooleanOptionalAction,
        help="draw a study's landmarks, targets and distances, numbered unless there are --names; --no-marks leaves "
        "them out (default: draw those that there are)",
    )
    parser.add_argument(
        "--landmarks",
        nargs=2,
        type=Path,
        metavar=("FIXED.csv", "MOVING.csv"),
        help="draw these landmarks instead of the study's: files that fusionviewer landmarks takes",
    )
    parser.add_argument(
        "--error-lines",
        action="store_true",
        help="draw TRE isocontours: where the fit to the landmarks is off by how many mm",
    )
    parser.add_argument("--neurological", action="store_true", help="the patient's right on the right")
    parser.add_argument(
        "--side-letters",
        choices=get_args(SideLetters),
        default="HF",
        help="what the sides towards the head and the feet are called: superior, inferior, or head, feet (default: HF)",
    )
    parser.add_argument("--bone-edges", action="store_true", help="draw the outline of the CT's bone over the images")
    add_looks(parser, tuple(BlendMode), slabs=True)
    parser.add_argument("--curtain", "--wipe", choices=get_args(CurtainWay), default="across")
    parser.add_argument("--glass-mm", metavar="MM", default="50", help="diameter of the spyglass (50)")
    parser.add_argument("--edge-strength", metavar="0..1", default="0.8", help="how well edges cover (0.8)")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Read, draw, write. Raises FusionError; what can be known beforehand is looked at before anything is read."""
    from fusionviewer.cli.arguments.looks import blend_from, layers_from, slabs_from, windows_from
    from fusionviewer.cli.inputs import check_study, early_pose, read_image, refuse_replacing_a_study
    from fusionviewer.exchange.transforms.pair import Pair
    from fusionviewer.imaging.resample import check_inside, overlap
    from fusionviewer.imaging.whole_files import check_writable
    from fusionviewer.rendering.marks.values import Marks
    from fusionviewer.rendering.picture import draw_picture
    from fusionviewer.rendering.picture_file import check_picture_name, write_picture
    from fusionviewer.rendering.scene import Scene, head_corners, why_no_blend
    from fusionviewer.session.study_file import read_pose

    terminal: Terminal = args.terminal
    observer = terminal.observer
    at = None if args.at is None else point_from(args.at)
    blend, windows, slabs, form = blend_from(args), windows_from(args), slabs_from(args), form_from(args)
    _check_marks(args)
    check_picture_name(args.out)
    check_writable(args.out)
    read = [Path(args.fixed), Path(args.moving), args.transform, *(args.landmarks or ())]
    refuse_replacing_a_study(args.out, *filter(None, read))
    early = early_pose(args.transform, args.transform_format) if args.transform else RigidTransform.identity()
    marked = _marked(args) if form.annotated and form.marks else None
    fixed = read_image(args.fixed, observer.part(0.0, 0.4), descriptions=args.series_descriptions)
    moving = read_image(args.moving, observer.part(0.4, 0.8), descriptions=args.series_descriptions)
    moving_from_fixed = early or read_pose(args.transform, args.transform_format, Pair.of(fixed, moving))
    refusal = why_no_blend(blend.mode, fixed, moving)
    if refusal is not None:
        raise refusal
    if args.transform is not None:
        check_study(args.transform, fixed, moving, terminal)
    if overlap(fixed.grid, moving.grid, moving_from_fixed) == 0:
        how = (
            "as their headers place them; is --transform missing?"
            if args.transform is None
            else "under this transform."
        )
        terminal.say(f"fusionviewer: Warning: The two images do not overlap anywhere {how}")
    if at is not None:
        check_inside(at, fixed.grid, moving.grid, moving_from_fixed)
    back, front = layers_from(args, windows, (fixed, moving), moving_from_fixed, slabs)
    scene = Scene(
        back,
        front,
        head_corners(fixed)[1] if at is None else at,
        blend,
        radiological=not args.neurological,
        bone_edges=args.bone_edges,
        interpolation="nearest" if args.nearest else "linear",
        marks=Marks() if marked is None else _marks(args, marked.at(moving_from_fixed), (fixed, moving)),
    )
    write_picture(draw_picture(scene, form, observer.part(0.8, 0.95)), args.out, observer)
    terminal.result(f"{args.out}: the fused views.")
    return 0


def form_from(args: argparse.Namespace) -> PictureForm:
    """Which picture the arguments mean. Raises BadArgument."""
    from fusionviewer.cli.arguments.looks import millimetres_from, scale_from
    from fusionviewer.rendering.picture import PictureForm

    mosaic = args.layout == "mosaic"
    for name in _OF_THE_MOSAIC:
        if getattr(args, name) is not None and not mosaic:
            option = "--" + name.replace("_", "-")
            raise BadArgument(f"{option} is about the mosaic.", f"Add --layout mosaic, or leave {option} out.")
    return PictureForm(
        layout="mosaic" if mosaic else "planes" if args.layout == "planes" else "view",
        orientation=_PLANES[args.plane or "axial" if args.layout in ("mosaic", "planes") else args.layout],
        tiles=tiles_from(args.tiles or "4x3"),
        step_mm=millimetres_from("--step-mm", args.step_mm or "8"),
        size=size_from("1280x800" if args.size is None else args.size),
        pixels_per_mm=None if args.scale is None else scale_from(args.scale),
        annotated=not args.no_annotations,
        names=args.names,
        marks=args.marks is not False,
        letters=args.side_letters,
    )


def _check_marks(args: argparse.Namespace) -> None:
    """Raise BadArgument where what is to be drawn over the images is asked for and refused at once, or is nowhere."""
    asked = [
        option
        for option, given in (
            ("--marks", args.marks),
            ("--landmarks", args.landmarks),
            ("--error-lines", args.error_lines),
        )
        if given
    ]
    for refusing, refuses in (("--no-annotations", args.no_annotations), ("--no-marks", args.marks is False)):
        if asked and refuses:
            raise BadArgument(f"{asked[0]} draws what {refusing} leaves out.", "Give only one of the two.")
    if asked and args.landmarks is None and not _is_study(args.transform):
        raise BadArgument(
            f"{asked[0]} needs landmarks, and there are none.",
            "Give --transform a study (.fusion.json), or --landmarks FIXED.csv MOVING.csv.",
        )


def _is_study(path: Path | None) -> bool:
    from fusionviewer.session.study_file import SUFFIX

    return path is not None and path.name.lower().endswith(SUFFIX)


class _Marked(NamedTuple):
    """A study without its images, or as much of one as was given, and the distances that it has."""

    state: FusionState
    distances: tuple[Distance, ...]

    def at(self, moving_from_fixed: RigidTransform) -> _Marked:
        """The same under the pose of the picture."""
        alignment = replace(self.state.alignment, moving_from_fixed=moving_from_fixed)
        return self._replace(state=replace(self.state, alignment=alignment))


def _marked(args: argparse.Namespace) -> _Marked:
    """What is to be drawn over the images. Raises FusionError, also where asked for what is not there."""
    from fusionviewer.cli.inputs import read_pairs
    from fusionviewer.registration import fit_landmarks
    from fusionviewer.session.edits import point_of
    from fusionviewer.session.state import FusionState, LandmarkPair
    from fusionviewer.session.study_file import load_study

    marked = _Marked(FusionState(), ())
    if _is_study(args.transform):
        study = load_study(args.transform)
        marked = _Marked(study.without_images, study.view.distances if study.view else ())
    state = marked.state
    if args.landmarks is not None:
        of_fixed, of_moving = args.landmarks
        read = read_pairs(of_fixed, of_moving, args.terminal)
        pairs = tuple(LandmarkPair(name, point_of(fixed), point_of(moving)) for name, fixed, moving in read)
        state = replace(state, landmarks=pairs)
    if args.error_lines:
        fit_landmarks(*state.used_points(), state.used_fle())
    if args.marks and not (state.landmarks or state.targets or marked.distances):
        raise BadArgument(
            f"Nothing is marked in {args.transform.name}.", "Leave out --marks, or mark landmarks in the window first."
        )
    return marked._replace(state=state)


def _marks(args: argparse.Namespace, marked: _Marked, images: tuple[Volume, Volume]) -> Marks:
    """The same as it is drawn."""
    from fusionviewer.quality.landmark_facts import landmark_facts
    from fusionviewer.quality.prediction_findings import error_within, why_no_prediction
    from fusionviewer.quality.wording import sentence
    from fusionviewer.session.marks import marks_of

    fixed, moving = images
    state = replace(marked.state, fixed=fixed, moving=moving)  # whose voxels say how well a pair can be placed
    if not args.error_lines:
        return marks_of(state, marked.distances)
    facts = landmark_facts(state)
    why_not = why_no_prediction(facts)
    if why_not is not None:
        terminal: Terminal = args.terminal
        terminal.say(f"fusionviewer: Warning: {sentence(why_not)} No TRE isocontours are drawn.")
    return marks_of(state, marked.distances, error=error_within(facts, fixed.grid))


def point_from(text: str) -> Points:
    """(3,) from "x,y,z". Raises BadArgument."""
    try:
        values = [float(part) for part in text.split(",")]
    except ValueError:
        values = []
    if len(values) != 3 or not all(map(math.isfinite, values)):
        raise BadArgument(f"{text!r} is not a point.", "Give --at three numbers in mm, for example --at -12,31,8.5.")
    return np.array(values)


def size_from(text: str) -> tuple[int, int]:
    """(width, height) in pixels from "1280x800"; whether a picture can have it, its form knows. Raises BadArgument."""
    match = re.fullmatch(r"(\d{1,5})[x×X](\d{1,5})", text.strip())
    if not match:
        raise BadArgument(f"{text!r} is not a size.", "Give --size a width and a height, for example 1280x800.")
    return int(match[1]), int(match[2])


def tiles_from(text: str) -> tuple[int, int]:
    """(columns, rows) from "4x3". Raises BadArgument."""
    match = re.fullmatch(r"(\d{1,2})[x×X](\d{1,2})", text.strip())
    if not match:
        raise BadArgument(f"{text!r} is no number of slices.", "Give --tiles columns and rows, for example 4x3.")
    return int(match[1]), int(match[2])
