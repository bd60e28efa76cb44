"""All formats of transforms by their keys: one table for command line, window, library and documents."""

from __future__ import annotations

import shlex
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final, Literal

import numpy as np

from fusionviewer.errors import BadArgument, UnreadableInput
from fusionviewer.exchange.transforms import (
    dicom,
    elastix,
    freesurfer,
    fsl,
    itk,
    itk_binary,
    json_file,
    matlab,
    minc,
    nifti_header,
    plain_matrices,
)
from fusionviewer.exchange.transforms.numbers import WANTED
from fusionviewer.exchange.transforms.pair import Pair
from fusionviewer.exchange.transforms.proof import READERS, Proof, prove
from fusionviewer.exchange.transforms.recognition import keys_of
from fusionviewer.geometry import Matrix, RigidTransform
from fusionviewer.imaging.native_calls import check_name
from fusionviewer.imaging.whole_files import check_writable, written_whole
from fusionviewer.progress import Observer

TypedIn = Literal["shell", "MATLAB", "Python", ""]

Needs = Literal["", "fixed", "both", "moving"]
"""Which images a format's numbers mean nothing without."""


def _needs_nothing(pair: Pair) -> None:
    pass


@dataclass(frozen=True)
class TransformFormat:
    """A format of rigid transforms: how it is read and written, and what the user is told about it."""

    key: str
    title: str
    """The program or kind of file, as dialogs name it."""
    endings: tuple[str, ...]
    """Of its files, the usual one first."""
    read: Callable[[Path, Pair], RigidTransform]
    """`moving_from_fixed` in a file. Raises UnreadableInput, BadArgument where an image is missing that it needs."""
    write: Callable[[RigidTransform, Path, Pair], None]
    """Write `moving_from_fixed`. Raises CannotWrite, BadArgument where an image is missing that it needs."""
    matrix: Callable[[RigidTransform, Pair], Matrix]
    """The 4×4 that a file holds, or what its numbers are as a 4×4."""
    maps: str
    """What that 4×4 maps, with frame and unit."""
    command: str
    """What the receiver types to move the moving image onto the fixed one; {file}, {fixed}, {moving}, {out}."""
    reads_with: Needs = ""
    writes_with: Needs = ""
    note: str = ""
    """What else the user is told, as a sentence."""
    typed_in: TypedIn = "shell"
    """Where the command is typed; empty: it is a sentence about what to do."""
    check: Callable[[Pair], None] = _needs_nothing
    """Raises FusionError, before anything is read, where these images cannot have such a file."""
    with_voxels: bool = False
    """Whether it is read or written with the images themselves, which takes long; else with their grids at most."""

    def moves(self, fixed: str, moving: str) -> str:
        """What a file does, for these names of images."""
        return f"{self.title}: moves {moving} onto {fixed}"

    def told_for(self, file: str, fixed: str, moving: str) -> str:
        """The same after where it is typed, unless that is a shell."""
        command = self.command_for(file, fixed, moving)
        return f"{self.typed_in}: {command}" if self.typed_in not in ("shell", "") else command

    def command_for(self, file: str, fixed: str, moving: str) -> str:
        """The command with names put in."""
        names = {"file": file, "fixed": fixed, "moving": moving, "out": f"{_bare(moving)}-on-{_bare(fixed)}"}
        if self.typed_in == "shell":  # in which a name may need quotes
            names = {what: shlex.quote(name) for what, name in names.items()}
        return self.command.format(**names)


_FIXED_TO_MOVING_LPS: Final = "fixed to moving points, LPS mm"
_FIXED_TO_MOVING_RAS: Final = "fixed to moving points, RAS mm"
_MOVING_TO_FIXED_RAS: Final = "moving to fixed points, RAS mm"
_OF_VOXELS: Final = (
    "It belongs to the voxels as they lie in these two files: a copy that another program made from DICOM may have "
    "its axes flipped."
)


def _write_itk(moving_from_fixed: RigidTransform, path: Path, pair: Pair) -> None:
    itk.write_itk_transform(moving_from_fixed, path)


def _read_itk(path: Path, pair: Pair) -> RigidTransform:
    return itk.read_itk_transform(path)


FORMATS: Final = (
    TransformFormat(
        "itk", "ITK (text)", (".tfm", ".txt"), _read_itk, _write_itk, plain_matrices.lps_matrix, _FIXED_TO_MOVING_LPS,
        'SimpleITK.Resample(moving, fixed, SimpleITK.ReadTransform("{file}"))',
        note="3D Slicer, ITK-SNAP and ANTs read it as well.", typed_in="Python",
    ),
    TransformFormat(
        "itk-h5", "ITK (HDF5)", (".h5", ".hdf5"), itk_binary.read_h5, itk_binary.write_binary,
        plain_matrices.lps_matrix, _FIXED_TO_MOVING_LPS,
        'SimpleITK.Resample(moving, fixed, SimpleITK.ReadTransform("{file}"))', typed_in="Python",
    ),
    TransformFormat(
        "ants", "ANTs", (".mat",), itk_binary.read_ants, itk_binary.write_binary, plain_matrices.lps_matrix,
        _FIXED_TO_MOVING_LPS, "antsApplyTransforms -d 3 -i {moving} -r {fixed} -t {file} -o {out}.nii.gz",
    ),
    TransformFormat(
        "slicer", "3D Slicer", (".h5",), itk_binary.read_h5, itk_binary.write_binary, itk_binary.to_parent_matrix,
        "moving to fixed points, RAS mm: the “transform to parent” of the module Transforms, where it can be pasted",
        "Drag {file} into 3D Slicer, and in its module Transforms apply it to {moving}",
        note="The file itself maps fixed to moving points in LPS mm, as ITK's do; 3D Slicer turns it when it loads.",
        typed_in="",
    ),
    TransformFormat(
        "elastix", "elastix", (".txt",), elastix.read_elastix, elastix.write_elastix, plain_matrices.lps_matrix,
        _FIXED_TO_MOVING_LPS, "transformix -in {moving} -tp {file} -out FOLDER", writes_with="fixed",
    ),
    TransformFormat(
        "fsl", "FLIRT", (".mat",), fsl.read_fsl, fsl.write_fsl, fsl.flirt_matrix,
        "moving to fixed coordinates of FSL: mm from a corner of the voxels",
        "flirt -in {moving} -ref {fixed} -applyxfm -init {file} -out {out}", "both", "both", _OF_VOXELS,
    ),
    TransformFormat(
        "lta", "FreeSurfer (LTA)", (".lta",), freesurfer.read_lta, freesurfer.write_lta, freesurfer.lta_matrix,
        "moving to fixed points, scanner RAS mm",
        "mri_vol2vol --mov {moving} --targ {fixed} --lta {file} --o {out}.mgz", writes_with="both",
    ),
    TransformFormat(
        "registerdat", "FreeSurfer (register.dat)", (".dat",), freesurfer.read_registerdat,
        freesurfer.write_registerdat, freesurfer.register_matrix, "fixed to moving points, surface RAS mm",
        "mri_vol2vol --mov {moving} --targ {fixed} --reg {file} --o {out}.mgz", "both", "both", _OF_VOXELS,
    ),
    TransformFormat(
        "spm", "SPM", (".mat",), matlab.read_spm, matlab.write_spm, matlab.spm_matrix, _MOVING_TO_FIXED_RAS,
        "load('{file}'); spm_get_space('{moving}', M * spm_get_space('{moving}'))",
        note="SPM then changes the header of the moving image: keep a copy.", typed_in="MATLAB",
    ),
    TransformFormat(
        "afni", "AFNI", (".aff12.1D", ".1D"), plain_matrices.read_afni, plain_matrices.write_afni,
        plain_matrices.lps_matrix, "fixed (base) to moving (source) points, AFNI's DICOM order, which is LPS mm",
        "3dAllineate -realaxes -1Dmatrix_apply {file} -source {moving} -master {fixed} -prefix {out}.nii.gz",
        note="AFNI takes oblique images for straight ones unless told -realaxes.",
    ),
    TransformFormat(
        "c3d", "c3d and greedy", (".mat", ".txt"), plain_matrices.read_ras, plain_matrices.write_ras,
        plain_matrices.ras_matrix, _FIXED_TO_MOVING_RAS,
        "c3d {fixed} {moving} -reslice-matrix {file} -o {out}.nii.gz",
    ),
    TransformFormat(
        "niftyreg", "NiftyReg", (".txt",), plain_matrices.read_ras, plain_matrices.write_ras,
        plain_matrices.ras_matrix, _FIXED_TO_MOVING_RAS,
        "reg_resample -ref {fixed} -flo {moving} -trans {file} -res {out}.nii.gz",
    ),
    TransformFormat(
        "mrtrix", "MRtrix", (".txt",), plain_matrices.read_ras, plain_matrices.write_ras, plain_matrices.ras_matrix,
        _FIXED_TO_MOVING_RAS, "mrtransform {moving} -linear {file} -template {fixed} {out}.nii.gz",
    ),
    TransformFormat(
        "xfm", "MINC", (".xfm",), minc.read_xfm, minc.write_xfm, minc.xfm_matrix, _MOVING_TO_FIXED_RAS,
        "mincresample -transformation {file} -like {fixed} {moving} {out}.mnc",
    ),
    TransformFormat(
        "json", "JSON", (".json",), json_file.read_json, json_file.write_json, plain_matrices.lps_matrix,
        _FIXED_TO_MOVING_LPS, "json.load(open('{file}'))['moving_from_fixed']",
        typed_in="Python",
    ),
    TransformFormat(
        "nifti", "NIfTI header", (".nii.gz", ".nii"), nifti_header.read_nifti, nifti_header.write_nifti,
        nifti_header.sform_matrix, "indices of the moving image to points of fixed space, RAS mm",
        "Open {file} beside {fixed}: its header puts it there", "moving", "moving",
        "The moving image is written with another header; its voxels stay what they are.", "",
        with_voxels=True,
    ),
    TransformFormat(
        "dicom", "DICOM Spatial Registration", (".dcm",), dicom.read_dicom, dicom.write_dicom, dicom.dicom_matrix,
        "moving to fixed points, LPS mm",
        "Send {file} to the archive that has {fixed} and {moving}: it says how the two series lie",
        "both", "both", "It holds the patient's name and number, as the archive needs it.", "",
        with_voxels=True, check=dicom.check_pair,
    ),
)  # fmt: skip
"""In the order in which they are offered."""

KEYS: Final = tuple(known.key for known in FORMATS)

ENDINGS: Final = tuple(
    dict.fromkeys(ending.lower() for known in FORMATS if known.key != "nifti" for ending in known.endings)
)
"""Of all files of transforms, but for images."""


class Ambiguous(UnreadableInput):
    """A file may be of several formats that mean different transforms; `keys` are theirs."""

    def __init__(self, path: Path, keys: tuple[str, ...]) -> None:
        titles = " or ".join(format_of(key).title for key in keys)
        super().__init__(
            f"{path.name} may be of {titles}: its numbers do not say which.",
            f"Say which: {', '.join(keys[:-1])} or {keys[-1]}; convert takes it as --from KEY, other commands as "
            "--transform-format KEY, Python as read_transform(path, KEY).",
        )
        self.keys = keys


def format_of(key: str) -> TransformFormat:
    """The format with a key. Raises BadArgument if there is none."""
    for known in FORMATS:
        if known.key == key:
            return known
    raise BadArgument(f"There is no format “{key}” of transforms.", f"There are: {', '.join(KEYS)}.")


def recognised(path: Path, key: str = "") -> TransformFormat:
    """The format of a file: the one that `key` says, or the only one that it can be of.

    Raises BadArgument for an unknown key, Ambiguous, UnreadableInput.
    """
    check_name(path)
    if key:
        return format_of(key)
    keys = keys_of(path)
    if len(keys) > 1:
        raise Ambiguous(path, keys)
    return format_of(keys[0])


def read_transform(path: Path, key: str = "", pair: Pair = Pair()) -> RigidTransform:  # noqa: B008 - frozen
    """`moving_from_fixed` in a file of a transform, of whichever format.

    Raises UnreadableInput (Ambiguous where only a key can tell), BadArgument where an image is missing that it needs.
    """
    try:
        with np.errstate(over="raise", divide="raise", invalid="raise"):
            return recognised(path, key).read(path, pair)
    except FloatingPointError as problem:
        raise UnreadableInput(
            f"{path.name} does not hold a rigid transform: its numbers are too large or too small.", WANTED
        ) from problem


def format_for(path: Path, key: str = "") -> TransformFormat:
    """The format to write a file in: the one that `key` says, or the only one whose files end so.

    Raises BadArgument for an unknown key, and for an ending that says no format or several.
    """
    if key:
        return format_of(key)
    name = path.name.lower()
    fitting = [known for known in FORMATS if name.endswith(tuple(ending.lower() for ending in known.endings))]
    if name.endswith((".tfm", ".txt", ".h5")):  # these were ITK's alone for long
        fitting = fitting[:1]
    if len(fitting) == 1:
        return fitting[0]
    among = ", ".join(known.key for known in fitting or FORMATS)
    raise BadArgument(
        f"The name {path.name} does not say which format is meant.",
        f"Name it, on the command line with --to KEY, as one of: {among}.",
    )


def write_transform(
    moving_from_fixed: RigidTransform,
    path: Path,
    known: TransformFormat,
    pair: Pair = Pair(),  # noqa: B008 - frozen
    observer: Observer = Observer(),  # noqa: B008 - frozen
) -> Proof:
    """Write a transform and read it back by a second path; how well both agree.

    The file appears whole, and only if it agrees. Raises CannotWrite, Cancelled, BadArgument where its name has
    another ending than the format's, or where an image is missing that the format needs.
    """
    check_name(path)
    endings = tuple(ending.lower() for ending in known.endings)
    name = path.name.lower()
    if not name.endswith(endings) or name.endswith(".fusion.json"):  # which are studies
        raise BadArgument(
            f"{path.name} does not end as files of {known.title} do.",
            f"Let the name end in {' or '.join(known.endings)}, and not as a study's.",
        )
    check_writable(path)
    with written_whole(path, observer) as temporary:
        known.write(moving_from_fixed, temporary, pair)
        return prove(known.key, temporary, moving_from_fixed, pair)


def trial_proof(moving_from_fixed: RigidTransform, known: TransformFormat, pair: Pair) -> Proof:
    """How well a file of a format agrees with a transform, tried in a folder that is removed.

    Raises CannotWrite where it does not agree, or where there is no room.
    """
    with TemporaryDirectory() as folder:
        return write_transform(moving_from_fixed, Path(folder) / f"trial{known.endings[0]}", known, pair)


def _bare(name: str) -> str:
    """A file's name without what says its format."""
    return name.split(".", maxsplit=1)[0] or name


assert set(READERS) == set(KEYS)  # each format has its proof
