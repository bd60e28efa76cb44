"""The fused image as a volume: the same greys as the pictures, and where other readers find it."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import nibabel
import numpy as np
import pytest
import SimpleITK as sitk

from fusionviewer.errors import BadArgument, Cancelled, CannotWrite
from fusionviewer.geometry import AXIAL, Grid, RigidTransform, SlicePlane, rotation_from_vector
from fusionviewer.imaging.reslice import Viewport
from fusionviewer.imaging.stored import nifti
from fusionviewer.imaging.volume import Volume, image_on_grid
from fusionviewer.imaging.writers import SLAB_SUFFIXES, write_slabs
from fusionviewer.progress import Observer, Progress
from fusionviewer.rendering import fused_volume
from fusionviewer.rendering.blends import Blend, BlendMode
from fusionviewer.rendering.fused_volume import VOLUME_MODES, fused_slabs, write_fused
from fusionviewer.rendering.slices import Layer, SliceRenderer, SliceRequest
from fusionviewer.rendering.window import Window

IDENTITY = RigidTransform.identity()
POSE = RigidTransform.from_euler((4.0, -3.0, 6.0, 3.0, -5.0, 2.0), np.zeros(3))


def noisy(seed: int, grid: Grid, modality: str) -> Volume:
    """Smooth bumps and noise around 500, which fill a grid."""
    values = np.random.default_rng(seed).normal(0, 120, grid.size[::-1])
    k, j, i = np.indices(values.shape)
    values += 500 + 400 * np.sin(i / 5 + seed) * np.cos(j / 7) * np.sin(k / 6)
    return Volume(image_on_grid(values.astype(np.int16), grid), "noise", modality)  # type: ignore[arg-type]


FIXED = noisy(1, Grid.axis_aligned((40, 36, 30), (2.0, 2.0, 2.0), np.array([1.0, 2.0, 3.0])), "MR")
MOVING = noisy(2, Grid.axis_aligned((30, 44, 34), (2.5, 1.5, 2.0), np.array([4.0, -2.0, 0.0])), "CT")
OBLIQUE = Grid((7, 6, 5), (1.0, 1.5, 2.5), (-3.0, 4.0, 5.5), rotation_from_vector(np.array([0.3, -0.2, 0.5])))
LEFT_HANDED = Grid((7, 6, 5), (1.0, 1.5, 2.5), (-3.0, 4.0, 5.5), np.diag([1.0, -1.0, 1.0]))


def layers(colours: str = "grey", window: Window = Window(500, 900)) -> tuple[Layer, Layer]:  # noqa: B008
    return Layer(FIXED, window), Layer(MOVING, Window(450, 700), POSE, colours)  # type: ignore[arg-type]


def whole(
    back: Layer, front: Layer, grid: Grid, blend: Blend, kind: str = "rgb", pose: RigidTransform = IDENTITY
) -> Any:
    return np.concatenate(list(fused_slabs(back, front, grid, pose, blend, kind=kind)))  # type: ignore[arg-type]


BLENDS = [
    *(Blend(fade=share) for share in (0.0, 0.3, 0.5, 0.95, 1.0)),
    *(
        Blend(BlendMode.TWO_COLOUR, fade=share, pair=pair)
        for share in (0.2, 0.5)
        for pair in ("amber-blue", "magenta-green")
    ),
    Blend(BlendMode.CHECKERBOARD, checker_mm=9.0),
    Blend(BlendMode.CHECKERBOARD, checker_mm=9.0, swapped=True),
]


@pytest.mark.parametrize("blend", BLENDS, ids=lambda b: f"{b.mode}-{b.fade}-{b.pair}-{b.swapped}")
@pytest.mark.parametrize(("colours", "window"), [("grey", Window(500, 900)), ("viridis", Window(400, 300, 900))])
def test_a_plane_of_the_volume_is_what_the_renderer_draws(blend: Blend, colours: str, window: Window) -> None:
    back, front = layers(colours, window)
    grid = FIXED.grid
    volume = whole(back, front, grid, blend)
    assert volume.shape == (30, 36, 40, 3)
    seen = 0
    for k in (0, 14, 15, 17, 29):
        x, y, z = grid.points(np.array([0, 0, k]))
        plane = SlicePlane.through(np.array([x, y, z]), AXIAL)
        request = SliceRequest(plane, Viewport(40, 36, float(x), float(y), 2.0), back, front, blend)
        drawn = SliceRenderer().render(request)[..., 2::-1]
        if blend.mode is BlendMode.CHECKERBOARD and np.floor(z / blend.checker_mm) % 2:
            continue  # cubes take turns from layer to layer; the squares of a picture do not
        assert np.array_equal(volume[k], drawn)
        seen += 1
    assert seen >= 2


def test_a_scalar_volume_is_the_grey_of_the_picture() -> None:
    back, front = layers()
    for blend in (Blend(fade=0.3), Blend(BlendMode.CHECKERBOARD)):
        colours = whole(back, front, FIXED.grid, blend)
        greys = whole(back, front, FIXED.grid, blend, "scalar")
        assert greys.dtype == np.uint8
        assert np.array_equal(greys, colours[..., 1])
        assert np.ptp(colours, axis=-1).max() == 0
        assert np.ptp(greys) > 200


def test_cubes_take_turns_along_all_three_axes() -> None:
    grid = Grid.axis_aligned((8, 8, 8), (5.0, 5.0, 5.0), np.zeros(3))  # centres at ±2.5, ±7.5 … mm
    black, white = (Volume(image_on_grid(np.full((8, 8, 8), v, np.int16), grid), "flat") for v in (0, 1000))
    blend = Blend(BlendMode.CHECKERBOARD, checker_mm=10.0)
    front = whole(Layer(black, Window(500, 1000)), Layer(white, Window(500, 1000)), grid, blend, "scalar") > 128
    k, j, i = np.indices((8, 8, 8)) // 2
    assert np.array_equal(front, (i + j + k) % 2 == 1)  # the cube that begins at the origin, 2 + 2 + 2, is the back's


def test_on_the_moving_grid_the_moving_image_is_itself() -> None:
    back, front = layers()
    greys = whole(back, front, MOVING.grid, Blend(fade=1.0), "scalar", ~POSE)
    alone = front.window.greys(MOVING.array.astype(np.float32))
    assert np.abs(greys.astype(int) - alone).max() <= 1  # the pose there and back rounds in the 16th digit
    assert (greys == alone).mean() > 0.999


def test_slabs_join_without_a_seam(monkeypatch: pytest.MonkeyPatch) -> None:
    back, front = layers()
    blend = Blend(BlendMode.CHECKERBOARD, checker_mm=7.0)
    one = whole(back, front, FIXED.grid, blend)
    monkeypatch.setattr(fused_volume, "_SLAB_VOXELS", 40 * 36 * 4)
    slabs = list(fused_slabs(back, front, FIXED.grid, IDENTITY, blend))
    assert [len(slab) for slab in slabs] == [4] * 7 + [2]
    assert np.array_equal(np.concatenate(slabs), one)


@pytest.mark.parametrize("mode", [mode for mode in BlendMode if mode not in VOLUME_MODES])
def test_modes_without_a_volume_are_refused(mode: BlendMode) -> None:
    with pytest.raises(BadArgument, match=mode.value):
        list(fused_slabs(*layers(), FIXED.grid, IDENTITY, Blend(mode)))


def test_a_scalar_has_no_colours() -> None:
    for colours, blend in (("hot", Blend()), ("grey", Blend(BlendMode.TWO_COLOUR))):
        with pytest.raises(BadArgument, match="no colours"):
            list(fused_slabs(*layers(colours), FIXED.grid, IDENTITY, blend, kind="scalar"))


def numbers(grid: Grid, components: int) -> np.ndarray:
    shape = (*grid.size[::-1], components) if components == 3 else grid.size[::-1]
    return np.random.default_rng(5).integers(0, 256, shape).astype(np.uint8)


def in_nibabel(path: Path) -> tuple[np.ndarray, nibabel.Nifti1Image]:
    """The voxels as (k, j, i[, 3])."""
    image = nibabel.load(path)
    raw = np.asanyarray(image.dataobj)
    if raw.dtype.names:
        raw = np.stack([raw[c] for c in ("R", "G", "B")], axis=-1)
        return raw.transpose(2, 1, 0, 3), image
    return raw.transpose(2, 1, 0), image


@pytest.mark.parametrize("components", [1, 3])
@pytest.mark.parametrize("suffix", SLAB_SUFFIXES)
@pytest.mark.parametrize("grid", [FIXED.grid, OBLIQUE, LEFT_HANDED], ids=["straight", "oblique", "left-handed"])
def test_other_readers_find_the_voxels_where_they_belong(
    tmp_path: Path, grid: Grid, suffix: str, components: int
) -> None:
    array, path = numbers(grid, components), tmp_path / f"fused{suffix}"
    write_slabs(iter([array[:2], array[2:]]), grid, components, path)  # type: ignore[arg-type]
    image = sitk.ReadImage(str(path))
    assert image.GetNumberOfComponentsPerPixel() == components
    assert np.array_equal(sitk.GetArrayFromImage(image), array)
    np.testing.assert_allclose(image.GetOrigin(), grid.origin, atol=1e-4)
    np.testing.assert_allclose(image.GetSpacing(), grid.spacing, atol=1e-5)
    np.testing.assert_allclose(np.reshape(image.GetDirection(), (3, 3)), grid.direction, atol=1e-5)
    assert [p.name for p in tmp_path.iterdir()] == [path.name]
    if nifti.is_nifti(path):
        voxels, seen = in_nibabel(path)
        assert np.array_equal(voxels, array)
        ras_from_lps = np.diag([-1.0, -1.0, 1.0, 1.0])
        for affine, code in (seen.get_sform(coded=True), seen.get_qform(coded=True)):
            assert code > 0
            np.testing.assert_allclose(affine, ras_from_lps @ grid.point_from_index, atol=1e-4)
        header = seen.header
        assert int(header["dim"][0]) == 3
        assert (int(header["datatype"]), int(header["bitpix"])) == ((128, 24) if components == 3 else (2, 8))
        assert int(header["intent_code"]) == 0
        assert header.get_xyzt_units()[0] == "mm"
        assert bytes(header["descrip"]).strip(b"\0") == b""


def test_nothing_in_the_file_says_when_or_under_what_name_it_was_made(tmp_path: Path) -> None:
    array = numbers(OBLIQUE, 3)
    for name in ("Doe_Jane.nii.gz", "other.nii.gz"):
        write_slabs(iter([array]), OBLIQUE, 3, tmp_path / name)
    one, other = ((tmp_path / name).read_bytes() for name in ("Doe_Jane.nii.gz", "other.nii.gz"))
    assert one == other


@pytest.mark.parametrize("suffix", SLAB_SUFFIXES)
def test_a_fused_volume_appears_whole_or_not_at_all(
    tmp_path: Path, suffix: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fused_volume, "_SLAB_VOXELS", 40 * 36 * 4)
    back, front = layers()
    stop, heard = threading.Event(), []

    def listen(progress: Progress) -> None:
        heard.append(progress.fraction)
        if progress.fraction > 0.5:
            stop.set()

    path = tmp_path / f"fused{suffix}"
    with pytest.raises(Cancelled):
        write_fused(back, front, Blend(), path, observer=Observer(listen, stop))
    assert not list(tmp_path.iterdir())
    with pytest.raises(CannotWrite):
        write_fused(back, front, Blend(), tmp_path / "missing" / f"fused{suffix}")
    heard.clear()
    write_fused(back, front, Blend(), path, grid="moving", observer=Observer(lambda p: heard.append(p.fraction)))
    assert heard == sorted(heard)
    assert sitk.ReadImage(str(path)).GetSize() == MOVING.grid.size
    with pytest.raises(BadArgument):
        write_fused(back, front, Blend(), tmp_path / "fused.mhd")
