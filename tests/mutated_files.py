"""Good files of every kind that the program reads, and damaged copies of them, each made by a seed of its own."""

from __future__ import annotations

import gzip
import json
import random
import re
import struct
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import numpy as np
from archive_pairs import POSE, ct, made, mr

from fusionviewer.exchange.points.formats import FORMATS, write_points
from fusionviewer.exchange.points.named_points import NamedPoints
from fusionviewer.exchange.transforms.pair import Pair
from fusionviewer.exchange.transforms.registry import FORMATS as TRANSFORMS
from fusionviewer.exchange.transforms.registry import write_transform
from fusionviewer.imaging.volume import Volume
from fusionviewer.imaging.writers import write_volume
from fusionviewer.progress import Observer
from fusionviewer.quality.report.facts import FORMAT, REPORT_VERSION
from fusionviewer.quality.report.replay import replay_record
from fusionviewer.registration.presets import preset_files
from fusionviewer.session import edits
from fusionviewer.session.state import LandmarkPair, Target
from fusionviewer.session.study_file import save_study
from fusionviewer.session.view_state import ViewState


@dataclass(frozen=True)
class Kind:
    """Files of one kind: what a good one holds, how its name ends, and the command that reads one called {bad}."""

    name: str
    content: bytes
    ending: str
    command: str
    in_window: bool = True
    """Whether one can be dropped on the window."""

    @property
    def packed(self) -> bool:
        """Whether it is gzip around something."""
        return self.content.startswith(b"\x1f\x8b")


INFO: Final = "info {bad}"
NASTY_TEXTS: Final = (
    b"1e308", b"-1e300", b"1e999", b"nan", b"NaN", b"Infinity", b"9" * 5000, b"-1", b"0", b"1e19", b"1e-320", b"", b" ",
    b'"', b"null", b"[]", b"{}", b"true", b'"\\ud800"', b"\xff\xfe", b"\0", b"[" * 3000, b"99999999999999999999", b",",
    b"../../..", b"/", b"\\\\server\\share", b"%s%n", b"1_0", b"\xef\xbb\xbf", "٣".encode(), b"\r", b"0x10",
)  # fmt: skip
NASTY_NUMBERS: Final = (
    struct.pack("<f", float("nan")), struct.pack("<f", float("inf")), struct.pack("<f", -1e30),
    struct.pack("<f", 1e-40), struct.pack("<d", 1e300), struct.pack("<h", -1), struct.pack("<h", 32767),
    struct.pack("<i", -1), struct.pack("<i", 2**31 - 1), struct.pack("<q", 2**62), struct.pack(">i", 2**31 - 1),
    struct.pack("<f", 1e19), bytes(8), b"\xff" * 8,
)  # fmt: skip


def kinds(folder: Path) -> list[Kind]:
    """All kinds, from a small pair of DICOM series that is written into a folder, with what else commands need."""
    pair = made(folder / "dicom", mr(), ct())
    fixed, moving = pair.fixed, pair.moving
    out = [*_images(folder, moving), Kind("DICOM", next((folder / "dicom" / "moving").iterdir()).read_bytes(), ".dcm",
                                          INFO)]  # fmt: skip
    for name, volume in (("fixed", fixed), ("moving", moving)):
        write_volume(volume, folder / f"{name}.nii.gz")
    out += _texts(folder, fixed, moving)
    out += _points(folder)
    return out + _transforms(folder, fixed, moving)


def _images(folder: Path, volume: Volume) -> list[Kind]:
    found = []
    for ending in (".nii", ".nii.gz", ".nrrd", ".mha", ".mhd"):
        path = folder / f"good{ending}"
        write_volume(volume, path)
        found.append(Kind(ending, path.read_bytes(), ending, INFO))
    for ending, packed in ((".mgh", False), (".mgz", True)):
        content = _mgh(volume)
        found.append(Kind(ending, gzip.compress(content) if packed else content, ending, INFO))
    return found


def _mgh(volume: Volume) -> bytes:
    """A file of FreeSurfer: a header of 284 bytes, big-endian, then the voxels as 32-bit floats."""
    head = struct.pack(">7ih3f9f3f", 1, *volume.grid.size, 1, 3, 0, 1, *volume.grid.spacing,
                       *(-1, 0, 0, 0, 0, -1, 0, 1, 0), 0, 0, 0)  # fmt: skip
    return head.ljust(284, b"\0") + volume.array.astype(">f4").tobytes()


def _texts(folder: Path, fixed: Volume, moving: Volume) -> list[Kind]:
    pairs = tuple(LandmarkPair(f"P{n}", (n, 2.0 * n, 5.0), (n, 2.5 * n, -5.0)) for n in range(1, 5))
    state = edits.set_pose(edits.new_study(fixed, moving), POSE, "file")
    state = replace(state, landmarks=pairs, targets=(Target("tip", (1.0, 2.0, 3.0)),))
    save_study(state, ViewState(), folder / "good.fusion.json")
    report = {"format": FORMAT, "report_version": REPORT_VERSION, "replay": replay_record(state, ""),
              "versions": {"numpy": "1"}}  # fmt: skip
    preset = preset_files()["fast"].read_bytes()
    table = b"id,fixed,moving,start,max_shift_mm,roi\na,no.nii,no.nii,header,5,\nb,no.nii,no.nii,,,1 2 3 4 5 6\n"
    return [
        Kind(
            "study", (folder / "good.fusion.json").read_bytes(), ".fusion.json", "points {bad} --frame lps --out p.csv"
        ),
        Kind(
            "pose of a study",
            (folder / "good.fusion.json").read_bytes(),
            ".fusion.json",
            "convert {bad} o.tfm --to itk",
        ),
        Kind("preset", preset, ".toml", "register no.nii no.nii --out r --preset {bad}", in_window=False),
        Kind("batch", table, ".csv", "batch {bad} --out b --row none", in_window=False),
        Kind("report", json.dumps(report).encode(), ".json", "replay {bad} no.nii no.nii", in_window=False),
    ]


def _points(folder: Path) -> list[Kind]:
    points = NamedPoints.of({f"P{n}": np.array([n, 2.0 * n, n**2 % 7]) for n in range(1, 6)})
    found = []
    write_points(folder / "good-points.csv", points)
    for known in FORMATS:
        path = folder / f"of-{known.key}{known.endings[0]}"
        write_points(path, points, known.key)
        found.append(Kind(f"points {known.key}", path.read_bytes(), known.endings[0],
                          "landmarks {bad} good-points.csv --out l --images fixed.nii.gz moving.nii.gz"))  # fmt: skip
    pairs = b"name,fixed_x,fixed_y,fixed_z,moving_x,moving_y,moving_z\nA,1,2,3,4,5,6\nB,7,8,9,1,2,3\n"
    return [*found, Kind("pairs", pairs, ".csv", "landmarks {bad} good-points.csv --out l")]


def _transforms(folder: Path, fixed: Volume, moving: Volume) -> list[Kind]:
    found = []
    for known in TRANSFORMS:
        path = folder / f"of-{known.key}{known.endings[0]}"
        write_transform(POSE, path, known, Pair.of(fixed, moving), Observer())
        place, ending = ("dicom/", "") if known.key == "dicom" else ("", ".nii.gz")
        images = f"--fixed {place}fixed{ending} --moving {place}moving{ending}"
        command = f"convert {{bad}} o.json --from {known.key} --to json {images}"
        found.append(Kind(f"transform {known.key}", path.read_bytes(), known.endings[0], command))
    return found


def damaged(kind: Kind, seed: int) -> bytes:
    """A copy with something wrong in it: the same for the same seed."""
    chance = random.Random(f"{kind.name} {seed}")
    inner = kind.packed and chance.random() < 0.6
    content = gzip.decompress(kind.content) if inner else kind.content
    for _ in range(chance.choice((1, 1, 1, 2, 3, 10))):
        content = chance.choice(_WAYS)(content, chance)
    return gzip.compress(content, 1) if inner else content


def _bytes(content: bytes, chance: random.Random) -> bytes:
    out = bytearray(content or b"\0")
    at = chance.randrange(min(len(out), chance.choice((20, 400, len(out)))))
    match chance.randrange(3):
        case 0:
            out[at] = chance.randrange(256)
        case 1:
            del out[at : at + chance.randrange(1, 40)]
        case _:
            out[at:at] = chance.randbytes(chance.randrange(1, 12))
    return bytes(out)


def _number(content: bytes, chance: random.Random) -> bytes:
    """A field of a header, whatever it is, has become nonsense."""
    nasty = chance.choice(NASTY_NUMBERS)
    at = chance.randrange(max(1, min(len(content), 360) // 2)) * 2
    return content[:at] + nasty + content[at + len(nasty) :]


def _text(content: bytes, chance: random.Random) -> bytes:
    """A number or a word of a text has become nonsense."""
    places = list(re.finditer(rb"-?\d+\.?\d*(?:[eE][-+]?\d+)?|\"[^\"]*\"|\b[a-zA-Z_]+\b", content[:20_000]))
    if not places:
        return _bytes(content, chance)
    place = chance.choice(places)
    return content[: place.start()] + chance.choice(NASTY_TEXTS) + content[place.end() :]


def _lines(content: bytes, chance: random.Random) -> bytes:
    """A line is missing, there twice, or another one's."""
    lines = content.split(b"\n")
    at, other = chance.randrange(len(lines)), chance.randrange(len(lines))
    match chance.randrange(3):
        case 0:
            del lines[at]
        case 1:
            lines.insert(other, lines[at])
        case _:
            lines[at], lines[other] = lines[other], lines[at]
    return b"\n".join(lines)


def _cut(content: bytes, chance: random.Random) -> bytes:
    return content[: chance.randrange(len(content) + 1)]


def _json(content: bytes, chance: random.Random) -> bytes:
    """A value of a JSON document is of another type, or not there."""
    try:
        document = json.loads(content)
    except (ValueError, RecursionError):
        return _text(content, chance)
    place: Any = document
    for _ in range(chance.randrange(1, 6)):
        keys = list(place) if isinstance(place, dict) else list(range(len(place))) if isinstance(place, list) else []
        if not keys:
            break
        key = chance.choice(keys)
        if not isinstance(place[key], (dict, list)) or not place[key] or chance.random() < 0.3:
            if chance.random() < 0.2:
                del place[key]
            else:
                place[key] = chance.choice((None, [], {}, "", -1, 0, 1e308, 1e19, True, "x" * 3000, [[[[]]]], "\ud800"))
            break
        place = place[key]
    return json.dumps(document).encode()


_WAYS: Final[tuple[Callable[[bytes, random.Random], bytes], ...]] = (_bytes, _number, _text, _text, _lines, _cut, _json)
