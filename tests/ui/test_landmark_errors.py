"""What the landmarks say of their error, in the window: with real keys and clicks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
from answers import Answers
from landmark_sets import noisy, pair
from mouse import Hand
from PyQt6.QtCore import QEvent, QPointF, Qt
from PyQt6.QtGui import QImage
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QApplication, QLabel, QLineEdit, QPushButton, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from fusionviewer.app.commands.landmarks import mark_landmarks
from fusionviewer.app.commands.open_save import Opened, find_head, show_study
from fusionviewer.geometry import RigidTransform
from fusionviewer.imaging.volume import Volume
from fusionviewer.quality.landmark_facts import landmark_facts
from fusionviewer.session import edits, landmark_edits
from fusionviewer.session.state import LandmarkPair
from fusionviewer.ui.landmarks.target_table import APART, NAME, PREDICTED, WHERE, TargetTable
from fusionviewer.ui.panels.fle_section import FleBox
from fusionviewer.ui.window.main_window import MainWindow

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def window(qtbot: QtBot, phantom_mr: Volume, phantom_ct: Volume, phantom_truth: RigidTransform) -> Iterator[MainWindow]:
    made = MainWindow()
    made.workspace.questions = Answers()  # type: ignore[assignment]
    made.resize(1280, 800)
    made.show()
    qtbot.waitExposed(made)
    heads = {"fixed": find_head(phantom_mr), "moving": find_head(phantom_ct)}
    state = edits.set_pose(edits.new_study(phantom_mr, phantom_ct), phantom_truth, "file")
    show_study(made.workspace, state, Opened({"fixed": phantom_mr, "moving": phantom_ct}, heads))  # type: ignore[arg-type]
    made.steps.go_on("align")
    made.column.align.show_page("Landmarks")
    for heading in ("fold_placement", "fold_targets"):
        click_fold(made, heading)
    yield made
    made.workspace.questions = Answers()  # type: ignore[assignment]
    made.close()
    made.deleteLater()


def click_fold(window: MainWindow, heading: str) -> None:
    button = window.findChild(QToolButton, heading)
    assert button is not None
    QTest.mouseClick(button, LEFT)
    QApplication.processEvents()


def put(window: MainWindow, pairs: list[LandmarkPair]) -> None:
    document = window.workspace.document
    document.apply("Pairs", replace(document.state, landmarks=tuple(pairs)))
    QApplication.processEvents()


def text(window: MainWindow, name: str) -> str:
    found = window.findChild(QLabel, name)
    assert found is not None
    return found.text() if found.isVisibleTo(window) else ""


def tip(window: MainWindow, name: str) -> str:
    found = window.findChild(QLabel, name)
    assert found is not None
    return found.toolTip()


def press(window: MainWindow, name: str) -> None:
    button = window.findChild(QPushButton, name)
    assert button is not None
    QTest.mouseClick(button, LEFT)
    QApplication.processEvents()


def suspects(window: MainWindow) -> list[str]:
    found = window.findChild(QWidget, "suspects")
    assert found is not None
    shown = [one.text().replace("\u200b", "") for one in found.findChildren(QLabel) if one.isVisibleTo(window)]
    return shown if found.isVisibleTo(window) else []


def picture(window: MainWindow, key: str) -> QImage:
    QApplication.processEvents()
    return window.images.view(key).grab().toImage()


def table(window: MainWindow) -> TargetTable:
    found = window.findChild(TargetTable)
    assert found is not None
    return found


def cell(window: MainWindow, row: int, column: int) -> str:
    item = table(window).item(row, column)
    assert item is not None
    return item.text()


def click_cell(window: MainWindow, row: int, column: int) -> None:
    found = table(window)
    index = found.model().index(row, column)  # type: ignore[union-attr]
    QTest.mouseClick(found.viewport(), LEFT, pos=found.visualRect(index).center())
    QApplication.processEvents()


# Suspects


def test_a_displaced_pair_is_said_loudly_until_it_is_mended(window: MainWindow) -> None:
    pairs = noisy(8, 0.5)
    put(window, pairs)
    assert suspects(window) == []
    said: list[str] = []
    window.workspace.warned.connect(said.append)
    away = edits.point_of(np.asarray(pairs[3].moving_point) + np.array([0, 10, 0]))
    put(window, [*pairs[:3], replace(pairs[3], moving_point=away), *pairs[4:]])
    (sentence,) = suspects(window)
    assert sentence.startswith("▲ L4 does not fit the others: ")
    assert said == [sentence.removeprefix("▲ ")]
    assert "▲" in text(window, "predicted_here")
    press(window, "show_suspect_3")
    assert window.workspace.view_model.view.selected_pair == 3
    press(window, "mend_suspect")
    assert suspects(window) == []
    assert not window.workspace.document.state.landmarks[3].enabled
    window.workspace.document.undo_stack.undo()
    assert suspects(window) == [sentence]
    put(window, pairs)
    assert suspects(window) == []


def test_swapped_pairs_are_exchanged_by_one_click_and_one_undo(window: MainWindow) -> None:
    pairs = noisy(8, 0.5)
    right = tuple(pairs)
    pairs[1], pairs[4] = (
        replace(pairs[1], moving_point=pairs[4].moving_point),
        replace(pairs[4], moving_point=pairs[1].moving_point),
    )
    put(window, pairs)
    assert suspects(window) == ["▲ L2 and L5 look swapped: exchange them?"]
    press(window, "mend_suspect")
    assert window.workspace.document.state.landmarks == right
    assert suspects(window) == []
    QTest.keyClick(window.images, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert window.workspace.document.state.landmarks == tuple(pairs)
    locked = [replace(one, locked=one.name == "L5") for one in pairs]
    put(window, locked)
    # the suspicion is the same, and its button says why it cannot be followed
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    button = window.findChild(QPushButton, "mend_suspect")
    assert button is not None
    assert not button.isEnabled()
    assert button.toolTip() == "L5 is locked."


# Placement error


def test_the_placement_error_is_automatic_or_ones_own(window: MainWindow) -> None:
    put(window, noisy(6, 0.5))
    box = window.findChild(FleBox, "fle")
    assert box is not None
    facts = landmark_facts(window.workspace.document.state)
    assert box.text() == f"automatic: {facts.fle_mm:.2f} mm FLE"
    before = text(window, "predicted_here")
    box.setFocus()
    QTest.keyClick(box, Qt.Key.Key_Up)  # from what was automatic
    assert window.workspace.document.state.fle_mm == pytest.approx(facts.fle_mm + 0.1, abs=0.006)
    box.selectAll()
    QTest.keyClicks(box, "0.3")
    QTest.keyClick(box, Qt.Key.Key_Return)
    assert window.workspace.document.state.fle_mm == 0.3
    assert text(window, "predicted_here") != before
    box.selectAll()
    QTest.keyClicks(box, "0")
    QTest.keyClick(box, Qt.Key.Key_Return)
    assert window.workspace.document.state.fle_mm is None
    assert box.text() == f"automatic: {facts.fle_mm:.2f} mm FLE"
    assert text(window, "predicted_here") == before


def test_one_pair_can_have_a_placement_error_of_its_own(window: MainWindow) -> None:
    put(window, noisy(6, 0.5))
    box = window.findChild(FleBox, "pair_fle")
    assert box is not None
    assert not box.isEnabled()
    assert box.toolTip() == "Select a landmark pair first."
    document = window.workspace.document
    mark_landmarks.select(window.workspace, 2)
    usual = landmark_facts(document.state).fle_mm
    assert box.text() == f"as the others: {usual:.2f} mm FLE"
    before = text(window, "predicted_here"), landmark_facts(document.state).fit
    box.setFocus()
    box.selectAll()
    QTest.keyClicks(box, "12.5")
    QTest.keyClick(box, Qt.Key.Key_Return)
    assert [one.fle_mm for one in document.state.landmarks] == [None, None, 12.5, None, None, None]
    after = text(window, "predicted_here"), landmark_facts(document.state).fit
    assert before[1] is not None
    assert after[1] is not None
    assert after[0] != before[0]
    assert after[1].moving_from_fixed != before[1].moving_from_fixed  # the others are trusted more
    mark_landmarks.select(window.workspace, 3)
    assert box.value() == 0
    mark_landmarks.select(window.workspace, 2)
    assert box.value() == 12.5
    document.undo_stack.undo()
    assert box.value() == 0
    assert document.state.landmarks[2].fle_mm is None


def test_residuals_too_large_for_the_assumed_error_are_a_warning(window: MainWindow) -> None:
    document = window.workspace.document
    document.apply("FLE", landmark_edits.set_fle(document.state, 0.4))
    put(window, noisy(8, 3.0))
    assert "too small" in text(window, "misfit")
    document.apply("FLE", landmark_edits.set_fle(document.state, 3.0))
    assert text(window, "misfit") == ""


def test_fre_stands_with_a_sentence_that_it_is_no_accuracy(window: MainWindow) -> None:
    assert text(window, "why_they_differ") == "Mark at least three pairs; six to eight make a good start."
    assert text(window, "fre") == text(window, "tre_here") == "no fit yet"
    put(window, noisy(6, 0.5))
    fit = landmark_facts(window.workspace.document.state).fit
    assert fit is not None
    assert text(window, "fre") == f"{fit.fre_mm:.2f} mm over 6 pairs"
    assert "uncorrelated (Fitzpatrick 2009)" in text(window, "why_they_differ")
    shown = " ".join(label.text() for label in window.column.align.findChildren(QLabel)).lower()
    assert "accura" not in shown


def test_a_pair_is_marked_again_by_clicks_without_being_seen(window: MainWindow) -> None:
    put(window, noisy(6, 0.5))
    model = window.workspace.view_model
    mark_landmarks.select(window.workspace, 0)
    model.set_layout("pairs")
    QApplication.processEvents()
    view = window.images.view("fixed.axial")
    frame = view.frame()
    assert frame is not None
    assert any(mark.index == 0 for mark in view.marks(frame))
    QTest.keyClick(window.images, Qt.Key.Key_A, Qt.KeyboardModifier.ShiftModifier)
    assert any("again in the fixed image" in label.text() for label in window.status.findChildren(QLabel))
    for key in ("fixed.axial", "moving.coronal"):
        view = window.images.view(key)
        frame = view.frame()
        assert frame is not None
        assert not any(mark.index == 0 for mark in view.marks(frame))
        at = QPointF(view.width() / 2 + 20, view.height() / 2 + 12)
        point = frame.point_under(at)
        Hand(view).click(at)
        side, again = window.workspace.document.state.landmarks[0].again[-1]
        assert side == key.partition(".")[0]
        assert again == pytest.approx(tuple(point))
    assert window.workspace.document.state.landmarks[0].fixed_point == noisy(6, 0.5)[0].fixed_point
    assert model.repeats.sides == ()
    estimate = landmark_facts(window.workspace.document.state).repeats.fle_mm
    assert text(window, "repeats").startswith(
        f"From repeats (1 in the fixed and 1 in the moving image): {estimate:.2f}"
    )
    press(window, "take_estimate")
    assert window.workspace.document.state.fle_mm == pytest.approx(estimate, abs=0.005)
    press(window, "forget_repeats")
    assert text(window, "repeats") == ""


def test_escape_leaves_marking_again_and_the_pair_is_seen(window: MainWindow) -> None:
    put(window, noisy(6, 0.5))
    mark_landmarks.select(window.workspace, 0)
    press(window, "button_mark_again")
    assert window.workspace.view_model.view.layout == "pairs"
    assert window.workspace.view_model.repeats.sides
    QTest.keyClick(window.images, Qt.Key.Key_Escape)
    assert not window.workspace.view_model.repeats.sides
    assert window.workspace.view_model.view.selected_pair == 0
    assert not window.actions_by_key["mark_again"].isChecked()


def test_what_is_measured_follows_the_pose_that_is_shown(window: MainWindow) -> None:
    assert text(window, "measured") == "no check pairs"
    assert "Nothing is measured" in tip(window, "measured")
    put(window, [*noisy(5, 0.3), pair(6, role="check"), pair(7, role="check")])
    assert "2 check points that were not in the fit" in tip(window, "measured")
    assert "mean 0.0, max 0.0 mm" in text(window, "measured")
    model, state = window.workspace.view_model, window.workspace.document.state
    shift = RigidTransform.from_rotation_vector(np.zeros(3), np.zeros(3), np.array([0, 0, 3.0]))
    model.set_preview(shift @ state.moving_from_fixed, by_hand=True)
    assert "mean 3.0, max 3.0 mm" in text(window, "measured")
    model.set_preview(None)
    assert "mean 0.0, max 0.0 mm" in text(window, "measured")


# Targets


def test_targets_are_added_by_key_jumped_to_renamed_and_deleted(window: MainWindow) -> None:
    put(window, noisy(6, 0.5))
    model, document = window.workspace.view_model, window.workspace.document
    bare = {}
    for name, point in (("T1", (12.0, -8, 20)), ("T2", (-25.0, 30, -5))):
        model.set_cursor("fixed", np.array(point))
        bare[name] = picture(window, "fused.axial")
        QTest.keyClick(window.images, Qt.Key.Key_N, Qt.KeyboardModifier.ShiftModifier)
        assert document.state.targets[-1].name == name
        assert document.state.targets[-1].point == pytest.approx(point)
        assert picture(window, "fused.axial") != bare[name]  # it is drawn
    assert [cell(window, row, NAME) for row in (0, 1)] == ["T1", "T2"]
    predicted = landmark_facts(document.state).tre_mm(np.array([12.0, -8, 20]))
    assert cell(window, 0, PREDICTED) == f"{predicted:.1f}"
    assert cell(window, 0, WHERE) == "12 −8 20"
    assert cell(window, 0, APART) == "–"  # there is one pose only
    click_cell(window, 0, NAME)
    assert model.view.fixed.cursor == pytest.approx((12, -8, 20))
    QTest.keyClick(table(window), Qt.Key.Key_Down)
    assert model.view.fixed.cursor == pytest.approx((-25, 30, -5))
    table(window).editItem(table(window).item(1, NAME))
    editor = table(window).findChild(QLineEdit)
    assert editor is not None
    editor.setText("left subthalamic nucleus")
    QTest.keyClick(editor, Qt.Key.Key_Return)
    QApplication.processEvents()
    assert document.state.targets[1].name == "left subthalamic nucleus"
    mark_landmarks.select(window.workspace, 0)
    table(window).setFocus()
    QTest.keyClick(table(window), Qt.Key.Key_Delete)
    assert [target.name for target in document.state.targets] == ["T1"]
    assert len(document.state.landmarks) == 6  # the selected pair was not meant
    click_cell(window, 0, NAME)
    press(window, "delete_target")
    assert document.state.targets == ()
    for _ in range(2):
        document.undo_stack.undo()
    assert [cell(window, row, NAME) for row in (0, 1)] == ["T1", "left subthalamic nucleus"]


def test_a_name_that_is_taken_is_refused_and_goes_back(window: MainWindow) -> None:
    document = window.workspace.document
    for point in ((0.0, 0, 0), (5.0, 5, 5)):
        document.apply("Target", landmark_edits.add_target(document.state, point))
    item = table(window).item(1, NAME)
    assert item is not None
    item.setText("T1")
    assert cell(window, 1, NAME) == "T2"
    assert document.state.targets[1].name == "T2"


def test_advice_names_what_it_would_bring_and_goes_there(window: MainWindow) -> None:
    button = window.findChild(QPushButton, "where_to_add")
    assert button is not None
    assert not button.isEnabled()
    assert "at least three pairs" in button.toolTip()
    put(window, noisy(4, 0.5))
    window.workspace.view_model.set_cursor("fixed", np.array([-50.0, 50, 50]))
    QTest.keyClick(window.images, Qt.Key.Key_N, Qt.KeyboardModifier.ShiftModifier)
    before = window.workspace.view_model.view.fixed.cursor
    press(window, "where_to_add")
    assert "predicted at T1" in text(window, "advice")
    assert window.workspace.view_model.view.fixed.cursor != before
    put(window, noisy(5, 0.5))
    assert "predicted at T1" not in text(window, "advice")


def test_the_readout_tells_the_prediction_under_the_crosshair(window: MainWindow) -> None:
    assert text(window, "predicted_here") == ""
    put(window, noisy(6, 0.5))
    for point in ((0.0, 0, 0), (60.0, 60, -60)):
        window.workspace.view_model.set_cursor("fixed", np.array(point))
        mm = landmark_facts(window.workspace.document.state).tre_mm(
            np.asarray(window.workspace.view_model.view.fixed.cursor)
        )
        assert text(window, "predicted_here") == f"Predicted error here {mm:.1f} mm RMS (landmark fit)"
        assert text(window, "tre_here") == f"{mm:.1f} mm RMS (not this pose)"
        assert "not for the pose shown" in tip(window, "tre_here")
    document = window.workspace.document
    document.apply("Fit", edits.fit_to_landmarks(document.state))
    assert text(window, "tre_here") == f"{mm:.1f} mm RMS"
    put(window, noisy(7, 0.5))
    assert text(window, "tre_here").endswith(" mm RMS (if fitted anew)")


# Lines


def test_a_key_draws_the_lines_in_fused_and_fixed_panes_only(window: MainWindow) -> None:
    assert not window.actions_by_key["show_error_lines"].isEnabled()
    put(window, noisy(6, 0.5))
    model = window.workspace.view_model
    model.set_layout("nine")
    keys = ("fused.axial", "fused.coronal", "fixed.axial", "fixed.sagittal", "moving.axial")
    bare = {key: picture(window, key) for key in keys}
    QTest.keyClick(window.images, Qt.Key.Key_I)
    assert model.view.show_error_lines
    assert {key for key in keys if picture(window, key) != bare[key]} == set(keys) - {"moving.axial"}
    QTest.keyClick(window.images, Qt.Key.Key_I)
    assert all(picture(window, key) == bare[key] for key in keys)


def test_the_lines_follow_the_pairs_and_lie_where_the_prediction_says(window: MainWindow) -> None:
    put(window, noisy(6, 0.5))
    model = window.workspace.view_model
    model.set_blend(fade=0.0)
    view = window.images.view("fused.axial")
    bare = picture(window, "fused.axial")
    model.change(show_error_lines=True)
    drawn = picture(window, "fused.axial")
    facts, frame = landmark_facts(window.workspace.document.state), view.frame()
    assert frame is not None
    bright = []
    for x in range(view.width() // 2, view.width()):  # along a row through the middle, without legend and names
        y = view.height() // 3
        if drawn.pixelColor(x, y).lightness() > bare.pixelColor(x, y).lightness() + 60:
            bright.append(facts.tre_mm(frame.point_under(QPointF(x, y))))
    assert bright
    step = 0.05  # every step that levels can have is a multiple of this
    away = [abs(mm / step - round(mm / step)) * step / mm for mm in bright if mm is not None]
    assert max(away) < 0.03
    put(window, noisy(5, 0.5))
    assert picture(window, "fused.axial") != drawn


def test_lines_stay_chosen_without_a_fit_and_can_be_put_off(window: MainWindow) -> None:
    put(window, noisy(3, 0.5))
    window.workspace.view_model.change(show_error_lines=True)
    with_fit = picture(window, "fused.axial")
    put(window, noisy(2, 0.5))
    assert picture(window, "fused.axial") != with_fit
    assert window.actions_by_key["show_error_lines"].isEnabled()
    window.workspace.view_model.change(show_error_lines=False)
    assert not window.actions_by_key["show_error_lines"].isEnabled()


# Results


def test_a_result_is_chosen_with_a_click_and_taken_back_with_undo(window: MainWindow, qtbot: QtBot) -> None:
    workspace = window.workspace
    window.column.align.show_page("Automatic")
    assert "kept here" in text(window, "results_note")
    put(window, noisy(6, 0.5))
    document = workspace.document
    document.apply("Fit", edits.fit_to_landmarks(document.state))
    fitted = document.state.moving_from_fixed
    window.column.align.show_page("Automatic")
    QTest.keyClick(window.images, Qt.Key.Key_F5)
    qtbot.waitUntil(lambda: not workspace.runner.busy, timeout=60_000)
    assert document.state.origin == "refinement"
    refined = document.state.moving_from_fixed
    QApplication.processEvents()
    one, other = (window.findChild(QPushButton, f"result_{kind}") for kind in ("landmarks", "refinement"))
    assert one is not None
    assert other is not None
    assert (one.isChecked(), other.isChecked()) == (False, True)
    assert other.text() == "✓ Refinement"
    marks = document.state.used_points()[0]
    apart = np.linalg.norm(fitted.apply(marks) - refined.apply(marks), axis=1)
    assert text(window, "apart_1_0") == f"{apart.mean():.1f}"
    assert text(window, "apart_1_1") == f"{apart.max():.1f}"
    assert text(window, "apart_3_0") == "0.0"
    press(window, "result_landmarks")
    assert document.state.moving_from_fixed == fitted
    assert (one.isChecked(), other.isChecked()) == (True, False)
    press(window, "result_landmarks")  # it stays marked
    assert one.isChecked()
    document.undo_stack.undo()
    assert document.state.moving_from_fixed == refined
    assert document.state.run is not None
    assert (one.isChecked(), other.isChecked()) == (False, True)


def test_the_disagreement_at_targets_is_shown_live(window: MainWindow) -> None:
    put(window, noisy(6, 0.5))
    document, model = window.workspace.document, window.workspace.view_model
    document.apply("Fit", edits.fit_to_landmarks(document.state))
    document.apply("Target", landmark_edits.add_target(document.state, (10.0, 20, 30)))
    shift = RigidTransform.from_rotation_vector(np.zeros(3), np.zeros(3), np.array([0, 4.0, 0]))
    assert cell(window, 0, APART) == "–"
    model.set_preview(shift @ document.state.moving_from_fixed, by_hand=True)
    assert cell(window, 0, APART) == "4.0"
    window.column.align.show_page("Automatic")
    assert [text(window, f"apart_0_{column}") for column in range(3)] == ["mean", "max", "T1"]
    assert [text(window, f"apart_1_{column}") for column in range(3)] == ["4.0", "4.0", "4.0"]
    model.set_preview(None)
    assert text(window, "apart_1_2") == "0.0"
    assert cell(window, 0, APART) == "–"


def test_the_weight_of_the_landmarks_is_part_of_the_study(window: MainWindow) -> None:
    window.column.align.show_page("Automatic")
    box = window.findChild(QWidget, "landmark_weight")
    assert box is not None
    box.setFocus()
    QTest.keyClick(box, Qt.Key.Key_Up)
    assert window.workspace.document.state.landmark_weight == 0.5
    QTest.keyClick(box, Qt.Key.Key_Up)
    window.workspace.document.undo_stack.undo()
    assert window.workspace.document.state.landmark_weight == 0.0
    assert box.property("value") == 0.0
