"""DICOM folders: every voxel is where the header's own formula puts it, or a sentence says why there is no volume."""

from __future__ import annotations

import random
import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from dicom_series import PATIENT_ID, Series, linear, multi_frame, oblique_mr, save, tilted_ct
from hypothesis import given, settings
from hypothesis import strategies as st

from fusionviewer.errors import Cancelled, UnreadableInput
from fusionviewer.geometry import Grid
from fusionviewer.imaging.readers import SeveralSeries, list_series, read_volume
from fusionviewer.imaging.volume import Volume
from fusionviewer.progress import Observer


def headers_say_the_same(volume: Volume, series: Series) -> None:
    """Each pixel of each file has its value at the point where its header puts it."""
    for depth in series.places:
        expected, points = series.values(depth), series.points(depth)
        for j, i in ((0, 0), (0, series.columns - 1), (series.rows - 1, 2), (5, 7)):
            assert volume.value_at(points[j, i]) == pytest.approx(expected[j, i], abs=1e-3)
            at_grid = volume.grid.indices(points[j, i])
            np.testing.assert_allclose(at_grid, np.round(at_grid), atol=1e-5)


def is_linear(volume: Volume, tolerance: float, *, rim: int = 0) -> None:
    """Wherever the volume has values, they are those of the function of space that all series hold."""
    ni, nj, nk = volume.grid.size
    k, j, i = np.meshgrid(np.arange(nk), np.arange(rim, nj - rim), np.arange(ni), indexing="ij")
    points = volume.grid.points(np.stack([i, j, k], axis=-1))
    np.testing.assert_allclose(volume.array[:, rim : nj - rim], linear(points), atol=tolerance)


@pytest.mark.parametrize(
    "series",
    [Series(), oblique_mr(), oblique_mr(slope=1.0, row=(0.0, 1.0, 0.0), column=(0.0, 0.0, -1.0), step=(1.0, 0.0, 0.0))],
)
def test_voxels_lie_where_the_headers_put_them(tmp_path: Path, series: Series) -> None:
    series.write(tmp_path)
    volume = read_volume(tmp_path)
    headers_say_the_same(volume, series)
    assert volume.grid.size == (series.columns, series.rows, series.n)
    assert volume.modality == series.modality
    assert volume.name == "head"
    assert volume.notes == ()
    assert volume.source is not None
    assert volume.source.series_uid == series.uid
    assert np.linalg.det(volume.grid.direction) == pytest.approx(1)


@settings(max_examples=15)
@given(
    angles=st.tuples(*[st.floats(-180, 180)] * 3),
    origin=st.tuples(*[st.floats(-50, 50)] * 3),
    pixel_mm=st.tuples(st.floats(0.3, 3), st.floats(0.3, 3)),
    gap=st.floats(0.4, 6),
    down=st.booleans(),
    seed=st.integers(0, 9),
)
def test_any_orientation_and_any_order_of_files(
    tmp_path_factory: pytest.TempPathFactory,
    angles: tuple[float, float, float],
    origin: tuple[float, float, float],
    pixel_mm: tuple[float, float],
    gap: float,
    down: bool,
    seed: int,
) -> None:
    from fusionviewer.geometry import RigidTransform

    r = RigidTransform.from_euler((*angles, 0, 0, 0), np.zeros(3)).rotation
    step = tuple((-gap if down else gap) * r[:, 2])
    series = Series(
        position=origin, row=tuple(r[:, 0]), column=tuple(r[:, 1]), step=step, pixel_mm=pixel_mm, intercept=-2000.0
    )
    names = [f"{n:04}" for n in range(series.n)]
    random.Random(seed).shuffle(names)
    folder = tmp_path_factory.mktemp("series")
    series.write(folder, names=names)
    headers_say_the_same(read_volume(folder), series)


def test_whole_numbers_with_an_offset_stay_16_bit(tmp_path: Path) -> None:
    Series().write(tmp_path)
    assert read_volume(tmp_path).array.dtype == np.int16


def test_a_slope_gives_float(tmp_path: Path) -> None:
    oblique_mr().write(tmp_path)
    assert read_volume(tmp_path).array.dtype == np.float32


def test_slices_with_slopes_of_their_own(tmp_path: Path) -> None:
    series = oblique_mr()
    series.write(tmp_path, only=[0, 1, 2, 3])
    replace(series, slope=0.5, intercept=-8.0).write(tmp_path, only=[4, 5, 6, 7])
    is_linear(read_volume(tmp_path), 0.3)


@pytest.mark.parametrize("angle_deg", [15.0, -20.0, 1.0])
def test_a_tilted_gantry_is_put_straight(tmp_path: Path, angle_deg: float) -> None:
    series = tilted_ct(angle_deg)
    series.write(tmp_path)
    volume = read_volume(tmp_path)
    assert any(f"tilted by {abs(angle_deg):.1f}°" in note for note in volume.notes)
    assert volume.grid.size[2] == series.n
    ni, nj, nk = volume.grid.size
    k, j, i = np.meshgrid(np.arange(nk), np.arange(nj), np.arange(ni), indexing="ij")
    points = volume.grid.points(np.stack([i, j, k], axis=-1))
    filled = volume.array > volume.array.min()
    expected = linear(points)
    share = float(filled.mean())
    assert share > 0.5
    error = np.abs(volume.array - expected)
    # Beside the slices there is background; on their rim the border value goes on for half a pixel.
    inner = filled & np.roll(filled, 1, axis=1) & np.roll(filled, -1, axis=1)
    inner[:, [0, -1]] = False
    assert float(error[inner].max()) <= 1.01
    for depth in series.places:  # nothing is cut off
        assert volume.grid.contains(series.points(depth)).all()


def test_a_missing_slice_is_interpolated(tmp_path: Path) -> None:
    series = Series()
    series.write(tmp_path, only=[0, 1, 2, 4, 5, 6, 7])
    volume = read_volume(tmp_path)
    assert volume.grid.size[2] == series.n
    is_linear(volume, 1.01)  # rounded in the file, and once more between two slices
    assert any("unevenly, 2.5 to 5 mm apart" in note for note in volume.notes)


def test_uneven_slices_of_a_tilted_gantry(tmp_path: Path) -> None:
    series = tilted_ct(12.0, depths=(0.0, 1.0, 2.2, 3.0, 4.0, 5.0, 6.6))
    series.write(tmp_path)
    volume = read_volume(tmp_path)
    assert len(volume.notes) == 2
    middle = volume.grid.points(np.array([5.0, volume.grid.size[1] // 2, 3.0]))
    assert volume.value_at(middle) == pytest.approx(float(linear(middle)), abs=1.0)


def test_rounded_positions_are_even(tmp_path: Path) -> None:
    series = Series(step=(0.0, 0.0, 1.0), depths=(0.0, 1.01, 1.99, 3.0, 4.02, 5.0, 6.0, 7.0))
    series.write(tmp_path)
    volume = read_volume(tmp_path)
    assert volume.notes == ()
    assert volume.grid.spacing[2] == pytest.approx(1.0)


def test_a_large_gap_is_refused(tmp_path: Path) -> None:
    Series(n=14).write(tmp_path, only=[0, 1, 2, 3, 9, 10, 11, 12, 13])
    with pytest.raises(UnreadableInput, match=r"Slices are missing: there is a gap of 15 mm, elsewhere of 2\.5 mm"):
        read_volume(tmp_path)


def test_fewer_slices_than_the_scanner_made(tmp_path: Path) -> None:
    Series(announced=12).write(tmp_path)
    assert any("made 12 images; 8 are here" in note for note in read_volume(tmp_path).notes)


def test_two_series_must_be_chosen_from(tmp_path: Path) -> None:
    ct, mr = Series(number=5, description="bone"), oblique_mr(number=2, description="t1")
    ct.write(tmp_path / "a")
    mr.write(tmp_path / "b" / "c")
    (tmp_path / "readme.txt").write_text("not an image")
    (tmp_path / "a" / "broken.dcm").write_bytes(b"\0" * 128 + b"DICM" + b"rubbish")
    with pytest.raises(SeveralSeries) as caught:
        read_volume(tmp_path)
    assert [c.uid for c in caught.value.choices] == [mr.uid, ct.uid]  # by number
    assert [c.description for c in caught.value.choices] == ["t1", "bone"]
    assert all(c.usable and c.n_images == 8 for c in caught.value.choices)
    assert caught.value.choices[1].size == (10, 12, 8)
    assert caught.value.choices == list_series(tmp_path)
    headers_say_the_same(read_volume(tmp_path, ct.uid), ct)
    headers_say_the_same(read_volume(tmp_path, mr.uid), mr)
    with pytest.raises(UnreadableInput, match="not in the folder"):
        read_volume(tmp_path, "1.2.3")


def test_the_only_usable_series_needs_no_choice(tmp_path: Path) -> None:
    head = Series()
    head.write(tmp_path / "a")
    Series(n=1, description="scout").write(tmp_path / "b")
    assert read_volume(tmp_path).name == "head"
    scout = next(c for c in list_series(tmp_path) if not c.usable)
    assert "single slice" in scout.why_not


def test_localizers_in_the_same_series_are_left_out(tmp_path: Path) -> None:
    series = Series()
    series.write(tmp_path)
    Series(row=(0.0, 1.0, 0.0), column=(0.0, 0.0, -1.0), uid=series.uid, n=2, number=99).write(tmp_path)
    volume = read_volume(tmp_path)
    headers_say_the_same(volume, series)
    assert any("2 images of another orientation" in note for note in volume.notes)


def test_copies_of_files_count_once(tmp_path: Path) -> None:
    series = Series()
    for path in series.write(tmp_path / "a"):
        (tmp_path / "b").mkdir(exist_ok=True)
        (tmp_path / "b" / path.name).write_bytes(path.read_bytes())
    volume = read_volume(tmp_path)
    headers_say_the_same(volume, series)
    assert volume.notes == ()


def test_a_slice_that_is_there_twice(tmp_path: Path) -> None:
    series = Series()
    series.write(tmp_path)
    series.write(tmp_path / "again", only=[3])
    volume = read_volume(tmp_path)
    headers_say_the_same(volume, series)
    assert any("more than once" in note for note in volume.notes)


def test_all_images_at_one_place(tmp_path: Path) -> None:
    Series(step=(0.0, 0.0, 0.0)).write(tmp_path)
    with pytest.raises(UnreadableInput, match="All its 8 images lie at the same place"):
        read_volume(tmp_path)


@pytest.mark.parametrize("rle", [False, True])
@pytest.mark.parametrize("order", [None, [3, 0, 7, 1, 2, 6, 5, 4]])
def test_multi_frame(tmp_path: Path, rle: bool, order: list[int] | None) -> None:
    series = oblique_mr(intercept=-100.0)
    save(multi_frame(series, order=order), tmp_path / "image", rle=rle)
    for path in (tmp_path, tmp_path / "image"):
        headers_say_the_same(read_volume(path), series)


def test_rle(tmp_path: Path) -> None:
    series = Series()
    for number, depth in enumerate(series.places):
        save(series.dataset(depth, number), tmp_path / f"{number}.dcm", rle=True)
    headers_say_the_same(read_volume(tmp_path), series)


def test_a_file_without_the_mark_counts_if_its_name_says_dicom(tmp_path: Path) -> None:
    series = Series()
    for path in series.write(tmp_path):
        path.write_bytes(path.read_bytes()[132:])
    headers_say_the_same(read_volume(tmp_path), series)


def _colour(ds: Any) -> None:
    ds.SamplesPerPixel, ds.PhotometricInterpretation, ds.PlanarConfiguration = 3, "RGB", 0
    ds.BitsAllocated, ds.BitsStored, ds.HighBit = 8, 8, 7
    ds.PixelData = bytes(3 * ds.Rows * ds.Columns)


def _nowhere(ds: Any) -> None:
    del ds.ImagePositionPatient


def _skewed(ds: Any) -> None:
    ds.ImageOrientationPatient = [1, 0, 0, 0.5, 0.866, 0]


def _tiny_pixels(ds: Any) -> None:
    ds.PixelSpacing = [0.001, 0.001]


def _no_pixels(ds: Any) -> None:
    ds.PixelSpacing = [0, 0]


def _no_slope(ds: Any) -> None:
    ds.RescaleSlope = 0


def _cut_short(ds: Any) -> None:
    ds.PixelData = ds.PixelData[:50]


@pytest.mark.parametrize(
    ("spoil", "why"),
    [
        (_colour, "in colour"),
        (_nowhere, "do not say where they lie"),
        (_skewed, "do not say where they lie"),
        (_tiny_pixels, "voxel size of the series makes no sense"),
        (_no_pixels, "voxel size of the series makes no sense"),
        (_cut_short, r"None of the 8 DICOM files can be read.*: 0\.dcm, 1\.dcm, 2\.dcm, 3\.dcm and 4 more"),
        (_no_slope, "rescale slope and intercept"),
    ],
)
def test_what_is_no_volume_is_refused_with_the_reason(tmp_path: Path, spoil: Any, why: str) -> None:
    series = Series()
    for number, depth in enumerate(series.places):
        ds = series.dataset(depth, number)
        spoil(ds)
        save(ds, tmp_path / f"{number}.dcm")
    with pytest.raises(UnreadableInput, match=why) as caught:
        read_volume(tmp_path)
    assert caught.value.remedy


def test_a_folder_without_images(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("hello")
    with pytest.raises(UnreadableInput, match="no DICOM images"):
        read_volume(tmp_path)


def test_one_slice_of_a_series_points_to_its_folder(tmp_path: Path) -> None:
    first, *_ = Series().write(tmp_path)
    with pytest.raises(UnreadableInput, match="single slice") as caught:
        read_volume(first)
    assert "folder" in caught.value.remedy


def test_an_intercept_that_is_no_number_is_not_taken_for_none(tmp_path: Path) -> None:
    for path in Series().write(tmp_path):
        path.write_bytes(path.read_bytes().replace(b"-1024.000000000", b"abcde.000000000"))
    with pytest.raises(UnreadableInput, match="rescale slope and intercept"):
        read_volume(tmp_path)


@pytest.mark.parametrize("description", ["Head of Jane", "x1234567 head", "DOE^JANE"])
def test_the_patient_is_never_named(tmp_path: Path, description: str) -> None:
    folder = tmp_path / f"JANE_DOE_{PATIENT_ID}"
    Series(description=description).write(folder)
    volume = read_volume(folder)
    assert volume.name == "CT series 3"
    assert list_series(folder)[0].description == ""
    assert not volume.image.GetMetaDataKeys()


def test_the_folders_name_stands_in_for_a_description(tmp_path: Path) -> None:
    folder = tmp_path / "Kopf mit Ümlaut"
    Series(description="").write(folder)
    assert read_volume(folder).name == "Kopf mit Ümlaut"


def test_a_cancelled_reading_stops_at_the_next_slice(tmp_path: Path) -> None:
    Series().write(tmp_path)
    cancelled = threading.Event()
    seen: list[str] = []

    def listen(progress: Any) -> None:
        seen.append(progress.text)
        if progress.text.startswith("Reading slice 3"):
            cancelled.set()

    with pytest.raises(Cancelled):
        read_volume(tmp_path, "", Observer(listen, cancelled))
    assert seen[-1].startswith("Reading slice 3 of 8")


def test_progress_grows_to_the_end(tmp_path: Path) -> None:
    Series().write(tmp_path)
    fractions: list[float] = []
    read_volume(tmp_path, "", Observer(lambda p: fractions.append(p.fraction)))
    assert fractions == sorted(fractions)
    assert fractions[0] == 0
    assert fractions[-1] > 0.9


def test_the_grid_of_a_choice_is_that_of_the_volume(tmp_path: Path) -> None:
    oblique_mr().write(tmp_path)
    grid: Grid = read_volume(tmp_path).grid
    choice = list_series(tmp_path)[0]
    assert choice.size == grid.size
    assert choice.spacing == pytest.approx(grid.spacing)


def test_images_of_one_frame_of_reference_are_known_without_its_uid(tmp_path: Path) -> None:
    uid = "1.2.840.99999.7.1"
    for name, header in (("a", {"FrameOfReferenceUID": uid}), ("b", {"FrameOfReferenceUID": uid}), ("c", {})):
        Series(header=header).write(tmp_path / name)
    one, other, none = (read_volume(tmp_path / name).frame_of_reference for name in "abc")
    assert one == other
    assert one
    assert uid not in one
    assert none == ""
