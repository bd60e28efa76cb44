"""The series browser as it is used: by keys, by clicks and by what is typed."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from keyboard import CTRL, key_click, key_clicks, press
from mouse import mouse_click
from PyQt6.QtCore import QModelIndex, QPoint, QSettings, QSize, Qt
from PyQt6.QtWidgets import QApplication, QCheckBox, QDialog, QLabel, QWidget
from series_browser import Show, open_button, place_of, rows, said, uids
from series_folders import BONE, CHOICES, CT, MR, SCOUT, T2
from windows import Dress, child

from fusionviewer.imaging.dicom.series_choice import Person, SeriesChoice, SeriesFacts
from fusionviewer.ui.dialogs.series.dialog import SeriesDialog
from fusionviewer.ui.dialogs.series.model import Column


def groups(dialog: SeriesDialog) -> list[str]:
    """What patients and studies are called."""
    model = dialog.tree.model()
    assert model is not None
    patients = [model.index(row, 0) for row in range(model.rowCount())]
    studies = [[model.index(n, 0, patient) for n in range(model.rowCount(patient))] for patient in patients]
    return [str(p.data()) for patient, below in zip(patients, studies, strict=True) for p in (patient, *below)]


def test_the_likeliest_pair_is_chosen_and_says_why(browse: Show) -> None:
    dialog = browse()
    assert uids(dialog) == {"fixed": "mr", "moving": "ct"}
    assert dialog.tree.current == MR
    assert said(dialog, "picked_fixed") == "t1 mprage"
    assert said(dialog, "why_fixed") == "The only 3D T1 MR of this patient: 1 × 1 × 1 mm."
    assert said(dialog, "why_moving") == "Thinnest CT of this patient: slices 1 mm apart."
    press(Qt.Key.Key_Return)
    assert dialog.result() == QDialog.DialogCode.Accepted


def test_a_pair_is_chosen_by_keys_alone(browse: Show) -> None:
    dialog = browse()
    press(Qt.Key.Key_Home)
    press(Qt.Key.Key_Down, times=2)  # past the patient and the study
    assert dialog.tree.current in CHOICES
    while dialog.tree.current != BONE:
        press(Qt.Key.Key_Down)
    press(Qt.Key.Key_M)
    assert uids(dialog) == {"fixed": "mr", "moving": "bone"}
    assert said(dialog, "why_moving").startswith("CT · 160 × 1 mm slices")
    while dialog.tree.current != T2:
        press(Qt.Key.Key_Down)
    press(Qt.Key.Key_F)
    assert uids(dialog) == {"fixed": "t2", "moving": "bone"}
    press(Qt.Key.Key_Return)
    assert dialog.result() == QDialog.DialogCode.Accepted


def test_esc_leaves_everything_as_it_is(browse: Show) -> None:
    dialog = browse()
    press(Qt.Key.Key_Escape)
    assert not dialog.isVisible()
    assert dialog.result() == QDialog.DialogCode.Rejected


def test_the_keyboard_reaches_everything(browse: Show) -> None:
    dialog = browse()
    reached = []
    for _ in range(6):
        focus = QApplication.focusWidget()
        assert focus is not None
        reached.append(focus.objectName() or type(focus).__name__)
        press(Qt.Key.Key_Tab)
    assert reached[:2] == ["series", "series_details"]
    assert {"series_filter", "show_names"} <= set(reached)
    press(Qt.Key.Key_F, CTRL)
    assert dialog.filter.hasFocus()
    press(Qt.Key.Key_Down)
    assert dialog.tree.hasFocus()
    dialog.filter.setFocus()
    press(Qt.Key.Key_Return)
    assert dialog.isVisible()
    assert dialog.tree.hasFocus()


def test_a_series_is_one_image_only_and_can_be_let_go(browse: Show) -> None:
    dialog = browse()
    press(Qt.Key.Key_M)  # the MR, which is the fixed one
    assert uids(dialog) == {"moving": "mr"}
    assert said(dialog, "picked_fixed") == "none chosen"
    assert said(dialog, "why_fixed") == "Select a series and press F."
    press(Qt.Key.Key_M)
    assert uids(dialog) == {}
    assert not open_button(dialog).isEnabled()
    assert open_button(dialog).toolTip() == "No series is chosen as the fixed or moving image."
    press(Qt.Key.Key_F)
    assert uids(dialog) == {"fixed": "mr"}
    assert open_button(dialog).isEnabled()


def test_a_click_on_a_sign_chooses_without_selecting(browse: Show) -> None:
    dialog = browse()
    fixed, moving = (place_of(dialog, BONE, column) for column in (Column.FIXED, Column.MOVING))
    dialog.tree.select(SCOUT)
    mouse_click(dialog.tree.viewport(), pos=moving)
    assert uids(dialog) == {"fixed": "mr", "moving": "bone"}
    mouse_click(dialog.tree.viewport(), pos=fixed)
    assert uids(dialog) == {"fixed": "bone"}
    assert dialog.tree.current == SCOUT


@pytest.mark.parametrize("key", [Qt.Key.Key_F, Qt.Key.Key_M])
def test_what_cannot_be_opened_is_grey_and_says_why_in_full(browse: Show, key: Qt.Key) -> None:
    why = "It is a 4D series with 3 frames (times, echoes or directions) at each of 30 places. " * 4 + "."
    dialog = browse((CT, MR, replace(SCOUT, why_not=why)))
    dialog.tree.select(rows(dialog)[-1])
    before = uids(dialog)
    press(key)
    assert uids(dialog) == before
    assert said(dialog, "series_said") == f"▲ This series cannot be opened. {why}"
    assert dialog.details.text.toPlainText().endswith(f"✗ This series cannot be opened. {why}")
    at = dialog.tree.currentIndex()
    assert why in at.data(Qt.ItemDataRole.ToolTipRole)
    assert why in at.data(Qt.ItemDataRole.AccessibleTextRole)


def test_what_is_odd_is_said_in_full(browse: Show) -> None:
    odd = replace(CT, notes=("The gantry was tilted by 14.0°; the slices were put straight by interpolation.",) * 3)
    dialog = browse((odd, MR))
    dialog.tree.select(odd)
    assert dialog.details.text.toPlainText().count("▲ The gantry was tilted") == 3


def _dated(choice: SeriesChoice, number: int | None, when: str, **values: Any) -> SeriesChoice:
    return replace(choice, facts=SeriesFacts(number=number, when=when, **values))


SORTED = (
    _dated(CT, 4, "2026-03-14 10:15:00", kernel="H30s"),
    replace(_dated(BONE, 10, "2026-03-14 09:00:00", kernel="H70h"), size=(200, 200, 80), spacing=(0.5, 0.5, 0.6)),
    replace(_dated(MR, None, ""), plane="sagittal", spacing=(1, 2, 1)),
    replace(_dated(T2, 2, "2025-01-01", sequence="*tse"), size=(200, 200, 30), plane="axial"),
)


@pytest.mark.parametrize(
    ("column", "order"),
    [
        (Column.SERIES, ["bone", "mr", "t2", "ct"]), (Column.FIXED, ["mr", "t2", "ct", "bone"]),
        (Column.MOVING, ["ct", "mr", "t2", "bone"]), (Column.KIND, ["ct", "bone", "mr", "t2"]),
        (Column.SLICES, ["t2", "bone", "mr", "ct"]), (Column.PIXEL, ["bone", "t2", "ct", "mr"]),
        (Column.PLANE, ["ct", "bone", "t2", "mr"]), (Column.WHEN, ["mr", "t2", "bone", "ct"]),
        (Column.NUMBER, ["mr", "t2", "ct", "bone"]),
    ],
)  # fmt: skip
def test_a_click_on_a_heading_sorts(browse: Show, column: Column, order: list[str]) -> None:
    dialog = browse(SORTED)
    header = dialog.tree.header()
    assert header is not None
    at = QPoint(header.sectionViewportPosition(column) + 10, header.height() // 2)
    mouse_click(header.viewport(), pos=at)
    if header.sortIndicatorOrder() == Qt.SortOrder.DescendingOrder:  # it was sorted by this column before
        mouse_click(header.viewport(), pos=at)
    assert [choice.uid for choice in rows(dialog)] == order
    mouse_click(header.viewport(), pos=at)
    assert [choice.uid for choice in rows(dialog)] == order[::-1]


def test_size_and_order_are_remembered_and_nothing_else(browse: Show) -> None:
    dialog = browse(SORTED)
    dialog.resize(900, 555)
    dialog.names.setChecked(True)
    dialog.filter.setText("thin")
    dialog.tree.sortByColumn(Column.WHEN, Qt.SortOrder.DescendingOrder)
    dialog.reject()
    kept = {key: QSettings().value(key) for key in QSettings().allKeys()}
    assert set(kept) == {"series/size", "series/column", "series/descending"}
    again = browse(SORTED)
    assert again.size() == QSize(900, 555)
    assert [choice.uid for choice in rows(again)] == ["ct", "bone", "t2", "mr"]
    assert not again.names.isChecked()
    assert again.filter.text() == ""


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("BONE", ["bone"]), ("mr t2", ["t2"]), ("t2 mr", ["t2"]), ("h30", ["ct"]), ("sagittal", ["mr"]),
        ("2026-03-14", ["ct", "bone"]), ("study mr", ["t2", "mr"]), ("nothing like it", []), ("   ", None),
    ],
)  # fmt: skip
def test_typed_words_are_looked_for_in_every_column(browse: Show, typed: str, found: list[str] | None) -> None:
    dialog = browse(SORTED)
    press(Qt.Key.Key_F, CTRL)
    key_clicks(dialog.filter, typed)
    QApplication.processEvents()
    shown = [choice.uid for choice in rows(dialog)]
    assert sorted(shown) == sorted([choice.uid for choice in SORTED] if found is None else found)
    counts = [label.text() for label in dialog.findChildren(QLabel) if label.text().endswith(" series")]
    assert counts == ["4 series" if found is None else f"{len(found)} of 4 series"]
    dialog.filter.clear()
    assert len(rows(dialog)) == 4
    assert dialog.tree.current is not None


def test_names_are_hidden_until_they_are_asked_for(browse: Show) -> None:
    people = (Person("Doe, Jane", "X1"), Person("Müller, Jürgen", ""), Person("", ""))
    choices = [replace(CT, uid=str(n), patient=n, facts=SeriesFacts(study_uid=str(n))) for n in (1, 2, 3)]
    dialog = browse(choices, persons=people)
    study = "Study without a date"
    assert groups(dialog) == ["Patient 1", study, "Patient 2", study, "Patient 3", study]
    dialog.filter.setText("jane")
    assert rows(dialog) == []
    dialog.filter.clear()
    names = child(dialog, QCheckBox, "show_names")
    names.setFocus()
    key_click(names, Qt.Key.Key_Space)
    assert groups(dialog)[::2] == ["Doe, Jane · X1", "Müller, Jürgen", "Patient 3 (the files have no name)"]
    dialog.filter.setText("jürgen")
    assert [choice.patient for choice in rows(dialog)] == [2]
    key_click(names, Qt.Key.Key_Space)
    assert rows(dialog) == []
    dialog.filter.clear()
    assert groups(dialog)[0] == "Patient 1"


def test_two_patients_together_are_cautioned_about(browse: Show) -> None:
    dialog = browse((CT, replace(MR, patient=2)), persons=(Person("a", ""), Person("b", "")))
    dialog.tree.select(rows(dialog)[-1])
    press(Qt.Key.Key_F)
    press(Qt.Key.Key_M) if "moving" not in dialog.picks else None
    assert set(dialog.picks) == {"fixed", "moving"}
    assert said(dialog, "series_said") == "▲ The two series are of different patients."


ODD = (
    replace(CT, uid="1", description=""), replace(CT, uid="2", description="", modality="", spacing=(0, 0, 0)),
    replace(CT, uid="3", description="twice"), replace(CT, uid="4", description="twice"),
    replace(CT, uid="5", description="a very long description " * 20),
    replace(CT, uid="6", description="<b>Köpfe</b> &amp; ½ “日本” 😀 %1 \\n"),
    replace(CT, uid="7", description="", description_hidden=True), replace(SCOUT, uid="8", n_images=0),
)  # fmt: skip


def test_odd_series_stay_usable_in_a_small_window_with_large_letters(browse: Show, dressed: Dress) -> None:
    dressed("light", 1.5)
    window = QWidget()
    window.resize(1000, 600)
    dialog = browse(ODD, window=window)
    assert dialog.width() <= 1000
    assert dialog.height() <= 600
    assert dialog.minimumSizeHint().width() <= dialog.width()
    assert dialog.minimumSizeHint().height() <= dialog.height()
    texts = [str(place.data()) for place in _places(dialog)]
    assert len(rows(dialog)) == len(ODD)
    assert texts.count("twice") == 2
    assert "Without a description" in texts
    assert "Description hidden: it names the patient" in texts
    long = next(place for place in _places(dialog) if str(place.data()).startswith("a very long"))
    assert str(long.data()).strip() in long.data(Qt.ItemDataRole.ToolTipRole)
    for choice in rows(dialog):
        dialog.tree.select(choice)
        assert dialog.details.text.toPlainText()
    assert not dialog.grab().isNull()


def _places(dialog: SeriesDialog) -> list[QModelIndex]:
    places = []
    for choice in rows(dialog):
        dialog.tree.select(choice)
        places.append(dialog.tree.currentIndex().siblingAtColumn(0))
    return places


def test_two_hundred_series_are_all_there(browse: Show) -> None:
    many = [
        replace(CT, uid=str(n), description=f"series {n}", patient=1 + n % 3, facts=SeriesFacts(number=n))
        for n in range(200)
    ]
    dialog = browse(many, persons=(Person("a", ""),) * 3)
    assert len(rows(dialog)) == 200
    press(Qt.Key.Key_End)
    last = dialog.tree.current
    assert last is not None
    press(Qt.Key.Key_F)
    assert dialog.picks["fixed"] == last.key
    key_clicks(dialog.filter, "199")
    assert [choice.uid for choice in rows(dialog)] == ["199"]


def test_each_cell_is_spoken_with_what_it_means(browse: Show) -> None:
    dialog = browse()
    role, at = Qt.ItemDataRole.AccessibleTextRole, dialog.tree.currentIndex()
    assert at.siblingAtColumn(Column.SERIES).data(role) == "t1 mprage, chosen as the fixed image"
    assert at.siblingAtColumn(Column.FIXED).data(role) == "fixed image"
    assert at.siblingAtColumn(Column.MOVING).data(role) == "not the moving image"
    assert at.siblingAtColumn(Column.SLICES).data(role) == "Slices: 160 × 1 mm"
    assert at.siblingAtColumn(Column.WHEN).data(role) == "Date and time: not known"
    assert at.parent().data(role) == "Study without a date"


def test_parts_of_a_series_are_entries_of_their_own(browse: Show) -> None:
    dialog = browse((replace(MR, part=1), replace(MR, part=2, description="second echo"), CT))
    assert len(rows(dialog)) == 3
    dialog.tree.select(next(choice for choice in rows(dialog) if choice.part == 2))
    press(Qt.Key.Key_F)
    assert dialog.picks["fixed"] == ("mr", 2)
    assert "part 2" in dialog.details.text.toPlainText()
