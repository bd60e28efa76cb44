"""What the landmarks say of their error: suspects, residuals, prediction and check points."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from keyboard import CTRL, SHIFT, key_click, press
from landmark_sets import WORST, noisy, one_off, pair
from PyQt6.QtCore import QEvent, Qt
from PyQt6.QtWidgets import QApplication, QLabel, QPushButton, QWidget
from windows import (
    OpenWindow,
    cell,
    cell_tip,
    child,
    click,
    pair_table,
    press_in_views,
    put_pairs,
    target_table,
    tip,
    written,
)

from fusionviewer.geometry import RigidTransform
from fusionviewer.quality.landmark_facts import landmark_facts
from fusionviewer.session import edits, landmark_edits
from fusionviewer.ui.landmarks.pair_table import REMARK
from fusionviewer.ui.landmarks.target_table import PREDICTED
from fusionviewer.ui.window.main_window import MainWindow


@pytest.fixture
def window(open_window: OpenWindow) -> MainWindow:
    """On the page of landmarks, with all its sections open."""
    return open_window(page="Landmarks", unfolded=True)


def suspects(window: MainWindow) -> list[str]:
    found = window.findChild(QWidget, "suspects")
    assert found is not None
    shown = [one.text().replace("\u200b", "") for one in found.findChildren(QLabel) if one.isVisibleTo(window)]
    return shown if found.isVisibleTo(window) else []


def test_a_displaced_pair_is_said_loudly_until_it_is_mended(window: MainWindow) -> None:
    pairs = noisy(8, 0.5)
    put_pairs(window, pairs)
    assert suspects(window) == []
    said: list[str] = []
    window.workspace.warned.connect(said.append)
    away = edits.point_of(np.asarray(pairs[3].moving_point) + np.array([0, 10, 0]))
    put_pairs(window, [*pairs[:3], replace(pairs[3], moving_point=away), *pairs[4:]])
    (sentence,) = suspects(window)
    assert sentence.startswith("▲ “L4” lies ")
    assert said == [sentence.removeprefix("▲ ")]
    assert written(window, "tre_here") == "▲ withheld: no good fit"
    click(window, "show_suspect_3")
    assert window.workspace.view_model.view.selected_pair == 3
    click(window, "mend_suspect")
    assert suspects(window) == []
    assert window.workspace.document.state.landmarks[3].use == "off"
    window.workspace.document.undo_stack.undo()
    assert suspects(window) == [sentence]
    put_pairs(window, pairs)
    assert suspects(window) == []


def test_swapped_pairs_are_exchanged_by_one_click_and_one_undo(window: MainWindow) -> None:
    pairs = noisy(8, 0.5)
    right = tuple(pairs)
    pairs[1], pairs[4] = (
        replace(pairs[1], moving_point=pairs[4].moving_point),
        replace(pairs[4], moving_point=pairs[1].moving_point),
    )
    put_pairs(window, pairs)
    assert suspects(window) == ["▲ “L2” and “L5” look swapped: exchange them?"]
    click(window, "mend_suspect")
    assert window.workspace.document.state.landmarks == right
    assert suspects(window) == []
    key_click(window.images, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert window.workspace.document.state.landmarks == tuple(pairs)
    locked = [replace(one, locked=one.name == "L5") for one in pairs]
    put_pairs(window, locked)
    # the suspicion is the same, and its button says why it cannot be followed
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    button = window.findChild(QPushButton, "mend_suspect")
    assert button is not None
    assert not button.isEnabled()
    assert button.toolTip() == "L5 is locked."


def test_residuals_too_large_for_the_assumed_error_are_a_warning(window: MainWindow) -> None:
    document = window.workspace.document
    document.apply("FLE", landmark_edits.set_fle(document.state, 0.4))
    put_pairs(window, noisy(8, 3.0))
    assert "cannot be believed" in written(window, "misfit")
    document.apply("FLE", landmark_edits.set_fle(document.state, 3.0))
    assert written(window, "misfit") == ""


def test_fre_stands_with_a_sentence_that_it_is_no_accuracy(window: MainWindow) -> None:
    assert written(window, "why_they_differ") == "Mark at least three pairs; six to eight make a good start."
    assert written(window, "fre") == written(window, "tre_here") == "no fit yet"
    put_pairs(window, noisy(6, 0.5))
    fit = landmark_facts(window.workspace.document.state).fit
    assert fit is not None
    assert written(window, "fre") == f"{fit.fre_mm:.2f} mm over 6 pairs"
    assert "uncorrelated (Fitzpatrick 2009)" in written(window, "why_they_differ")
    shown = " ".join(label.text() for label in window.column.align.findChildren(QLabel)).lower()
    assert "accura" not in shown


def test_what_is_measured_follows_the_pose_that_is_shown(window: MainWindow) -> None:
    assert written(window, "measured") == "no check pairs"
    assert "Nothing is measured" in tip(window, "measured")
    put_pairs(window, [*noisy(5, 0.3), pair(6, use="check"), pair(7, use="check")])
    assert "2 check points that were not in the fit" in tip(window, "measured")
    assert "mean 0.0, max 0.0 mm" in written(window, "measured")
    model, state = window.workspace.view_model, window.workspace.document.state
    shift = RigidTransform.from_rotation_vector(np.zeros(3), np.zeros(3), np.array([0, 0, 3.0]))
    model.set_preview(shift @ state.alignment.moving_from_fixed, by_hand=True)
    assert "mean 3.0, max 3.0 mm" in written(window, "measured")
    model.set_preview(None)
    assert "mean 0.0, max 0.0 mm" in written(window, "measured")


def predicted_here(window: MainWindow) -> float:
    """What is predicted for the fit to the landmarks at the crosshair, mm."""
    here = np.asarray(window.workspace.view_model.view.fixed.cursor)
    mm = landmark_facts(window.workspace.document.state).tre_mm(here)
    assert mm is not None
    return mm


def test_the_readout_tells_the_prediction_under_the_crosshair_of_the_landmark_fit(window: MainWindow) -> None:
    assert written(window, "predicted_here") == ""
    put_pairs(window, noisy(6, 0.5))
    press_in_views(window, Qt.Key.Key_L, CTRL)
    for point in ((0.0, 0, 0), (60.0, 60, -60)):
        window.workspace.view_model.set_cursor("fixed", np.array(point))
        mm = predicted_here(window)
        assert written(window, "predicted_here") == f"Predicted error here {mm:.1f} mm RMS (landmark fit)"
        assert written(window, "tre_here") == f"{mm:.1f} mm RMS"


def test_a_prediction_never_stands_beside_a_pose_that_it_does_not_describe(window: MainWindow) -> None:
    """The readout is silent under any other pose; the panel of the landmarks says whose error it is."""
    put_pairs(window, noisy(6, 0.5))
    document, model = window.workspace.document, window.workspace.view_model
    before = document.state.alignment.moving_from_fixed
    assert written(window, "predicted_here") == ""
    assert written(window, "tre_here") == f"{predicted_here(window):.1f} mm RMS (landmark fit)"
    assert "not for the pose shown" in tip(window, "tre_here")
    press_in_views(window, Qt.Key.Key_L, CTRL)
    told = written(window, "predicted_here")
    assert told != ""
    model.set_preview(before, by_hand=True)
    assert written(window, "predicted_here") == ""
    model.set_preview(None)
    assert written(window, "predicted_here") == told
    document.apply("Register", edits.set_pose(document.state, before, "registration"))
    assert written(window, "predicted_here") == ""
    press_in_views(window, Qt.Key.Key_Z, CTRL)
    assert written(window, "predicted_here") == told
    put_pairs(window, noisy(7, 0.5))
    assert written(window, "predicted_here") == ""
    assert written(window, "tre_here").endswith(" mm RMS if fitted anew")


def test_a_prediction_that_the_residuals_contradict_is_withheld_with_the_reason(window: MainWindow) -> None:
    """An FRE of some 12 mm, and pairs that were said to be placed to 1 mm: 1.1 mm would be predicted in the middle."""
    document = window.workspace.document
    document.apply("FLE", landmark_edits.set_fle(document.state, 1.0))
    put_pairs(window, noisy(8, 12.0))
    press_in_views(window, Qt.Key.Key_L, CTRL)
    press_in_views(window, Qt.Key.Key_N, SHIFT)
    facts = landmark_facts(document.state)
    assert facts.fit is not None
    assert facts.fit.fre_mm > 8
    assert predicted_here(window) < 2
    assert facts.suspicions == ()
    short = f"FRE {facts.fit.fre_mm:.1f} mm contradicts FLE 1.0 mm"
    assert written(window, "predicted_here") == f"No error is predicted here: {short}"
    assert written(window, "tre_here") == "▲ withheld: FRE too large"
    why = "The predicted error (TRE) of the fit to the landmarks cannot be believed: the residuals (FRE "
    assert why in tip(window, "tre_here")
    assert written(window, "tre_about").startswith(why)
    assert cell(target_table(window), 0, PREDICTED) == "–"
    assert cell_tip(target_table(window), 0, PREDICTED).startswith(why)
    assert written(window, "summary_targets") == "1, TRE withheld"
    proposes = child(window, QPushButton, "where_to_add")
    assert not proposes.isEnabled()
    assert why in proposes.toolTip()
    known = child(window.column.review, QLabel, "known").text()
    assert "withheld at “T1”." in known
    assert "mm." not in next(line for line in known.splitlines() if "Predicted error" in line)
    document.apply("FLE", landmark_edits.set_fle(document.state, 12.0))
    assert (
        written(window, "predicted_here") == f"Predicted error here {predicted_here(window):.1f} mm RMS (landmark fit)"
    )
    assert cell(target_table(window), 0, PREDICTED) == f"{facts_of_target(window):.1f}"
    assert cell_tip(target_table(window), 0, PREDICTED).startswith("Error of the landmark fit")
    assert proposes.isEnabled()


def facts_of_target(window: MainWindow) -> float:
    state = window.workspace.document.state
    mm = landmark_facts(state).tre_mm(np.asarray(state.targets[0].point))
    assert mm is not None
    return mm


def test_points_outside_of_their_image_are_named_beside_the_table(window: MainWindow) -> None:
    pairs = noisy(8, 0.5)
    put_pairs(window, pairs)
    assert written(window, "misfit") == ""
    far = replace(pairs[2], moving_point=(900.0, 0.0, 0.0))
    put_pairs(window, [*pairs[:2], far, *pairs[3:]])
    told = "1 of 8 points in the moving image lies outside of it: “L3”."
    assert told in written(window, "misfit")
    assert told in shown_findings(window)
    assert cell(pair_table(window), 2, REMARK) == "▲"
    put_pairs(window, [*pairs[:2], replace(far, use="off"), *pairs[3:]])
    assert written(window, "misfit") == ""
    half = replace(pairs[4], fixed_point=(0.0, -900.0, 0.0), moving_point=None)
    put_pairs(window, [*pairs[:4], half, *pairs[5:]])
    assert written(window, "misfit") == "1 of 8 points in the fixed image lies outside of it: “L5”."
    assert cell_tip(pair_table(window), 4, REMARK) == "Its point in the fixed image lies outside of that image."


def shown_findings(window: MainWindow) -> str:
    """What the panel of the check lists."""
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    findings = child(window.column.review, QWidget, "findings")
    return "\n".join(one.text().replace("\u200b", "") for one in findings.findChildren(QLabel))


def test_tab_goes_from_the_fit_through_what_can_be_done_about_a_suspect(open_window: OpenWindow) -> None:
    window = open_window(landmarks=one_off(), page="Landmarks")
    fit = window.findChild(QPushButton, "button_fit_landmarks")
    assert fit is not None
    fit.setFocus()
    gone_to = []
    for _ in range(3):
        press(Qt.Key.Key_Tab)
        has_it = QApplication.focusWidget()
        gone_to.append("" if has_it is None else has_it.objectName())
    assert gone_to == [f"show_suspect_{WORST}", "mend_suspect", "fold_placement"]
