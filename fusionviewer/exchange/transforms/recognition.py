"""Which formats a file of a transform may be of, by what it holds and how its name ends."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Final

from fusionviewer.errors import FusionError, UnreadableInput
from fusionviewer.exchange.text_files import number_in
from fusionviewer.exchange.transforms import itk, json_file, minc
from fusionviewer.exchange.transforms.dicom import is_registration
from fusionviewer.exchange.transforms.matlab import arrays_in
from fusionviewer.exchange.transforms.numbers import WANTED, read_bytes, read_text

_HDF5: Final = b"\x89HDF\r\n"
_OURS: Final = (".tfm", ".h5", ".hdf5", ".mat", ".lta", ".xfm", ".1d")
"""How the names of transforms alone end."""

_SHARED: Final = (".txt", ".dat", ".json")
"""How the names of transforms and of other files end."""

_RAS_KEYS: Final = ("c3d", "niftyreg", "mrtrix")
"""Their files are the same 4×4, so that which of them a file is of does not matter."""


def holds_transform(path: Path) -> bool:
    """Whether a file is one of a transform: by its ending, or where others share it by what it holds. No image is."""
    name = path.name.lower()
    if os.path.isdir(path):
        return False
    if not name.endswith((*_OURS, *_SHARED)):
        return is_registration(path)
    if name.endswith(_OURS):
        return True  # what reads it says what is wrong with it
    try:
        return bool(keys_of(path))
    except FusionError:
        return False


def keys_of(path: Path) -> tuple[str, ...]:
    """The keys of the formats that a file may be of: one, or several that mean different transforms.

    Raises UnreadableInput where it is of none of them.
    """
    name = path.name.lower()
    if name.endswith((".nii", ".nii.gz")):
        return ("nifti",)
    if name.endswith(".tfm"):  # ITK's alone; its reader says what is wrong with it
        return ("itk",)
    if name.endswith((".h5", ".hdf5")) or _starts_as_hdf5(path):
        return ("itk-h5",)
    if name.endswith(".dcm") or is_registration(path):
        return ("dicom",)
    content = read_bytes(path)
    if b"\0" in content:
        return _binary_keys(path)
    text = read_text(path)
    if itk.SIGN in text.split("\n", 1)[0]:
        return ("itk",)
    if minc.SIGN in text.split("\n", 1)[0]:
        return ("xfm",)
    if json_file.FORMAT in text:
        return ("json",)
    if "(TransformParameters " in text:
        return ("elastix",)
    if re.search(r"^\s*nxforms\s*=", text, re.MULTILINE):
        return ("lta",)
    return _matrix_keys(path, text)


def _starts_as_hdf5(path: Path) -> bool:
    if not os.path.isfile(path):
        return False  # what reads it says why it cannot be read
    try:
        with path.open("rb") as file:
            return file.read(len(_HDF5)) == _HDF5
    except OSError:
        return False


def _binary_keys(path: Path) -> tuple[str, ...]:
    names = list(arrays_in(path))
    if "M" in names:
        return ("spm",)
    if any("Transform" in name for name in names):
        return ("ants",)
    raise UnreadableInput(f"{path.name} holds no transform of SPM, ITK or ANTs.", WANTED)


def _matrix_keys(path: Path, text: str) -> tuple[str, ...]:
    """Of a text with the numbers of a matrix, which of several programs may have written."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if len(lines) >= 8 and all(_numbers(line) == 4 for line in lines[4:8]) and all(map(_lone, lines[1:4])):
        return ("registerdat",)
    plain = [line for line in lines if not line.startswith("#")]
    counts = [_numbers(line) for line in plain]
    if counts == [12]:
        return ("afni",)
    if counts not in ([4, 4, 4, 4], [4, 4, 4]):
        raise UnreadableInput(f"{path.name} is not a transform of a kind that fusionviewer knows.", WANTED)
    name = path.name.lower()
    if name.endswith(".1d"):
        return ("afni",)
    if "command_history" in text:
        return ("mrtrix",)
    return ("fsl", "c3d") if name.endswith(".mat") else (*_RAS_KEYS, "fsl")


def _numbers(line: str) -> int:
    """How many numbers a line is made of; 0 if it holds anything else."""
    words = line.split("#", 1)[0].replace(",", " ").split()
    return len(words) if all(number_in(word) is not None for word in words) else 0


def _lone(line: str) -> bool:
    return _numbers(line) == 1
