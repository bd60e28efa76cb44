"""`fusionviewer info`: what is in an image file or a DICOM folder. Nothing that names the patient."""

from __future__ import annotations

import argparse
import json
import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from fusionviewer.cli.terminal import Terminal
    from fusionviewer.geometry import Grid
    from fusionviewer.imaging.dicom.series_choice import SeriesChoice, SeriesKey
    from fusionviewer.imaging.volume import Volume


def add_parser(subparsers: argparse._SubParsersAction[Any]) -> None:
    """Add the command to the program's parser."""
    parser = subparsers.add_parser(
        "info",
        help="say what is in an image file or a DICOM folder",
        description="Say what is in an image file or a DICOM folder: size, orientation, values, and what is odd.",
        epilog="FOLDER#2 is the second series of a DICOM folder that holds several, FOLDER#2.3 its third volume, "
        "FILE#3 the third volume of a 4D file. Behind it can stand how it is to be read: FILE#qform or FILE#sform, and "
        "FOLDER#2#spacing=0.5,0.5,2 (mm) where the voxel size is not known. All commands take images so.",
    )
    parser.add_argument("image", metavar="FILE|FOLDER")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Read and describe. Raises FusionError."""
    from fusionviewer.imaging.readers import SeveralSeries, locate, read_volume

    terminal: Terminal = args.terminal
    path, series = locate(args.image, terminal.observer.part(0.0, 0.1))
    try:
        volume = read_volume(path, series, terminal.observer.part(0.1, 1.0))
    except SeveralSeries as several:
        likeliest = _likeliest(several.choices)
        listed = [_series_facts(choice, likeliest.get(choice.key, "")) for choice in several.choices]
        facts: dict[str, Any] = {"path": str(path), "series": listed}
        lines = _series_lines(path, several.choices, likeliest)
    else:
        facts = {"path": str(path), **_volume_facts(volume), "remedies": _remedies(volume, args.image)}
        lines = _volume_lines(facts)
    terminal.result(json.dumps(facts, indent=1, ensure_ascii=False) if args.json else "\n".join(lines))
    return 0


def _volume_facts(volume: Volume) -> dict[str, Any]:
    import numpy as np

    grid = volume.grid
    return {
        "name": volume.name,
        "modality": volume.modality,
        "acquired": volume.acquired,
        "size": list(grid.size),
        "spacing_mm": list(grid.spacing),
        "extent_mm": [float(mm) for mm in grid.extent_mm],
        "origin_lps_mm": list(grid.origin),
        "centre_lps_mm": [float(mm) for mm in grid.centre],
        "direction": grid.direction.tolist(),
        "orientation": orientation(grid),
        "oblique_deg": oblique_deg(grid),
        "left_handed": bool(np.linalg.det(grid.direction) < 0),
        "pixel_type": volume.array.dtype.name,
        "range": list(volume.value_range),
        "fingerprint": volume.fingerprint,
        "notes": list(volume.notes),
    }


def _remedies(volume: Volume, argument: str) -> list[dict[str, str]]:
    """What can be done about the notes by giving the image in another way: how, and what it is given as then."""
    from fusionviewer.imaging.reading.options import split_reference
    from fusionviewer.imaging.reading.remedies import remedies_of

    before = split_reference(argument)[0]
    return [
        {
            "note": remedy.note,
            "remedy": remedy.title,
            "image": f"{before}{split_reference(remedy.reference)[1].text}",
        }
        for remedy in remedies_of(volume)
        if remedy.kind == "read"
    ]


def _note_lines(facts: dict[str, Any]) -> list[str]:
    """The notes, and below each what can be done about it."""
    lines = []
    for note in facts["notes"]:
        lines.append(f"  note         {note}")
        lines.extend(
            f"  remedy       {remedy['remedy']}: say {_typed(remedy['image'])}"
            for remedy in facts["remedies"]
            if remedy["note"] == note
        )
    return lines


def _typed(image: str) -> str:
    """An image as it is typed in a shell: in quotes where it needs them, which # inside of a word does not."""
    plain = image.replace("#", "")
    return image if shlex.quote(plain) == plain else shlex.quote(image)


def _volume_lines(facts: dict[str, Any]) -> list[str]:
    low, high = facts["range"]
    unit = " HU" if facts["modality"] == "CT" else ""
    turned = facts["oblique_deg"]
    axes = "i, j, k run towards " + ", ".join(_SIDES[letter] for letter in facts["orientation"])
    return [
        f"{facts['name']}",
        f"  modality     {facts['modality'] or 'not known'}",
        *([f"  made on      {facts['acquired']}"] if facts["acquired"] else []),
        f"  size         {' × '.join(str(n) for n in facts['size'])} voxels",
        f"  voxel        {' × '.join(f'{mm:.4g}' for mm in facts['spacing_mm'])} mm",
        f"  extent       {' × '.join(f'{mm:.1f}' for mm in facts['extent_mm'])} mm",
        f"  orientation  {facts['orientation']}: {axes}"
        + (f"; oblique by {turned:.1f}°" if turned >= 0.05 else "")
        + ("; left-handed" if facts["left_handed"] else ""),
        f"  centre       {', '.join(f'{mm:.1f}' for mm in facts['centre_lps_mm'])} mm (LPS)",
        f"  values       {low:g} to {high:g}{unit}, {facts['pixel_type']}",
        f"  fingerprint  {facts['fingerprint']}",
        *_note_lines(facts),
    ]


def _series_facts(choice: SeriesChoice, why: str) -> dict[str, Any]:
    """`why` it is the likeliest CT or MR of the folder; empty if it is not."""
    return {
        "uid": choice.uid,
        "description": choice.description,
        "modality": choice.modality,
        "n_images": choice.n_images,
        "size": list(choice.size),
        "spacing_mm": list(choice.spacing),
        "usable": choice.usable,
        "why_not": choice.why_not,
        "needs_spacing": choice.needs_spacing,
        "part": choice.part,
        "part_name": choice.part_name,
        "choose": f"#{choice.number}",
        "number": choice.facts.number,
        "patient": choice.patient,
        "study": choice.facts.study_uid,
        "study_when": choice.facts.study_when,
        "study_description": choice.facts.study_description,
        "when": choice.facts.when,
        "kernel": choice.facts.kernel,
        "sequence": choice.facts.sequence,
        "slice_mm": choice.slice_mm,
        "plane": choice.plane,
        "notes": list(choice.notes),
        "likeliest": why,
    }


def _likeliest(choices: tuple[SeriesChoice, ...]) -> dict[SeriesKey, str]:
    from fusionviewer.imaging.dicom.likeliest import likeliest_pair

    pair = likeliest_pair(choices)
    return {likely.choice.key: likely.why for likely in (pair.mr, pair.ct) if likely is not None}


def _series_lines(path: Path, choices: tuple[SeriesChoice, ...], likeliest: dict[SeriesKey, str]) -> list[str]:
    from fusionviewer.imaging.dicom import series_words

    lines = [f"{path} holds {choices[-1].listed} series:"]
    for choice in choices:
        size = f"{' × '.join(str(n) for n in choice.size)} voxels, " if choice.usable else ""
        lines.append(
            f"  #{choice.number}  {choice.modality:<3} {size}{choice.n_images} images"
            + (f"  “{choice.description}”" if choice.description else "")
            + (f"  {choice.part_name}" if choice.part_name else "")
        )
        lines.append(f"      patient {choice.patient} · {series_words.facts(choice)}")
        if not choice.usable:
            lines.append(f"      not usable: {choice.why_not}")
        if choice.needs_spacing:
            lines.append(f"      with its voxel size: {path}#{choice.number}#spacing=X,Y,Z (mm)")
        lines.extend(f"      note: {note}" for note in choice.notes)
        if choice.key in likeliest:
            lines.append(f"      {likeliest[choice.key]}")
    last = [choice for choice in choices if choice.usable][-1]
    return [*lines, f"To use the last of them that can be opened, say: {path}#{last.number}"]


_LETTERS = (("L", "R"), ("P", "A"), ("S", "I"))
_SIDES = {"L": "left", "R": "right", "P": "the back", "A": "the front", "S": "the head", "I": "the feet"}


def orientation(grid: Grid) -> str:
    """Three letters: towards which side of the patient the indices i, j and k grow, for example LPS."""
    axes = _nearest_axes(grid)
    return "".join(_LETTERS[axis][0 if grid.direction[axis, column] > 0 else 1] for column, axis in enumerate(axes))


def oblique_deg(grid: Grid) -> float:
    """The largest angle between an axis of the image and the nearest axis of the patient."""
    import math

    cosines = [abs(float(grid.direction[axis, column])) for column, axis in enumerate(_nearest_axes(grid))]
    return max(math.degrees(math.acos(min(1.0, cosine))) for cosine in cosines)


def _nearest_axes(grid: Grid) -> tuple[int, int, int]:
    """The patient's axis that each image axis follows best, each taken once."""
    from itertools import permutations

    def fit(axes: tuple[int, ...]) -> float:
        return sum(abs(float(grid.direction[axis, column])) for column, axis in enumerate(axes))

    i, j, k = max(permutations(range(3)), key=fit)
    return i, j, k
