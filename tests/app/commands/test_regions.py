from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from answers import Answers
from hypothesis import given
from hypothesis import strategies as st
from pytestqt.qtbot import QtBot
from waiting import wait_until_idle

from fusionviewer.app.commands import open_save, regions
from fusionviewer.app.commands import register as register_commands
from fusionviewer.app.commands import review as review_commands
from fusionviewer.app.commands.studies.save_study import save_study
from fusionviewer.app.state.workspace import Workspace
from fusionviewer.app.tasks.image_reading import Wanted
from fusionviewer.errors import FusionError
from fusionviewer.geometry import Grid
from fusionviewer.imaging.volume import Volume, image_on_grid
from fusionviewer.imaging.writers import write_volume
from fusionviewer.quality.wording import row
from fusionviewer.registration import make_box
from fusionviewer.registration.region import THINNEST_BOX_MM
from fusionviewer.session import edits


def _mask(fixed: Volume, path: Path, part: float = 0.5) -> Path:
    """A mask of the lower part of an image, as a file."""
    array = np.zeros(fixed.array.shape, np.uint8)
    array[: round(part * len(array))] = 7
    write_volume(Volume(image_on_grid(array, fixed.grid), "mask"), path)
    return path


def test_the_box_begins_around_the_head_and_goes_again(with_phantoms: Workspace) -> None:
    workspace = with_phantoms
    regions.toggle_box(workspace)
    box = regions.box_of(workspace.document.state)
    assert box is not None
    assert workspace.head_corners is not None
    assert np.allclose(box, [workspace.head_corners.min(axis=0), workspace.head_corners.max(axis=0)])
    regions.toggle_box(workspace)
    assert workspace.document.state.region is None
    workspace.document.undo_stack.undo()
    assert regions.box_of(workspace.document.state) == box


@given(st.dictionaries(st.tuples(st.integers(0, 2), st.integers(0, 1)), st.floats(-1e4, 1e4), max_size=2))
def test_sides_never_pass_each_other_nor_leave_the_image(faces: dict[tuple[int, int], float]) -> None:
    box = make_box((-50, -60, -70), (80, 90, 100))
    low, high = regions.moved_box(box, faces, np.array([[-100.0, -100, -100], [120, 120, 120]]))
    assert np.all(np.subtract(high, low) >= THINNEST_BOX_MM - 1e-9)
    assert min(low) >= -100 - THINNEST_BOX_MM
    assert max(high) <= 120 + THINNEST_BOX_MM
    for axis in range(3):
        for end, now in ((0, low), (1, high)):
            if (axis, end) not in faces and (axis, 1 - end) not in faces:
                assert now[axis] == box[end][axis]


def test_a_run_looks_only_at_the_box_and_says_so(with_phantoms: Workspace, qtbot: QtBot) -> None:
    workspace = with_phantoms
    box = make_box((-70, -80, -60), (70, 80, 60))
    workspace.document.apply("box", edits.set_box(workspace.document.state, box))
    register_commands.start_register(workspace, "header")
    wait_until_idle(workspace, qtbot)
    run = workspace.document.state.alignment.run
    assert run is not None
    assert run.only == "a box of 140 × 160 × 120 mm about (0, 0, 0)"
    assert f"Restricted to {run.only}." in review_commands.known_facts(workspace)
    facts = dict(row(fact) for fact in review_commands.evidence_facts(workspace))
    assert run.evidence is not None
    assert facts["Starts converging here"] == f"{run.evidence.agreeing} of {run.evidence.starts}"


def test_a_mask_is_read_kept_and_found_again(
    with_phantoms: Workspace, qtbot: QtBot, tmp_path: Path, answers: Answers
) -> None:
    workspace = with_phantoms
    for side in ("fixed", "moving"):
        volume = workspace.document.state.volume(side)
        assert volume is not None
        write_volume(volume, tmp_path / f"{side}.nii.gz")
    open_save.open_images(
        workspace,
        {s: Wanted(tmp_path / f"{s}.nii.gz") for s in ("fixed", "moving")},
    )
    wait_until_idle(workspace, qtbot)
    fixed = workspace.document.state.fixed
    assert fixed is not None
    regions.open_mask(workspace, _mask(fixed, tmp_path / "mask.nii.gz"))
    wait_until_idle(workspace, qtbot)
    mask = regions.mask_of(workspace.document.state)
    assert mask is not None
    assert workspace.document.undo_stack.count() == 1
    study = tmp_path / "s.fusion.json"
    assert save_study(workspace, study)
    regions.remove_mask(workspace)
    assert workspace.document.state.region is None

    open_save.open_study(workspace, study)
    wait_until_idle(workspace, qtbot)
    again = regions.mask_of(workspace.document.state)
    assert again is not None
    assert again.fingerprint == mask.fingerprint

    (tmp_path / "mask.nii.gz").unlink()
    warned: list[str] = []
    workspace.warned.connect(warned.append)

    def opens_with_a_mask() -> bool:
        before = workspace.document.state
        open_save.open_study(workspace, study)
        wait_until_idle(workspace, qtbot)
        assert workspace.document.state is not before  # only the next run needs the mask
        return regions.mask_of(workspace.document.state) is not None

    assert not opens_with_a_mask()
    assert "find mask" in answers.asked
    assert warned == ["Opened s.fusion.json without its mask: it is not where it was."]
    answers.place = _mask(fixed, tmp_path / "other.nii.gz", 0.3)
    assert not opens_with_a_mask()
    assert "changed mask" in answers.asked
    answers.accept = True
    assert opens_with_a_mask()
    answers.place.write_bytes(b"")
    assert not opens_with_a_mask()
    _mask(fixed, answers.place, 0.0)
    assert not opens_with_a_mask()
    assert "is empty" in warned[-1]


@pytest.mark.parametrize("kind", ["empty", "beside", "text"])
def test_a_mask_that_is_none_changes_nothing(kind: str, with_phantoms: Workspace, qtbot: QtBot, tmp_path: Path) -> None:
    path = tmp_path / "mask.nii.gz"
    grid = Grid.axis_aligned((8, 8, 8), (4, 4, 4), np.full(3, 900.0))
    array = np.full((8, 8, 8), 0 if kind == "empty" else 1, np.uint8)
    if kind == "text":
        path.write_text("not an image")
    else:
        write_volume(Volume(image_on_grid(array, grid), "mask"), path)
    failed: list[Any] = []
    with_phantoms.failed.connect(failed.append)
    before = with_phantoms.document.state
    regions.open_mask(with_phantoms, path)
    wait_until_idle(with_phantoms, qtbot)
    assert with_phantoms.document.state is before
    (error,) = failed
    assert isinstance(error, FusionError)
    assert {"empty": "is empty", "beside": "beside the fixed image", "text": "mask.nii.gz"}[kind] in str(error)


def test_a_region_without_enough_of_the_head_is_told_and_nothing_is_lost(
    with_phantoms: Workspace, qtbot: QtBot
) -> None:
    workspace = with_phantoms
    state = edits.set_box(workspace.document.state, make_box((-90, -100, 80), (-70, -80, 100)))
    workspace.document.apply("box", state)
    failed: list[Any] = []
    workspace.failed.connect(failed.append)
    register_commands.start_register(workspace, "header")
    wait_until_idle(workspace, qtbot)
    assert "too little of the head" in str(failed[0])
    assert workspace.document.state is state


def test_swapping_the_images_lets_the_region_go(with_phantoms: Workspace) -> None:
    regions.toggle_box(with_phantoms)
    open_save.swap_images(with_phantoms)
    assert with_phantoms.document.state.region is None
    with_phantoms.document.undo_stack.undo()
    assert with_phantoms.document.state.region is not None
