"""A transform of another program, opened in the window, whose file does not say which program it is of."""

from __future__ import annotations

from pathlib import Path

from answers import Answers

from fusionviewer.app.commands import open_save
from fusionviewer.app.state.workspace import Workspace
from fusionviewer.errors import FusionError
from fusionviewer.exchange.transforms.pair import Pair
from fusionviewer.exchange.transforms.registry import format_of, write_transform
from fusionviewer.geometry import RigidTransform


def test_where_a_file_may_be_of_several_programs_the_user_is_asked(
    with_phantoms: Workspace, tmp_path: Path, phantom_truth: RigidTransform
) -> None:
    answers = with_phantoms.questions = Answers()
    errors: list[FusionError] = []
    with_phantoms.failed.connect(errors.append)
    before = with_phantoms.document.state
    path, pair = tmp_path / "flirt.mat", Pair.of(before.fixed, before.moving)
    write_transform(phantom_truth, path, format_of("fsl"), pair)
    open_save.open_paths(with_phantoms, [path])
    assert answers.asked == ["format of flirt.mat: fsl c3d"]
    assert with_phantoms.document.state is before
    answers.transform_format = "fsl"
    open_save.open_paths(with_phantoms, [path])
    assert with_phantoms.document.state.alignment.moving_from_fixed.is_close(phantom_truth, 1e-9)
    assert errors == []
