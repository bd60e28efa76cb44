"""What the landmarks say of their error: suspects, residuals, prediction and check points."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from keyboard import key_click, press
from landmark_sets import WORST, noisy, one_off, pair
from PyQt6.QtCore import QEvent, Qt
from PyQt6.QtWidgets import QApplication, QLabel, QPushButton, QWidget
from windows import OpenWindow, click, put_pairs, tip, written

from fusionviewer.geometry import RigidTransform
from fusionviewer.quality.landmark_facts import landmark_facts
from fusionviewer.session import edits, landmark_edits
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
    assert "▲" in written(window, "predicted_here")
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
    assert "too small" in written(window, "misfit")
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


def test_the_readout_tells_the_prediction_under_the_crosshair(window: MainWindow) -> None:
    assert written(window, "predicted_here") == ""
    put_pairs(window, noisy(6, 0.5))
    for point in ((0.0, 0, 0), (60.0, 60, -60)):
        window.workspace.view_model.set_cursor("fixed", np.array(point))
        mm = landmark_facts(window.workspace.document.state).tre_mm(
            np.asarray(window.workspace.view_model.view.fixed.cursor)
        )
        assert written(window, "predicted_here") == f"Predicted error here {mm:.1f} mm RMS (landmark fit)"
        assert written(window, "tre_here") == f"{mm:.1f} mm RMS (not this pose)"
        assert "not for the pose shown" in tip(window, "tre_here")
    document = window.workspace.document
    document.apply("Fit", edits.fit_to_landmarks(document.state))
    assert written(window, "tre_here") == f"{mm:.1f} mm RMS"
    put_pairs(window, noisy(7, 0.5))
    assert written(window, "tre_here").endswith(" mm RMS (if fitted anew)")


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
