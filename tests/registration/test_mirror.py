"""Left and right the wrong way round in one of the headers."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from fusionviewer.geometry import RigidTransform
from fusionviewer.imaging.volume import Volume, image_on_grid
from fusionviewer.registration import Ending, register
from fusionviewer.registration.presets import load_preset


def flipped(volume: Volume, axis: int) -> Volume:
    """The voxels in the other order along an index axis, on the same grid."""
    array = np.ascontiguousarray(np.flip(volume.array, 2 - axis))
    return Volume(image_on_grid(array, volume.grid), "flipped", volume.modality)


def tilted(volume: Volume) -> Volume:
    """The same image with a header that turns it, so that its mirror plane lies along no axis."""
    turn = RigidTransform.from_rotation_vector([0.5, -0.7, 0.9], volume.grid.centre, np.zeros(3))
    image = volume.image[:, :, :]
    image.SetDirection((turn.rotation @ np.asarray(volume.grid.direction)).ravel().tolist())
    image.SetOrigin(turn.apply(np.asarray(volume.grid.origin)).tolist())
    return Volume(image, "tilted", volume.modality)


@pytest.mark.parametrize("preset", ["rigid-default", "fast"])
@pytest.mark.parametrize("axis", [0, 2])
def test_a_mirrored_image_is_told(sample_pair: Any, preset: str, axis: int) -> None:
    moving = flipped(sample_pair.moving, axis)
    result = register(sample_pair.fixed, moving, settings=load_preset(preset).settings)
    assert result.ending is Ending.DOUBTFUL
    assert "mirror_better" in {reason.code for reason in result.reasons}
    assert result.evidence is not None
    assert result.evidence.mirror_share > 1.1


@pytest.mark.parametrize("turn", [False, True])
def test_the_right_way_round_fits_better_than_any_mirror_image(sample_pair: Any, turn: bool) -> None:
    fixed = tilted(sample_pair.fixed) if turn else sample_pair.fixed
    result = register(fixed, sample_pair.moving)
    assert result.ending is Ending.CONVERGED
    assert result.evidence is not None
    # a head is nearly its own mirror image: if nothing near 1 is found, the right plane was missed
    assert 0.7 < result.evidence.mirror_share < 0.95


def test_a_mirrored_image_in_a_tilted_head_is_told(sample_pair: Any) -> None:
    result = register(tilted(sample_pair.fixed), flipped(sample_pair.moving, 0))
    assert "mirror_better" in {reason.code for reason in result.reasons}
