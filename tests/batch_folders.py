"""Folders as a batch leaves them, without a registration: studies of the phantoms in files, and their records."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import phantoms

from fusionviewer.imaging.readers import read_volume
from fusionviewer.quality.batch.records import STUDY, RowRecord, save_list, save_row
from fusionviewer.session import edits
from fusionviewer.session.study_file import save_study

WRONG = RowRecord("w1", "done", verdict="wrong", expected_p95_mm=6.4, reasons=("Skull and skin lie 6.4 mm off.",))
LOOK = RowRecord("l1", "done", verdict="look", expected_p95_mm=1.9, reasons=("Look here.",))
FINE = RowRecord("f1", "done", verdict="fine", expected_p95_mm=0.7)
REFUSED = RowRecord("r1", "refused", sentence="‹moving› is not an image.")
ROWS = (FINE, REFUSED, LOOK, WRONG)
"""In the order of their table."""


def batch_folder(folder: Path, images: tuple[Path, Path], rows: tuple[RowRecord, ...] = ROWS) -> Path:
    """A folder with these rows, whose studies are of the two images, aligned as they truly lie."""
    fixed, moving = (read_volume(path) for path in images)
    save_list(folder, [row.id for row in rows])
    for row in rows:
        (folder / row.id).mkdir()
        if row.outcome == "done":
            state = edits.set_pose(edits.new_study(fixed, moving), phantoms.MOVING_FROM_FIXED, "file")
            save_study(state, None, folder / row.id / STUDY)
        save_row(folder, replace(row, done_for="0"))
    return folder
