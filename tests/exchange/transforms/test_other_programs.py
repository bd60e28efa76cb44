"""The other programs' own readers, where they can be installed, map the same points with the files written here."""

from __future__ import annotations

import shutil
import subprocess
import warnings
from pathlib import Path
from typing import Any

import nibabel
import numpy as np
import pytest
import SimpleITK as sitk
from grids import OBLIQUE_LEFT, OBLIQUE_LPS, PAIRS, POSE, RAS, pair_on
from numpy.typing import NDArray

from fusionviewer.exchange.transforms.pair import Pair
from fusionviewer.exchange.transforms.registry import format_of, read_transform, write_transform
from fusionviewer.geometry import Grid, RigidTransform
from fusionviewer.imaging.resample import resample
from fusionviewer.imaging.volume import Volume, place_on_grid
from fusionviewer.imaging.writers import write_volume

Array = NDArray[np.float64]
POINTS = np.random.default_rng(2).uniform(-150, 150, (1000, 3))
TURN = np.diag([-1.0, -1.0, 1.0, 1.0])
ALL_GRIDS = pytest.mark.parametrize("grids", PAIRS.values(), ids=PAIRS)


def module(name: str) -> Any:
    """A module of another program, whose warnings are its own affair."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return pytest.importorskip(name)


def written(key: str, folder: Path, pair: Pair) -> Path:
    known = format_of(key)
    path = folder / f"pose{known.endings[0]}"
    write_transform(POSE, path, known, pair)
    return path


def image_on(grid: Grid) -> nibabel.Nifti1Image:
    """nibabel's image on a grid, with the 64-bit affine itself."""
    image = nibabel.Nifti1Image(np.zeros(grid.size, np.int16), TURN @ grid.point_from_index)
    image.header.set_zooms(grid.spacing)
    return image


def assert_maps_as_the_pose(moving_from_fixed_ras: Array) -> None:
    matrix = TURN @ moving_from_fixed_ras @ TURN
    found = POINTS @ matrix[:3, :3].T + matrix[:3, 3]
    assert np.linalg.norm(found - POSE.apply(POINTS), axis=1).max() < 1e-3


@ALL_GRIDS
def test_nitransforms_reads_flirts_matrix(tmp_path: Path, grids: tuple[Grid, Grid]) -> None:
    fsl = module("nitransforms.io.fsl")
    path = written("fsl", tmp_path, pair_on(*grids))
    fixed, moving = map(image_on, grids)
    theirs = fsl.FSLLinearTransform.from_filename(path).to_ras(moving=moving, reference=fixed)
    assert_maps_as_the_pose(theirs)


@ALL_GRIDS
def test_fslpy_reads_flirts_matrix(tmp_path: Path, grids: tuple[Grid, Grid]) -> None:
    flirt, image = module("fsl.transform.flirt"), module("fsl.data.image")
    path = written("fsl", tmp_path, pair_on(*grids))
    fixed, moving = (image.Image(image_on(grid)) for grid in grids)
    theirs = flirt.fromFlirt(flirt.readFlirt(str(path)), moving, fixed, "world", "world")
    assert_maps_as_the_pose(np.linalg.inv(theirs))


@ALL_GRIDS
def test_surfa_reads_freesurfers_lta(tmp_path: Path, grids: tuple[Grid, Grid]) -> None:
    surfa = module("surfa")
    theirs = surfa.load_affine(str(written("lta", tmp_path, pair_on(*grids))))
    assert_maps_as_the_pose(np.linalg.inv(theirs.convert(space="world").matrix))
    for geometry, grid in ((theirs.source, grids[1]), (theirs.target, grids[0])):
        np.testing.assert_allclose(geometry.vox2world.matrix, TURN @ grid.point_from_index, atol=1e-3)
        assert tuple(geometry.shape) == grid.size
    voxels = theirs.convert(space="vox")
    surfa.io.affine.save_affine(voxels, str(tmp_path / "voxels.lta"))
    assert read_transform(tmp_path / "voxels.lta").is_close(POSE, 1e-4)


def test_nitransforms_reads_afnis_matrix(tmp_path: Path) -> None:
    afni = module("nitransforms.io.afni")
    path = written("afni", tmp_path, pair_on(RAS, RAS))
    theirs = afni.AFNILinearTransform.from_filename(path).to_ras(moving=image_on(RAS), reference=image_on(RAS))
    assert_maps_as_the_pose(theirs)


@pytest.mark.parametrize("key", ["itk", "c3d"])
def test_greedy_resamples_with_the_file_as_we_do(tmp_path: Path, key: str) -> None:
    greedy = module("picsl_greedy").Greedy3D()
    fixed, moving = hills(OBLIQUE_LPS), hills(OBLIQUE_LEFT)
    path = written(key, tmp_path, Pair.of(fixed, moving))
    for name, volume in (("fixed", fixed), ("moving", moving)):
        sitk.WriteImage(volume.image, str(tmp_path / f"{name}.mha"))
    names = " ".join(str(tmp_path / name) for name in ("moving.mha", "out.mha"))
    greedy.execute(f"-V 0 -rf {tmp_path / 'fixed.mha'} -rm {names} -r {path}")
    assert_resampled_as_here(sitk.GetArrayFromImage(sitk.ReadImage(str(tmp_path / "out.mha"))), fixed, moving)


def test_transformix_resamples_with_the_file_as_we_do(tmp_path: Path) -> None:
    itk = module("itk")
    if not hasattr(itk, "transformix_filter"):
        pytest.skip("itk-elastix is not installed")
    fixed, moving = hills(OBLIQUE_LPS), hills(OBLIQUE_LEFT)
    path = written("elastix", tmp_path, Pair.of(fixed, moving))
    sitk.WriteImage(moving.image, str(tmp_path / "moving.mha"))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        parameters = itk.ParameterObject.New()
        parameters.AddParameterFile(str(path))
        theirs = itk.transformix_filter(itk.imread(str(tmp_path / "moving.mha"), itk.F), parameters)
        array = itk.array_from_image(theirs)
        np.testing.assert_allclose(np.array(theirs.GetDirection()), fixed.grid.direction, atol=1e-12)
    np.testing.assert_allclose(theirs.GetOrigin(), fixed.grid.origin, atol=1e-9)
    assert_resampled_as_here(array, fixed, moving)


@pytest.mark.skipif(not shutil.which("mrtransform"), reason="MRtrix is not installed")
def test_mrtrix_resamples_with_the_file_as_we_do(tmp_path: Path) -> None:
    fixed, moving = saved(tmp_path, OBLIQUE_LPS, OBLIQUE_LEFT)
    path = written("mrtrix", tmp_path, Pair.of(fixed, moving))
    run(f"mrtransform moving.nii -linear {path} -template fixed.nii -interp linear -oversample 1,1,1 out.nii", tmp_path)
    theirs = sitk.ReadImage(str(tmp_path / "out.nii"))  # with the axes in another order: at the same places
    again = sitk.Resample(theirs, fixed.image, sitk.Transform(), sitk.sitkLinear)
    assert_resampled_as_here(sitk.GetArrayFromImage(again), fixed, moving)


@pytest.mark.skipif(not shutil.which("mincresample"), reason="MINC is not installed")
def test_minc_resamples_with_the_file_as_we_do(tmp_path: Path) -> None:
    fixed, moving = saved(tmp_path, OBLIQUE_LPS, OBLIQUE_LPS)  # nii2mnc itself puts flipped oblique axes elsewhere
    path = written("xfm", tmp_path, Pair.of(fixed, moving))
    for name in ("fixed", "moving"):
        run(f"nii2mnc -quiet {name}.nii {name}.mnc", tmp_path)
    run(f"mincresample -quiet -transformation {path} -like fixed.mnc moving.mnc out.mnc", tmp_path)
    image = nibabel.load(tmp_path / "out.mnc")
    k, j, i = np.mgrid[tuple(slice(n) for n in fixed.array.shape)]
    points = fixed.grid.points(np.stack([i, j, k], axis=-1)) * [-1.0, -1.0, 1.0]
    voxels = np.round(nibabel.affines.apply_affine(np.linalg.inv(image.affine), points)).astype(int)
    assert_resampled_as_here(np.asarray(image.dataobj)[tuple(np.moveaxis(voxels, -1, 0))], fixed, moving)


def saved(folder: Path, fixed: Grid, moving: Grid) -> tuple[Volume, Volume]:
    """Two images, also as `fixed.nii` and `moving.nii`."""
    volumes = hills(fixed), hills(moving)
    for name, volume in zip(("fixed", "moving"), volumes, strict=True):
        write_volume(volume, folder / f"{name}.nii")
    return volumes


def run(command: str, folder: Path) -> None:
    subprocess.run(command.split(), cwd=folder, check=True, capture_output=True, timeout=60)


def assert_resampled_as_here(theirs: Array, fixed: Volume, moving: Volume) -> None:
    """Whether another program's image on the fixed grid is ours, but for the rim, where each has its own rule."""
    ours = resample(moving, fixed.grid, POSE, outside=0.0).array
    k, j, i = np.mgrid[tuple(slice(n) for n in ours.shape)]
    there = moving.grid.indices(POSE.apply(fixed.grid.points(np.stack([i, j, k], axis=-1))))
    inside = np.all((there > 2) & (there < np.array(moving.grid.size) - 3), axis=-1)
    assert inside.sum() > 10_000
    assert np.abs(theirs[inside] - ours[inside]).max() < 0.05


def hills(like: Grid) -> Volume:
    """An image with the axes of a grid, about the middle of space, whose values 0…1000 change slowly with the place."""
    size = (36, 35, 33)
    x, y, z = (float(v) for v in like.direction @ (-4.0 * (np.array(size) - 1) / 2))
    grid = Grid(size, (4.0, 4.0, 4.0), (x, y, z), like.direction)
    k, j, i = np.mgrid[0 : size[2], 0 : size[1], 0 : size[0]]
    at = grid.points(np.stack([i, j, k], axis=-1))
    values = 500.0 + 400.0 * np.sin(at[..., 0] / 30) * np.cos(at[..., 1] / 25) + at[..., 2]
    return Volume(place_on_grid(sitk.GetImageFromArray(values.astype(np.float32)), grid), "hills", "MR")


def test_nibabel_reads_where_the_moved_image_lies(tmp_path: Path) -> None:
    pair = pair_on(OBLIQUE_LPS, OBLIQUE_LEFT)
    image = nibabel.load(written("nifti", tmp_path, pair))
    for affine in (image.get_sform(), image.get_qform()):
        there = (TURN @ affine @ [3.0, 4.0, 5.0, 1.0])[:3]
        moved = (~POSE).apply(OBLIQUE_LEFT.points(np.array([3.0, 4.0, 5.0])))
        np.testing.assert_allclose(there, moved, atol=1e-3)
    assert pair.moving_volume is not None
    np.testing.assert_array_equal(np.asarray(image.dataobj).T, pair.moving_volume.array)


def test_a_file_with_six_digits_as_nitransforms_writes_it(tmp_path: Path) -> None:
    fsl = module("nitransforms.io.fsl")
    fixed, moving = image_on(OBLIQUE_LPS), image_on(RAS)
    ras = TURN @ POSE.matrix @ TURN
    fsl.FSLLinearTransform.from_ras(ras, moving=moving, reference=fixed).to_filename(tmp_path / "a.mat")
    found: RigidTransform = read_transform(tmp_path / "a.mat", "fsl", pair_on(OBLIQUE_LPS, RAS))
    assert np.linalg.norm(found.apply(POINTS) - POSE.apply(POINTS), axis=1).max() < 5e-3
