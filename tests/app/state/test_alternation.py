"""What is shown while one image takes turns with the other."""

from __future__ import annotations

import time

import pytest
from PyQt6.QtWidgets import QApplication

from fusionviewer.app.state.alternation import Interlude
from fusionviewer.rendering.blends import Blend, BlendMode


def test_the_rock_goes_from_one_image_to_the_other_in_three_seconds(
    qapp: QApplication, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [10.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    interlude = Interlude()
    interlude.set_rock(True)
    fades = []
    for now[0] in (10.0, 10.75, 11.5, 12.25, 13.0):
        fades.append(interlude.seen(Blend(BlendMode.CHECKERBOARD)).fade)
    assert fades == pytest.approx([0, 0.5, 1, 0.5, 0])
    interlude.end()


def test_peeking_shows_the_other_image_alone_in_every_mode(qapp: QApplication) -> None:
    interlude = Interlude()
    interlude.peek(True)
    assert interlude.seen(Blend(fade=0.3)).fade == 1.0
    assert interlude.seen(Blend(fade=0.7)).fade == 0.0
    for mode in (BlendMode.EDGES, BlendMode.CHECKERBOARD, BlendMode.DIFFERENCE):
        assert interlude.seen(Blend(mode)) == Blend(BlendMode.FADE, fade=1.0)
        assert interlude.seen(Blend(mode, swapped=True)).fade == 0.0
