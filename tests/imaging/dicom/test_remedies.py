"""What can be done about a remark on a DICOM series: what the button reads, and how it is taken back."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from dicom_series import Series, save
from pydicom.uid import SecondaryCaptureImageStorage

from fusionviewer.cli.main import run
from fusionviewer.errors import BadArgument, UnreadableInput
from fusionviewer.imaging.readers import list_series, read_volume
from fusionviewer.imaging.reading.remedies import Remedy, remedies_of
from fusionviewer.imaging.reading.undecided import NeedsSpacing
from fusionviewer.imaging.volume import Volume

CAPTURE: dict[str, Any] = {
    "SOPClassUID": SecondaryCaptureImageStorage, "ImagePositionPatient": None, "ImageOrientationPatient": None,
    "PixelSpacing": None, "RescaleSlope": None, "RescaleIntercept": None, "Modality": "OT",
}  # fmt: skip
COLOUR: dict[str, Any] = {
    "SamplesPerPixel": 3, "PhotometricInterpretation": "RGB", "BitsAllocated": 8, "BitsStored": 8, "HighBit": 7,
    "PlanarConfiguration": 0, "PixelRepresentation": 0,
}  # fmt: skip


def remedy(volume: Volume, title: str) -> Remedy:
    (found,) = (one for one in remedies_of(volume) if one.title == title)
    return found


def done(folder: Path, volume: Volume, title: str) -> Volume:
    """The volume as it is read after a click on the button."""
    return read_volume(folder, remedy(volume, title).reference)


def write(folder: Path, series: Series, **spoiled: Any) -> None:
    """A series of which each slice is changed by functions of its dataset and number."""
    folder.mkdir(parents=True, exist_ok=True)
    for number, depth in enumerate(series.places):
        ds = series.dataset(depth, number + 1)
        for spoil in spoiled.values():
            spoil(ds, number)
        save(ds, folder / f"{series.number}-{number:03}.dcm")


def test_a_ct_without_a_rescale_can_be_shifted_and_back(tmp_path: Path) -> None:
    Series(header={"RescaleIntercept": None, "RescaleSlope": None}).write(tmp_path)
    stored = read_volume(tmp_path)
    shifted = done(tmp_path, stored, "Subtract 1024")
    np.testing.assert_array_equal(shifted.array, stored.array.astype(int) - 1024)
    assert shifted.array.dtype == np.int16
    assert any("-1024 was added to every value, as decided" in note for note in shifted.notes)
    back = done(tmp_path, shifted, "Leave the values as stored")
    assert (back.fingerprint, back.notes) == (stored.fingerprint, stored.notes)


def test_inverted_values_can_stay_as_stored_and_back(tmp_path: Path) -> None:
    series = Series(modality="MR", intercept=0.0, header={"PhotometricInterpretation": "MONOCHROME1"})
    series.write(tmp_path)
    turned = read_volume(tmp_path)
    kept = done(tmp_path, turned, "Leave the values as stored")
    np.testing.assert_array_equal(kept.array[3], series.values(3))
    assert any("stay as they are stored, as decided" in note for note in kept.notes)
    assert done(tmp_path, kept, "Turn the values round").fingerprint == turned.fingerprint


def test_padding_can_be_made_air_and_back(tmp_path: Path) -> None:
    def pad(ds: Any, _: int) -> None:
        stored = np.frombuffer(ds.PixelData, "<u2").reshape(12, 10).astype("<i2")
        stored[:, :3] = -2000
        ds.PixelRepresentation, ds.PixelData = 1, stored.tobytes()

    write(tmp_path, Series(), pad=pad)
    padded = read_volume(tmp_path)
    air = done(tmp_path, padded, "Make it air")
    assert float(air.array[:, :, :3].max()) == float(air.array.min()) == -1000
    np.testing.assert_array_equal(air.array[:, :, 3:], padded.array[:, :, 3:])
    assert any(note.endswith("held -3024: they were made air, as decided.") for note in air.notes)
    assert done(tmp_path, air, "Keep the padding").fingerprint == padded.fingerprint


def test_one_acquisition_of_two_can_be_read_alone(tmp_path: Path) -> None:
    series = Series(n=12)
    for number in range(12):
        replace(series, header={"AcquisitionNumber": 1 + number // 7}).write(tmp_path, only=[number])
    whole = read_volume(tmp_path)
    assert [one.title for one in remedies_of(whole)] == ["Only 1", "Only 2"]
    second = done(tmp_path, whole, "Only 2")
    np.testing.assert_array_equal(second.array, whole.array[7:])
    np.testing.assert_allclose(second.grid.origin, whole.grid.points(np.array([0.0, 0.0, 7.0])))
    assert any("only its acquisition 2 was read: 5 of 12 images" in note for note in second.notes)
    assert done(tmp_path, second, "All acquisitions").fingerprint == whole.fingerprint
    with pytest.raises(BadArgument, match="no acquisition 3"):
        read_volume(tmp_path, "#acquisition=3")


def test_of_copies_the_first_or_the_last_is_taken(tmp_path: Path) -> None:
    series = Series()
    series.write(tmp_path)
    ds = series.dataset(3, 50)
    ds.PixelData = (np.frombuffer(ds.PixelData, "<u2") + 7).astype("<u2").tobytes()
    save(ds, tmp_path / "z.dcm")
    first = read_volume(tmp_path)
    assert any("1 slice is there more than once; the first was taken" in note for note in first.notes)
    last = done(tmp_path, first, "Take the last")
    np.testing.assert_array_equal(last.array[3], first.array[3] + 7)
    np.testing.assert_array_equal(last.array[:3], first.array[:3])
    assert any("the last was taken" in note for note in last.notes)
    assert done(tmp_path, last, "Take the first").fingerprint == first.fingerprint


def test_after_slices_were_copied_again_the_series_is_read_again(tmp_path: Path) -> None:
    series = Series()
    series.write(tmp_path, only=[0, 1, 2, 3, 5, 6, 7])
    volume = read_volume(tmp_path)
    assert any("Slice 5 of 8 is missing" in note for note in volume.notes)
    series.write(tmp_path, only=[4])
    assert done(tmp_path, volume, "Read again").notes == ()


def test_an_image_far_from_the_scanners_centre_offers_to_align_centres(tmp_path: Path) -> None:
    def move(ds: Any, _: int) -> None:
        x, y, z = ds.ImagePositionPatient
        ds.ImagePositionPatient = [x + 900, y, z]

    write(tmp_path, Series(), move=move)
    assert remedy(read_volume(tmp_path), "Align centres").kind == "centres"


def test_axes_that_are_nearly_at_right_angles_are_said_and_made_so(tmp_path: Path) -> None:
    def skew(ds: Any, _: int) -> None:
        ds.ImageOrientationPatient = [1, 0, 0, 0.004, 1, 0]

    write(tmp_path, Series(), skew=skew)
    volume = read_volume(tmp_path)
    assert any("not quite of unit length and at right angles (off by 0.004)" in note for note in volume.notes)
    np.testing.assert_allclose(volume.grid.direction.T @ volume.grid.direction, np.eye(3), atol=1e-12)


def grey_capture(ds: Any, number: int) -> None:
    values = np.arange(120, dtype=np.uint8).reshape(12, 10) + number
    ds.PixelData = np.repeat(values[..., None], 3, axis=2).tobytes()


def test_a_capture_without_geometry_opens_once_its_voxel_size_is_typed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(tmp_path, Series(n=5, header={**CAPTURE, **COLOUR}), grey=grey_capture)
    with pytest.raises(NeedsSpacing, match="secondary capture: its images do not say where they lie") as asked:
        read_volume(tmp_path)
    assert asked.value.suggested == (0.0, 0.0, 0.0)
    assert run(["info", str(tmp_path)]) == 2
    assert "#spacing=0.5,0.5,2" in capsys.readouterr().err
    volume = read_volume(tmp_path, "#spacing=0.5,0.75,3")
    assert volume.grid.size == (10, 12, 5)
    assert volume.grid.spacing == (0.5, 0.75, 3.0)
    np.testing.assert_allclose(volume.grid.centre, 0, atol=1e-9)
    np.testing.assert_array_equal(volume.array[2], np.arange(120).reshape(12, 10) + 2)
    assert any("Its voxel size was typed (0.5 × 0.75 × 3 mm), not read" in note for note in volume.oddities)
    assert any("taken for" not in note and "axial slices from the feet to the head" in note for note in volume.notes)
    assert volume.source is not None
    assert volume.source.series_uid.endswith("#spacing=0.5,0.75,3")
    assert volume.source.is_dicom
    assert read_volume(tmp_path, volume.source.series_uid).fingerprint == volume.fingerprint
    assert run(["info", f"{tmp_path}#spacing=0.5,0.75,3"]) == 0
    assert "was typed" in capsys.readouterr().out
    with pytest.raises(UnreadableInput, match="voxel size of head makes no sense") as refused:
        read_volume(tmp_path, "#spacing=0.5,0.75,0")
    assert refused.value.remedy == "Type all three distances again."


def test_one_in_true_colour_is_refused_all_the_same(tmp_path: Path) -> None:
    def red(ds: Any, number: int) -> None:
        grey_capture(ds, number)
        pixels = np.frombuffer(ds.PixelData, np.uint8).copy()
        pixels[30] = 250
        ds.PixelData = pixels.tobytes()

    write(tmp_path, Series(n=5, header={**CAPTURE, **COLOUR}), grey=red)
    with pytest.raises(UnreadableInput, match="in colour") as refused:
        read_volume(tmp_path, "#spacing=0.5,0.5,3")
    assert not isinstance(refused.value, NeedsSpacing)


def test_what_an_anonymiser_left_of_the_geometry_is_kept(tmp_path: Path) -> None:
    write(tmp_path, Series(n=6, column=(0.0, 0.0, -1.0), header={"ImagePositionPatient": None}))
    with pytest.raises(NeedsSpacing) as asked:
        read_volume(tmp_path)
    assert asked.value.suggested == (0.8, 1.5, 0.0)
    volume = read_volume(tmp_path, "#spacing=0.8,1.5,2")
    np.testing.assert_allclose(volume.grid.direction[:, 1], [0, 0, -1])
    assert not any("axial" in note for note in volume.notes)


def test_a_series_that_says_its_size_takes_no_other(tmp_path: Path) -> None:
    Series().write(tmp_path)
    with pytest.raises(BadArgument, match="says itself how large"):
        read_volume(tmp_path, "#spacing=1,1,1")
    with pytest.raises(BadArgument, match="no NIfTI file"):
        read_volume(tmp_path, "#qform")


def test_the_list_says_what_can_be_opened_with_its_size(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(tmp_path / "a", Series(n=5, number=1, header={**CAPTURE, **COLOUR}), grey=grey_capture)
    for number in (2, 3):
        Series(number=number).write(tmp_path / str(number))
    shown = list_series(tmp_path)[0]
    assert (shown.usable, shown.needs_spacing, shown.openable) == (False, True, True)
    assert "once its voxel size is typed" in shown.remarks[1]
    assert run(["info", str(tmp_path)]) == 0
    assert f"with its voxel size: {tmp_path}#1#spacing=X,Y,Z (mm)" in capsys.readouterr().out
    assert run(["info", f"{tmp_path}#1#spacing=0.5,0.5,2"]) == 0
    assert "10 × 12 × 5 voxels" in capsys.readouterr().out
