"""`fusionviewer report`: everything about a fusion, as a page to print or as numbers."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from fusionviewer.cli.arguments.pair_arguments import add_allow_network_paths, add_series_descriptions
from fusionviewer.errors import BadArgument

if TYPE_CHECKING:
    from fusionviewer.cli.terminal import Terminal
    from fusionviewer.progress import Observer
    from fusionviewer.quality.report.facts import Report

_ENDINGS: Final = (".html", ".pdf", ".json")
_REMEDY: Final = "Put the image back, or open the study in the window, choose the image there, and save it."


def add_parser(subparsers: argparse._SubParsersAction[Any]) -> None:
    """Add the command to the program's parser."""
    parser = subparsers.add_parser(
        "report",
        help="write everything about a fusion as a page to print, or as numbers",
        description="Write a report of a study: images, transform, settings, findings, expected error, landmarks, "
        "review and screenshots. The .json holds all that fusionviewer replay needs to make the same run again.",
    )
    parser.add_argument("study", metavar="STUDY", type=Path, help="a study (.fusion.json)")
    parser.add_argument(
        "--out", metavar="FILE", type=Path, required=True, action="append",
        help=f"what to write, by its ending: {', '.join(_ENDINGS)}; may be given again for another one",
    )  # fmt: skip
    parser.add_argument("--tolerance", metavar="MM", help="compare the errors with this tolerance as well, in mm")
    parser.add_argument(
        "--names", action="store_true",
        help="write the names of images, landmarks and targets and the note of the review: they may tell who the "
        "patient is",
    )  # fmt: skip
    add_series_descriptions(parser)
    add_allow_network_paths(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Read, judge, write. Raises FusionError; what can be known beforehand is looked at before anything is read."""
    from fusionviewer.cli.arguments.looks import millimetres_from
    from fusionviewer.cli.arguments.study_images import open_pair
    from fusionviewer.cli.inputs import refuse_replacing_a_study
    from fusionviewer.cli.terminal import labelled
    from fusionviewer.imaging.whole_files import check_writable
    from fusionviewer.quality.report.facts import report_of
    from fusionviewer.session.study_file import SUFFIX

    terminal: Terminal = args.terminal
    observer = terminal.observer
    for path in args.out:
        if path.suffix.lower() not in _ENDINGS:
            raise BadArgument(
                f"A report cannot be written as {path.name}.", f"Choose a name that ends in {', '.join(_ENDINGS)}."
            )
        if path.name.lower().endswith(SUFFIX):
            raise BadArgument(f"{path.name} is the name of a study.", "Choose another name for the report.")
        check_writable(path)
        refuse_replacing_a_study(path, args.study)
    tolerance = None if args.tolerance is None else millimetres_from("--tolerance", args.tolerance)
    pair = open_pair(
        args.study,
        observer.part(0.0, 0.35),
        _REMEDY,
        anywhere=args.allow_network_paths,
        descriptions=args.series_descriptions,
    )
    report = report_of(
        pair.state,
        tolerance_mm=tolerance,
        names=args.names,
        mask_fingerprint=pair.mask_fingerprint,
        observer=labelled(observer.part(0.35, 0.95), "Reporting"),
    )
    for path in args.out:
        write_report(report, path, observer)
    terminal.done()
    terminal.result("\n".join(f"{path}: the report of {report.record['study']}." for path in args.out))
    return 0


def write_report(report: Report, path: Path, observer: Observer) -> None:
    """Write a report as the ending of its name says; it appears whole or not at all. Raises CannotWrite, Cancelled."""
    from fusionviewer.imaging.whole_files import written_whole

    content = _content(report, path.suffix.lower())
    with written_whole(path, observer) as temporary:
        temporary.write_bytes(content)


def _content(report: Report, ending: str) -> bytes:
    """What a file with this ending holds."""
    if ending == ".json":
        return (json.dumps(report.record, indent=1, ensure_ascii=False, allow_nan=False) + "\n").encode()
    if ending == ".pdf":
        from fusionviewer.quality.report.paper import pdf_of

        return pdf_of(report)
    from fusionviewer.quality.report.page import html_of

    return html_of(report).encode()
