"""Make the pictures of the user guide: `.venv/bin/python packaging/screenshots.py [NAME ...]`.

Opens the sample in the real window without a screen, registers it, and writes into docs/images a JPEG of every
comparison mode, layout and mouse mode, and a PNG for each page of the guide; or those alone that are named
(`blend-fade guide-review`). Look at each before it is committed.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import numpy as np
from environment import ROOT
from guide_pictures import guide_scenes, small_png
from PyQt6.QtCore import QPointF, QSettings
from PyQt6.QtWidgets import QApplication, QWidget

from fusionviewer.app.commands import open_save
from fusionviewer.app.commands import register as register_commands
from fusionviewer.app.commands.window import show_step
from fusionviewer.app.state.opening_view import opening_view
from fusionviewer.geometry import RigidTransform, rotation_from_vector
from fusionviewer.rendering.blends import Blend, BlendMode
from fusionviewer.rendering.window import CT_PRESETS
from fusionviewer.session import edits
from fusionviewer.session.view_state import Distance
from fusionviewer.ui.application import make_application
from fusionviewer.ui.window.main_window import MainWindow

QUALITY = 88


def main() -> None:
    folder, wanted = ROOT / "docs" / "images", sys.argv[1:]
    settings = tempfile.TemporaryDirectory(prefix="fusionviewer-pictures-")  # the user's own stay what they are
    QSettings.setPath(QSettings.Format.IniFormat, QSettings.Scope.UserScope, settings.name)
    QSettings.setDefaultFormat(QSettings.Format.IniFormat)
    os.environ["XDG_STATE_HOME"] = settings.name  # and the recent studies, which pictures would show
    app = make_application()
    window = MainWindow()
    window.resize(1280, 800)
    window.show()
    open_save.open_sample(window.workspace)
    wait(window)
    register_commands.start_register(window.workspace, "auto")
    wait(window)
    window.workspace.view_model.set_cursor("fixed", np.array([8.0, -14.0, 14.0]))
    for name, widget in scenes(window):
        if wanted and name not in wanted:
            continue
        wait(window)
        widget.grab().save(str(folder / f"{name}.jpg"), "JPG", QUALITY)
        print(name)
    if not wanted or any(name.startswith("guide-") for name in wanted):
        for name, picture in guide_scenes(window, wait, Path(settings.name)):
            if not wanted or name in wanted:
                (folder / f"{name}.png").write_bytes(small_png(picture))
                print(name)
    window.workspace.document.undo_stack.setClean()
    window.close()
    app.quit()
    settings.cleanup()


def wait(window: MainWindow) -> None:
    """Until nothing runs and everything is drawn sharply."""
    begun = quiet_since = time.monotonic()
    head = window.overview.head
    while time.monotonic() - quiet_since < 0.4:
        QApplication.processEvents()
        drawing = head.isVisible() and not head.smooth and time.monotonic() - begun < 20
        checking = window.workspace.checked.phase in ("waiting", "checking")
        if window.workspace.runner.busy or checking or drawing:
            quiet_since = time.monotonic()
        time.sleep(0.005)


def scenes(window: MainWindow):  # type: ignore[no-untyped-def]
    """(name, what to grab) of every picture, after the window has been brought into that state."""
    model, images = window.workspace.view_model, window.images
    start = model.view

    def fresh() -> None:
        model.show(start)
        model.set_tool("window")
        model.set_tool("window")  # the same mouse mode again is the crosshair

    for mode in BlendMode:
        if mode is not BlendMode.DIFFERENCE:
            model.change(blend=Blend(mode))
            yield f"blend-{mode.value}", images
    model.change(blend=Blend(BlendMode.TWO_COLOUR, pair="magenta-green"))
    yield "blend-two-colour-magenta-green", images
    model.change(blend=Blend(BlendMode.EDGES, swapped=True))
    yield "blend-edges-swapped", images
    fresh()
    model.change(bone_edges=True)
    yield "bone-edges", images
    fresh()
    model.set_window("moving", dict(CT_PRESETS)["Brain and bone"])
    model.set_fade(1.0)
    yield "brain-and-bone", images
    fresh()
    model.set_colours("moving", "iron")
    yield "colour-map", images
    fresh()
    for layout in ("large", "pairs", "nine", "mosaic"):
        model.set_layout(layout)
        yield f"layout-{layout}", images
    fresh()
    model.turn_planes("fixed", rotation_from_vector(np.deg2rad([10.0, 0.0, 18.0])))
    yield "oblique", images
    fresh()
    z = model.view.fixed.cursor[2]
    model.change(distances=(Distance("fixed", (-62.0, -10.0, z), (70.0, -6.0, z)),))
    yield "distance", images
    fresh()
    model.set_tool("move")
    yield "move", images
    model.set_tool("move")
    model.change(show_limits=True)
    until = time.monotonic() + 5  # the outline of the skull is looked for in the background
    while model.halo is None and time.monotonic() < until:
        wait(window)
    yield "limits", images
    fresh()
    yield "window", whole(window)
    yield from difference(window)


def difference(window: MainWindow):  # type: ignore[no-untyped-def]
    """The same CT twice, a degree and a millimetre apart. The study is another one afterwards."""
    model = window.workspace.view_model
    ct = window.workspace.document.state.moving
    if ct is not None:
        apart = RigidTransform.from_euler((0, 0, 1, 1, 0, 0), ct.grid.centre)
        window.workspace.document.replace(edits.set_pose(edits.new_study(ct, ct), apart, "hand"))
        model.show(opening_view(window.workspace.document.state))
        model.set_blend(mode=BlendMode.DIFFERENCE)
        yield "blend-difference", window.images


def whole(window: MainWindow) -> QWidget:
    """The whole window at the step Align with its result, the mouse over the axial pane."""
    show_step(window.workspace, "align")
    window.column.align.show_page("Automatic")  # the mouse mode Move has brought another one to the front
    view = window.images.view("fused.axial")
    frame = view.frame()
    if frame is not None:
        window.images.hovered.emit("fixed", frame.point_under(QPointF(200, 150)))
    return window


if __name__ == "__main__":
    main()
