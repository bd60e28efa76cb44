"""What is said about an alignment, when, and what never."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from fusionviewer.geometry import RigidTransform
from fusionviewer.quality.displacement import Displacement, Overlap
from fusionviewer.quality.findings import Evidence, PairResidual, findings
from fusionviewer.registration.bounds import Bounds
from fusionviewer.registration.result import Ending

BOUNDS = Bounds.about(RigidTransform.identity(), np.zeros(3), 8, 2.5)


def pairs(*residuals_mm: float) -> tuple[PairResidual, ...]:
    return tuple(PairResidual(f"P{n}", mm, (float(n), 0.0, 0.0)) for n, mm in enumerate(residuals_mm))


def only(evidence: Evidence):
    (finding,) = findings(evidence)
    return finding


def test_a_reviewed_alignment_without_faults_has_no_findings():
    evidence = Evidence(
        displacement=Displacement(12.0, 8.0),
        overlap=Overlap(0.97, (0.0, 0.0, -70.0)),
        ending=Ending.CONVERGED,
        bounds=BOUNDS,
        residuals=pairs(1.0, 1.2, 0.9, 1.4),
        verdict="accepted",
    )
    assert findings(evidence) == ()


@pytest.mark.parametrize(
    ("evidence", "level", "words"),
    [
        (Evidence(aligned=False), "note", "headers"),
        (Evidence(), "note", "reviewed"),
        (Evidence(verdict="rejected"), "warning", "rejected"),
        (Evidence(verdict="stale"), "warning", "changed"),
        (Evidence(verdict="accepted", ending=Ending.DOUBTFUL, reason="The starts disagree."), "warning", "starts"),
        (Evidence(verdict="accepted", bounds=BOUNDS, touched=("shift",)), "warning", "8 mm of shift;"),
        (Evidence(verdict="accepted", bounds=BOUNDS, touched=("rotation",)), "warning", "2.5° of rotation;"),
        (Evidence(verdict="accepted", bounds=BOUNDS, touched=("shift", "rotation")), "warning", "shift and 2.5°"),
        (Evidence(verdict="accepted", displacement=Displacement(63.4, 40.0)), "note", "63 mm"),
    ],
)
def test_each_has_its_sentence(evidence, level, words):
    finding = only(evidence)
    assert finding.level == level
    assert words in finding.sentence
    assert finding.where is None


def test_overlap_is_a_note_where_a_part_is_cut_off_and_a_warning_where_little_is_left():
    where = (1.0, 2.0, 3.0)
    cut = only(Evidence(verdict="accepted", overlap=Overlap(0.7, where)))
    assert (cut.level, cut.where) == ("note", where)
    assert "30 %" in cut.sentence
    little = only(Evidence(verdict="accepted", overlap=Overlap(0.31, where)))
    assert (little.level, little.where) == ("warning", where)
    assert "31 %" in little.sentence


def test_a_landmark_that_stands_out_is_named_and_can_be_gone_to():
    finding = only(Evidence(verdict="accepted", residuals=pairs(1.0, 7.2, 1.4, 1.2)))
    assert finding.level == "warning"
    assert finding.where == (1.0, 0.0, 0.0)
    assert "P1 is 7.2 mm" in finding.sentence


@pytest.mark.parametrize("residuals", [(), (9.0, 1.0, 1.0), (0.1, 2.9, 0.1, 0.1), (5.0, 4.0, 6.0, 5.0), (0, 0, 0, 0)])
def test_landmarks_are_left_alone_while_none_stands_out(residuals):
    assert findings(Evidence(verdict="accepted", residuals=pairs(*residuals))) == ()


def test_warnings_come_first_and_nothing_is_called_accuracy():
    choices = itertools.product(
        (True, False),
        (None, Displacement(99.0, 50.0)),
        (None, Overlap(0.2, (0.0, 0.0, 0.0)), Overlap(0.7, None)),
        (None, Ending.DOUBTFUL, Ending.BOUNDED),
        ((), ("shift", "rotation")),
        ((), pairs(1, 1, 1, 9)),
        (None, "accepted", "rejected", "stale"),
    )
    for aligned, moved, overlap, ending, touched, residuals, verdict in choices:
        found = findings(Evidence(aligned, moved, overlap, ending, "A reason.", BOUNDS, touched, residuals, verdict))
        levels = [finding.level for finding in found]
        assert levels == sorted(levels, reverse=True)
        for finding in found:
            assert "accura" not in finding.sentence.lower()
            assert not finding.sentence[0].islower()
            assert finding.sentence.endswith((".", "?"))
