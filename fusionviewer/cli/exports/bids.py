"""`fusionviewer bids`: a study as the derivatives of a BIDS dataset."""

from __future__ import annotations

import argparse
import os
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fusionviewer.cli.arguments.pair_arguments import add_allow_network_paths

if TYPE_CHECKING:
    from fusionviewer.cli.arguments.study_images import StudyPair
    from fusionviewer.cli.terminal import Terminal
    from fusionviewer.exchange.bids.documents import CheckedError
    from fusionviewer.progress import Observer
    from fusionviewer.session.exports.derivatives import Derivatives
    from fusionviewer.session.state import FusionState


def add_parser(subparsers: argparse._SubParsersAction[Any]) -> None:
    """Add the command to the program's parser."""
    from fusionviewer.exchange.bids.layout import LABELS

    parser = subparsers.add_parser(
        "bids",
        help="write the derivatives of a BIDS dataset: transform, resampled image, electrodes",
        description="Write the transform (ITK text), the moving image on the fixed image's voxels, and the targets as "
        "electrodes, with their JSON files, into ROOT/derivatives/fusionviewer.",
    )
    parser.add_argument("study", metavar="STUDY", type=Path, help="a study (.fusion.json) with both images")
    parser.add_argument("--out", metavar="ROOT", type=Path, required=True, help="the folder of the BIDS dataset")
    parser.add_argument("--subject", metavar="LABEL", required=True, help="such as 01, for sub-01")
    parser.add_argument("--session", metavar="LABEL", default="", help="such as post, for ses-post")
    for side in ("fixed", "moving"):
        parser.add_argument(
            f"--{side}-as", choices=LABELS, help=f"what the {side} image is (default: CT, or T1w for an MR)"
        )
    parser.add_argument("--interpolation", choices=("linear", "nearest", "cubic", "sinc"), default="linear")
    parser.add_argument(
        "--check", action="store_true", help="check the fusion, and write the expected error beside the transform"
    )
    add_allow_network_paths(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Read, check if asked to, write. Raises FusionError; the files appear together at the end."""
    from fusionviewer.cli.arguments.study_images import open_pair
    from fusionviewer.exchange.bids.layout import FOLDER, Layout
    from fusionviewer.session.exports.derivatives import Derivatives, label_of

    terminal: Terminal = args.terminal
    observer = terminal.observer
    subject, session = args.subject.removeprefix("sub-"), args.session.removeprefix("ses-")
    Layout(subject, "CT", "T1w", session)  # labels are looked at before images are
    remedy = "Open the study in the window first."
    pair = open_pair(args.study, observer.part(0.0, 0.4), remedy, anywhere=args.allow_network_paths)
    fixed, moving = args.fixed_as or label_of(pair.fixed), args.moving_as or label_of(pair.moving)
    layout = Layout(subject, fixed, moving, session)
    error = _checked(pair.state, observer.part(0.4, 0.6)) if args.check else None
    derivatives = Derivatives(pair.state, layout, args.out, error)
    if not os.path.isfile(args.out / "dataset_description.json"):
        terminal.say(f"fusionviewer: Warning: {args.out} has no dataset_description.json; is it the dataset's folder?")
    written = _write(derivatives, pair, args.interpolation, observer.part(0.6, 1.0))
    terminal.done()
    terminal.result("\n".join(str(args.out / FOLDER / path) for path in written))
    return 0


def _checked(state: FusionState, observer: Observer) -> CheckedError:
    from fusionviewer.exchange.bids.documents import CheckedError
    from fusionviewer.quality.guard.assessment import assess

    assert state.fixed is not None
    assert state.moving is not None
    assessment = assess(state.fixed, state.moving, state.alignment.moving_from_fixed, observer=observer)
    expected = assessment.expected
    if expected is None:
        return CheckedError(assessment.verdict, None, None)
    return CheckedError(assessment.verdict, expected.p95_mm, expected.p95_upper_mm)


def _write(derivatives: Derivatives, pair: StudyPair, interpolation: Any, observer: Observer) -> list[Path]:
    """All files under temporary names first, so that an interrupted run leaves none; their paths from ROOT on."""
    from fusionviewer.cli.arguments.result_folder import result_folder
    from fusionviewer.cli.inputs import refuse_overwriting
    from fusionviewer.cli.terminal import hold_interruptions
    from fusionviewer.exchange.bids.documents import description_text
    from fusionviewer.exchange.bids.layout import FOLDER
    from fusionviewer.exchange.transforms.registry import format_of, write_transform
    from fusionviewer.imaging.resampling.choice import VolumeChoice
    from fusionviewer.imaging.whole_files import SMALL_BYTES, read_whole, written_whole
    from fusionviewer.imaging.writers import write_volume

    layout, folder, pose = derivatives.layout, derivatives.root / FOLDER, pair.state.alignment.moving_from_fixed
    description = folder / "dataset_description.json"
    earlier = read_whole(description, SMALL_BYTES).decode("utf-8", "replace") if os.path.exists(description) else ""
    texts = {Path(description.name): description_text(earlier)}
    texts |= {Path(path): text for path, text in derivatives.texts(interpolation).items()}
    volumes = {Path(layout.resampled): VolumeChoice(interpolation=interpolation)}
    if derivatives.copies_reference:
        volumes[Path(layout.reference)] = VolumeChoice("fixed", "fixed", interpolation="nearest")
    transform = Path(layout.transform)
    images = tuple(str(volume.source.path) for volume in (pair.fixed, pair.moving) if volume.source)
    with ExitStack() as files:
        wanted = [*texts, transform, *volumes]  # the first ones appear last
        for place in sorted({(folder / path).parent for path in wanted}):
            files.enter_context(result_folder(place, lambda: None))
        for path in wanted:
            refuse_overwriting(folder / path, images)
        temporary = {path: files.enter_context(written_whole(folder / path)) for path in wanted}
        for path, text in texts.items():
            temporary[path].write_text(text, encoding="utf-8", newline="\n")
        write_transform(pose, temporary[transform], format_of("itk"))
        for number, (path, choice) in enumerate(volumes.items()):
            part = observer.part(number / len(volumes), (number + 1) / len(volumes))
            volume = choice.made(pair.fixed, pair.moving, pose, part.part(0.0, 0.6))
            write_volume(volume, temporary[path], part.part(0.6, 1.0))
        hold_interruptions()
    return wanted
