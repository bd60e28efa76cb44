"""`fusionviewer archive`: an alignment as DICOM, to be sent back to the archive."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from fusionviewer.cli.arguments.pair_arguments import add_allow_network_paths

if TYPE_CHECKING:
    from fusionviewer.cli.terminal import Terminal
    from fusionviewer.exchange.archive.export import Plan, What, Written

_REMEDY: Final = "Open the study in the window, let it find its DICOM series, and save it."


def add_parser(subparsers: argparse._SubParsersAction[Any]) -> None:
    """Add the command to the program's parser."""
    from fusionviewer.cli.arguments.looks import add_looks
    from fusionviewer.cli.arguments.pair_arguments import add_series_descriptions
    from fusionviewer.rendering.blends import BlendMode
    from fusionviewer.rendering.fused_volume import VOLUME_MODES

    parser = subparsers.add_parser(
        "archive",
        help="write an alignment as DICOM, to send it back to the archive",
        description="Write the alignment of a study whose images are DICOM series as files of DICOM for the patient's "
        "archive: a Spatial Registration, the moving image on the fixed image's voxels as a new series, both fused in "
        "colour. They belong to the patient and the study of the fixed image, unless they are written without names.",
    )
    parser.add_argument("study", metavar="STUDY", type=Path, help="a study (.fusion.json)")
    parser.add_argument("--out", metavar="FOLDER", type=Path, required=True, help="a new folder for the files")
    parser.add_argument(
        "--registration", action="store_true", help="write the Spatial Registration (default, with --series)"
    )
    parser.add_argument(
        "--series", action="store_true", help="write the resampled moving image (default, with --registration)"
    )
    parser.add_argument("--colour", action="store_true", help="write both images fused, as a secondary capture")
    parser.add_argument(
        "--without-names",
        action="store_true",
        help="for files that leave the archive: no name, ID, date, place or person, and all UIDs new",
    )
    parser.add_argument(
        "--other-patient", action="store_true", help="write them although the headers tell of two patients"
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object instead of sentences")
    add_series_descriptions(parser)
    add_looks(parser, VOLUME_MODES)
    add_allow_network_paths(parser)
    parser.set_defaults(run=run, mode=BlendMode.TWO_COLOUR.value)


def run(args: argparse.Namespace) -> int:
    """Read, plan, write. Raises FusionError; what can be known beforehand is looked at before anything is read."""
    from fusionviewer.cli.arguments.looks import blend_from, layers_from, windows_from
    from fusionviewer.cli.arguments.study_images import open_pair
    from fusionviewer.exchange.archive.export import (
        ALL,
        USUAL,
        Fused,
        Plan,
        read_originals,
        write_archive,
    )
    from fusionviewer.exchange.archive.origin import check_sources
    from fusionviewer.geometry import RigidTransform
    from fusionviewer.imaging.whole_files import check_folder
    from fusionviewer.quality.review_findings import why_not_accepted
    from fusionviewer.rendering.fused_volume import check_fusion, fused_slabs

    terminal: Terminal = args.terminal
    observer = terminal.observer
    wanted = tuple(what for what in ALL if getattr(args, what)) or USUAL
    blend, windows = blend_from(args), windows_from(args)
    check_fusion(blend, (args.fixed_colours, args.moving_colours), "rgb")
    check_folder(args.out)
    pair = open_pair(args.study, observer.part(0.0, 0.4), _REMEDY, anywhere=args.allow_network_paths)
    check_sources(pair.fixed, pair.moving)
    if told := why_not_accepted(pair.state):
        terminal.say(f"fusionviewer: Warning: the alignment is not accepted. {told}")
    originals = read_originals(
        pair.fixed, pair.moving, observer.part(0.4, 0.5), just_read=True, descriptions=args.series_descriptions
    )
    plan = Plan(originals, without_names=args.without_names, other_patient=args.other_patient)
    alignment = pair.state.alignment
    pose, images = alignment.moving_from_fixed, (pair.fixed, pair.moving)
    back, front = layers_from(args, windows, images, pose) if args.colour else (None, None)

    def slabs(part: Any) -> Any:
        assert back is not None
        assert front is not None
        return fused_slabs(
            back, front, pair.fixed.grid, RigidTransform.identity(), blend,
            interpolation="nearest" if args.nearest else "linear", observer=part,
        )  # fmt: skip

    fused = Fused(*images, pose, slabs, alignment.origin)
    written = write_archive(plan, wanted, fused, args.out, observer.part(0.5, 1.0))
    terminal.done()
    terminal.result((_as_json if args.json else _as_text)(args, plan, written))
    return 0


def _as_text(args: argparse.Namespace, plan: Plan, written: Written) -> str:
    kept = (
        "without names, all UIDs new" if args.without_names else "in the fixed image's study, with the patient's name"
    )
    lines = [f"{args.out}: {kept}."]
    for what, files in written.files.items():
        number = "1 file" if len(files) == 1 else f"{len(files)} files"
        lines.append(f"{_place(files)}: {plan.series[what].description.partition(':')[0]} ({number}).")
    return "\n".join(lines)


def _place(files: tuple[str, ...]) -> str:
    return files[0] if len(files) == 1 else files[0].partition("/")[0]


def _as_json(args: argparse.Namespace, plan: Plan, written: Written) -> str:
    """One JSON object: names of files, and UIDs; nothing else of the patient."""
    from fusionviewer.version import __version__

    def series(what: What) -> dict[str, object]:
        return {"series_uid": plan.series[what].uid, "files": list(written.files[what])}

    facts = {
        "study": str(args.study),
        "out": str(args.out),
        "names": "removed" if args.without_names else "kept",
        "study_uid": plan.stamp.study,
        "frame_of_reference_uid": plan.stamp.frame_of_reference,
        "written": {what: series(what) for what in written.files},
        "version": __version__,
    }
    return json.dumps(facts, indent=1, ensure_ascii=False, allow_nan=False)
