"""Where a fusion's files lie in a derivatives dataset."""

from __future__ import annotations

from itertools import permutations

import pytest
from bids_rules import entities_of

from fusionviewer.errors import BadArgument
from fusionviewer.exchange.bids.layout import LABELS, Layout, sidecar


def test_an_mr_on_a_ct_is_an_anatomical_image_in_the_cts_space() -> None:
    layout = Layout("01", fixed="CT", moving="FLAIR", session="pre")
    folder = "sub-01/ses-pre"
    assert str(layout.transform) == f"{folder}/anat/sub-01_ses-pre_from-FLAIR_to-CT_mode-image_xfm.txt"
    assert str(layout.resampled) == f"{folder}/anat/sub-01_ses-pre_space-CT_FLAIR.nii.gz"
    assert str(layout.reference) == f"{folder}/ct/sub-01_ses-pre_desc-reference_ct.nii.gz"
    assert layout.coordinate_system == "Other", "BIDS has a name for the scanner RAS of a T1w alone"
    assert str(sidecar(layout.resampled)) == f"{folder}/anat/sub-01_ses-pre_space-CT_FLAIR.json"


def test_every_pair_of_kinds_has_lawful_names_of_its_own() -> None:
    for fixed, moving in permutations(LABELS, 2):
        layout = Layout("01", fixed, moving)
        paths = [layout.transform, layout.resampled, layout.reference, layout.electrodes, layout.coordsystem]
        paths += [sidecar(path) for path in paths[:3]]
        assert len(set(paths)) == len(paths)
        for path in paths:
            entities, *_ = entities_of(path.name)
            assert entities["sub"] == "01"
    for label in LABELS:
        with pytest.raises(BadArgument):
            Layout("01", label, label)


@pytest.mark.parametrize("label", ["", "0-1", "a_b", "é", "a/b"])
def test_labels_that_bids_has_not_are_refused(label: str) -> None:
    with pytest.raises(BadArgument):
        Layout(label, "T1w", "CT")
