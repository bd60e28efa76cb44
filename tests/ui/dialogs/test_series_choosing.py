"""What arrows, keys and double-clicks choose and open in the series browser."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from keyboard import CTRL, key_clicks, press
from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QDialog
from series_browser import FIXED, MOVING, Show, double_click_on, open_button, said, to, uids
from series_folders import BONE, CT, MR, SCOUT, T2

from fusionviewer.imaging.dicom.series_choice import SeriesChoice
from fusionviewer.session.state import Side
from fusionviewer.ui.dialogs.series.dialog import SeriesDialog


def test_one_image_alone_follows_the_selection(browse: Show) -> None:
    dialog = browse(sides=MOVING)
    assert uids(dialog) == {"moving": "ct"}
    dialog.tree.select(BONE)
    assert uids(dialog) == {"moving": "bone"}
    dialog.tree.select(MR)
    assert said(dialog, "series_said") == (
        "Enter or a double-click opens the selected series as the moving image. F chooses it as the fixed image."
    )
    press(Qt.Key.Key_F)  # the other image, which need not be chosen; what was suggested is chosen again
    assert uids(dialog) == {"moving": "ct", "fixed": "mr"}
    dialog.tree.select(T2)
    assert uids(dialog) == {"moving": "ct", "fixed": "mr"}
    press(Qt.Key.Key_M)
    assert uids(dialog) == {"moving": "t2", "fixed": "mr"}
    press(Qt.Key.Key_Return)
    assert dialog.result() == QDialog.DialogCode.Accepted


def test_a_double_click_opens_what_can_be_opened(browse: Show) -> None:
    dialog = browse(sides=FIXED, open_modalities={"moving": "CT"})
    assert said(dialog, "why_moving") == "The moving image that is open stays. M chooses the selected series instead."
    double_click_on(dialog, SCOUT)
    assert dialog.isVisible()
    double_click_on(dialog, T2)
    assert not dialog.isVisible()
    assert uids(dialog) == {"fixed": "t2"}


def test_what_needs_its_voxel_size_typed_can_be_chosen_and_says_so(browse: Show) -> None:
    capture = replace(SCOUT, uid="shots", description="shots", needs_spacing=True)
    dialog = browse([MR, capture], sides=FIXED)
    dialog.tree.select(capture)
    assert uids(dialog) == {"fixed": "shots"}
    press(Qt.Key.Key_Return)
    assert dialog.result() == QDialog.DialogCode.Accepted
    assert "It can be opened once its voxel size is typed." in capture.remarks


def test_what_was_suggested_stays_when_the_other_image_is_chosen_by_arrows_and_a_key(browse: Show) -> None:
    dialog = browse(sides=FIXED)
    assert uids(dialog) == {"fixed": "mr"}
    while dialog.tree.current != CT:
        press(Qt.Key.Key_Up)  # past the other CT
    press(Qt.Key.Key_M)
    assert uids(dialog) == {"fixed": "mr", "moving": "ct"}
    to(dialog, T2)
    assert uids(dialog) == {"fixed": "mr", "moving": "ct"}


@pytest.mark.parametrize("asked", [FIXED, MOVING])
def test_one_image_alone_is_none_where_the_selected_row_cannot_be_opened(browse: Show, asked: tuple[Side, ...]) -> None:
    dialog = browse(sides=asked)
    to(dialog, T2)
    assert uids(dialog) == {asked[0]: "t2"}
    to(dialog, SCOUT)
    assert uids(dialog) == {}
    assert said(dialog, "series_said") == "The selected series cannot be opened. Select another one."
    assert said(dialog, f"why_{asked[0]}") == "Select a series that can be opened."
    assert open_button(dialog).toolTip() == f"No series is chosen as the {asked[0]} image."
    press(Qt.Key.Key_Return)
    assert said(dialog, "series_said") == "▲ This series cannot be opened. It is a single slice."
    press(Qt.Key.Key_Home)  # the patient
    assert uids(dialog) == {}
    press(Qt.Key.Key_Return)
    assert said(dialog, "series_said") == "▲ Select a series: Enter opens the one that is selected."
    assert dialog.isVisible()


def test_arrows_change_nothing_where_both_images_are_asked_for(browse: Show) -> None:
    dialog = browse()
    for choice in (CT, BONE, T2, SCOUT):
        to(dialog, choice)
        assert uids(dialog) == {"fixed": "mr", "moving": "ct"}


def by_enter(dialog: SeriesDialog, choice: SeriesChoice) -> None:
    to(dialog, choice)
    press(Qt.Key.Key_Return)


def by_double_click(dialog: SeriesDialog, choice: SeriesChoice) -> None:
    double_click_on(dialog, choice)


@pytest.mark.parametrize("enter", [by_enter, by_double_click])
@pytest.mark.parametrize(
    ("choice", "side", "opened"),
    [
        (BONE, "moving", {"fixed": "mr", "moving": "bone"}), (T2, "fixed", {"fixed": "t2", "moving": "ct"}),
        (CT, "moving", {"fixed": "mr", "moving": "ct"}), (MR, "fixed", {"fixed": "mr", "moving": "ct"}),
    ],
)  # fmt: skip
def test_enter_and_a_double_click_open_their_row_as_the_hint_says(
    browse: Show, enter: Callable[[SeriesDialog, SeriesChoice], None], choice: SeriesChoice, side: Side, opened: object
) -> None:
    dialog = browse()
    to(dialog, choice)
    other = "moving" if side == "fixed" else "fixed"
    assert said(dialog, "series_said") == (
        "F or M chooses the selected series. "
        f"Enter or a double-click opens it as the {side} image, with the {other} image that is chosen."
    )
    enter(dialog, choice)
    assert dialog.result() == QDialog.DialogCode.Accepted
    assert uids(dialog) == opened


@pytest.mark.parametrize("expressly", [True, False])
def test_enter_keeps_what_was_chosen_expressly_and_fills_the_free_place(browse: Show, expressly: bool) -> None:
    dialog = browse((MR, T2))
    assert uids(dialog) == {"fixed": "mr"}
    if expressly:
        press(Qt.Key.Key_F)  # takes the suggestion back
        press(Qt.Key.Key_F)
    by_enter(dialog, T2)
    assert uids(dialog) == ({"fixed": "mr", "moving": "t2"} if expressly else {"fixed": "t2"})


def test_what_is_opened_though_the_filter_hides_it_is_said(browse: Show) -> None:
    dialog = browse()
    press(Qt.Key.Key_F, CTRL)
    key_clicks(dialog.filter, "bone")
    assert said(dialog, "why_fixed").startswith("▲ The filter hides it. The only 3D T1")
    assert said(dialog, "why_moving").startswith("▲ The filter hides it. Thinnest CT")
    press(Qt.Key.Key_Return)
    assert dialog.tree.current == BONE
    press(Qt.Key.Key_Return)
    assert dialog.result() == QDialog.DialogCode.Accepted
    assert uids(dialog) == {"fixed": "mr", "moving": "bone"}


def test_one_image_alone_is_never_a_series_that_the_filter_hides(browse: Show) -> None:
    dialog = browse(sides=FIXED)
    press(Qt.Key.Key_F, CTRL)
    key_clicks(dialog.filter, "bone")
    assert uids(dialog) == {"fixed": "bone"}
    key_clicks(dialog.filter, "less")
    assert uids(dialog) == {}
    assert not open_button(dialog).isEnabled()
    dialog.filter.clear()
    assert set(uids(dialog)) == {"fixed"}
    assert dialog.tree.current is not None
    assert dialog.picks["fixed"] == dialog.tree.current.key


def test_what_was_chosen_from_another_folder_is_shown_and_suggests_its_counterpart(browse: Show) -> None:
    dialog = browse(sides=MOVING, elsewhere={"fixed": CT})
    assert said(dialog, "picked_fixed") == "thin"
    assert said(dialog, "why_fixed").startswith("Chosen from another folder: CT · 160 × 1 mm slices")
    assert uids(dialog) == {"moving": "mr"}
