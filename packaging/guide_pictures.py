"""The pictures of the guide's pages, one for each: made by screenshots.py from the sample, and from what is made of it.

The DICOM folder and the CT with electrodes are written into a temporary folder; nothing else than the sample is shown.
"""

from __future__ import annotations

import struct
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from io import BytesIO
from pathlib import Path
from typing import Final, TypeAlias

import numpy as np
import SimpleITK as sitk
from environment import ROOT
from PIL import Image
from PyQt6.QtCore import QBuffer, QIODevice, QTimer
from PyQt6.QtGui import QColor, QPainter, QPixmap
from PyQt6.QtWidgets import QApplication, QDialog, QWidget

from fusionviewer.app.commands import open_save, register
from fusionviewer.app.commands.batch import batch_review
from fusionviewer.app.commands.landmarks import landmark_files
from fusionviewer.app.commands.window import show_step
from fusionviewer.app.state.worklist.work_list import read_batch
from fusionviewer.app.tasks.image_reading import Wanted
from fusionviewer.cli.main import run as run_command_line
from fusionviewer.imaging.sample import sample_folder
from fusionviewer.rendering.blends import Blend, BlendMode
from fusionviewer.rendering.window import CT_PRESETS
from fusionviewer.session.state import SIDES, Side
from fusionviewer.session.view_state import ViewState
from fusionviewer.ui.dialogs.export_transform import TransformDialog
from fusionviewer.ui.dialogs.work_list import WorkListDialog
from fusionviewer.ui.look.theme import colours
from fusionviewer.ui.window.main_window import MainWindow

SIZE: Final = (1120, 700)
"""Logical pixels of the window: small, so that its words can be read on a page."""

SMALLER: Final = 0.6
"""Fewer colours must make a file at least so much smaller."""

PLACE: Final = np.array([8.0, -14.0, 14.0])
"""Where the crosshair stands, LPS mm of the fixed image: in the brain, off the middle."""

POINTS: Final[dict[Side, str]] = {"fixed": "t1-points.csv", "moving": "ct-points.csv"}

QUESTION_MS: Final = 1000
"""How long a question may take until everything in it is drawn."""

Shot: TypeAlias = tuple[str, QPixmap]
"""A picture and its name."""

sys.path.append(str(ROOT / "benchmarks"))


@dataclass(frozen=True)
class Stage:
    """The window with the sample in it. `settle` returns when nothing runs and everything is drawn."""

    window: MainWindow
    settle: Callable[[], None]
    folder: Path
    """For files that are made."""

    def sample(self, *, registered: bool = False) -> None:
        """The sample anew, as its headers place it, or registered."""
        work = self.window.workspace
        work.document.undo_stack.setClean()
        open_save.open_sample(work)
        self.settle()
        if registered:
            self.register()
        work.view_model.set_cursor("fixed", PLACE)

    def register(self) -> None:
        register.start_register(self.window.workspace, "auto")
        self.settle()

    def refine(self) -> None:
        self.window.column.align.show_page("Automatic")
        register.start_refine(self.window.workspace)
        self.settle()

    def shot(self, name: str) -> Shot:
        self.settle()
        return name, self.window.grab()


def guide_scenes(window: MainWindow, wait: Callable[[MainWindow], None], folder: Path) -> Iterator[Shot]:
    """(name, picture) of every page."""
    window.resize(*SIZE)
    stage = Stage(window, lambda: wait(window), folder)
    yield "guide-dicom", _series_list(stage)
    yield "guide-remarks", _two_places(stage)
    yield from _registered(stage)
    stage.sample()
    stage.refine()
    yield stage.shot("guide-case-rescue")
    yield from _with_landmarks(stage)
    yield "guide-case-postoperative", _postoperative(stage)
    yield from _planning(stage)
    yield "guide-command-line", _drawn_by_command(folder)
    yield "guide-many-pairs", _many_pairs(stage)


def _registered(stage: Stage) -> Iterator[Shot]:
    """The pages about the steps, with the sample registered."""
    work, model = stage.window.workspace, stage.window.workspace.view_model
    stage.sample(registered=True)
    show_step(work, "align")
    stage.window.column.align.show_page("Automatic")
    yield stage.shot("guide-first-fusion")
    model.set_tool("move")
    yield stage.shot("guide-manual")
    model.set_tool("move")
    show_step(work, "review")
    model.change(blend=Blend(BlendMode.CHECKERBOARD))
    yield stage.shot("guide-review")
    model.change(blend=Blend(BlendMode.FADE))
    show_step(work, "export")
    yield stage.shot("guide-export")
    yield "guide-send-to", _transform_dialog(stage)


def _with_landmarks(stage: Stage) -> Iterator[Shot]:
    """The sample's own pairs, and the refinement from the fit to them."""
    work, model = stage.window.workspace, stage.window.workspace.view_model
    stage.sample()
    for side in SIDES:
        landmark_files.open_points(work, side, sample_folder() / POINTS[side])
    register.set_start(work, "landmarks")
    model.select_pair(4)
    model.set_layout("pairs")
    yield stage.shot("guide-landmarks")
    model.select_pair(None)
    model.set_layout("fused")
    stage.refine()
    model.set_cursor("fixed", PLACE)
    model.change(show_limits=True)
    yield stage.shot("guide-refine")
    model.change(show_limits=False)


def _planning(stage: Stage) -> Iterator[Shot]:
    """The sample with its CT fixed."""
    work, model = stage.window.workspace, stage.window.workspace.view_model
    stage.sample()
    open_save.swap_images(work)
    stage.register()
    show_step(work, "review")
    model.set_fade(0.8)
    model.change(bone_edges=True)
    yield stage.shot("guide-case-planning")
    model.show(ViewState())


def small_png(picture: QPixmap) -> bytes:
    """A PNG with 256 colours where that makes it much smaller, else as it is.

    The colours are those seen most, greys for the images, and what the rest needs: Pillow's own choice lets the fixed
    image's blue go to the greys.
    """
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    picture.save(buffer, "PNG")
    whole = bytes(buffer.data().data())
    few = BytesIO()
    with Image.open(BytesIO(whole)) as image:
        rgb = image.convert("RGB")
    values = np.asarray(rgb).reshape(-1, 3)
    seen, counts = np.unique(values, axis=0, return_counts=True)
    often = seen[np.argsort(counts)[::-1][:24]]
    greys = np.repeat(np.linspace(0, 255, 104).round().astype(np.uint8)[:, None], 3, axis=1)
    bright = values[np.ptp(values.astype(int), axis=1) > 24]
    rest = Image.fromarray(bright[None] if len(bright) else often[None]).quantize(128, dither=Image.Dither.NONE)
    rest_colours = np.array(rest.getpalette() or [0] * 3, np.uint8).reshape(-1, 3)[:128]
    palette = Image.new("P", (1, 1))
    palette.putpalette(np.concatenate([often, greys, rest_colours]).ravel().tolist())
    rgb.quantize(palette=palette, dither=Image.Dither.NONE).save(few, "PNG", optimize=True)
    return few.getvalue() if len(few.getvalue()) <= SMALLER * len(whole) else whole


def _transform_dialog(stage: Stage) -> QPixmap:
    """The question for which program a transform is, with FLIRT chosen."""
    dialog = TransformDialog(stage.window.workspace.document.state, stage.window)
    dialog.format.setCurrentIndex(dialog.format.findData("fsl"))
    dialog.show()
    stage.settle()
    picture = dialog.grab()
    dialog.close()
    return picture


def _series_list(stage: Stage) -> QPixmap:
    """The question which series is meant, as the window asks it, and with its pictures if it has some."""
    for number, (image, modality, words) in enumerate(_series(), start=1):
        _write_series(image, stage.folder / "cd" / f"series {number}", modality, words, number)
    work = stage.window.workspace
    work.document.undo_stack.setClean()
    open_save.close_study(work)
    taken: list[QPixmap] = []
    timer = QTimer()
    timer.timeout.connect(partial(_take_question, taken))
    timer.start(QUESTION_MS)
    open_save.open_dicom(work, stage.folder / "cd")
    stage.settle()
    timer.stop()
    return taken[-1]


def _two_places(stage: Stage) -> QPixmap:
    """The sample with a T1 whose sform and qform differ."""
    path, work = stage.folder / "t1.nii", stage.window.workspace
    sitk.WriteImage(sitk.Cast(sitk.ReadImage(str(sample_folder() / "t1.nii.gz")), sitk.sitkInt16), str(path))
    head = bytearray(path.read_bytes())
    struct.pack_into("<2h", head, 252, 2, 1)  # what qform and sform are: aligned to another image, scanner coordinates
    (x,) = struct.unpack_from("<f", head, 268)
    struct.pack_into("<f", head, 268, x + 12.0)  # the qform's offset
    path.write_bytes(head)
    work.document.undo_stack.setClean()
    open_save.open_images(work, {"fixed": Wanted(path), "moving": Wanted(sample_folder() / "ct.nii.gz")})
    stage.settle()
    show_step(work, "open")
    return stage.shot("")[1]


def _take_question(taken: list[QPixmap]) -> None:
    """Take the question twice: the second time everything is drawn."""
    asked: QWidget | None = QApplication.activeModalWidget()
    if isinstance(asked, QDialog):
        taken.append(asked.grab())
        if len(taken) > 1:
            asked.reject()


def _series() -> Iterator[tuple[sitk.Image, str, str]]:
    """What an export of an archive may hold: a CT thin and thick, a T1, and a localiser of one slice."""
    ct, t1 = (sitk.ReadImage(str(sample_folder() / name)) for name in ("ct.nii.gz", "t1.nii.gz"))
    ct, t1 = sitk.Cast(ct, sitk.sitkInt16), sitk.Cast(t1, sitk.sitkInt16)
    yield ct[:, :, 53:54], "CT", "Localiser"
    yield sitk.BinShrink(ct, [1, 1, 4]), "CT", "Head 6 mm"
    yield ct, "CT", "Head 1.5 mm H31"
    yield t1, "MR", "T1 3D sag"


def _write_series(image: sitk.Image, folder: Path, modality: str, words: str, number: int) -> None:
    folder.mkdir(parents=True)
    writer = sitk.ImageFileWriter()
    writer.KeepOriginalImageUIDOn()
    across = "\\".join(f"{image.GetDirection()[n]:g}" for n in (0, 3, 6, 1, 4, 7))
    for k in range(image.GetSize()[2]):
        slice_ = image[:, :, k]
        place = image.TransformIndexToPhysicalPoint((0, 0, k))
        for tag, value in (
            ("0008|0060", modality), ("0008|103e", words), ("0020|0011", str(number)), ("0020|0013", str(k + 1)),
            ("0020|000d", "1.2.826.0.1.3680043.2.1125.1"), ("0020|000e", f"1.2.826.0.1.3680043.2.1125.1.{number}"),
            ("0008|0018", f"1.2.826.0.1.3680043.2.1125.1.{number}.{k + 1}"), ("0020|0037", across),
            ("0020|0032", "\\".join(f"{mm:.6f}" for mm in place)), ("0018|0050", f"{image.GetSpacing()[2]:g}"),
        ):  # fmt: skip
            slice_.SetMetaData(tag, value)
        writer.SetFileName(str(folder / f"{k:04d}.dcm"))
        writer.Execute(slice_)


def _postoperative(stage: Stage) -> QPixmap:
    """The case that `benchmarks/cases.py --classes electrodes --seeds 0` makes, registered, windowed for metal."""
    cases = import_module("cases")
    folder = stage.folder / "electrodes-0"
    cases.save_case(cases.make_case(cases.load_case(sample_folder()), "electrodes", 0), folder)
    work, model = stage.window.workspace, stage.window.workspace.view_model
    work.document.undo_stack.setClean()
    open_save.open_images(work, {side: Wanted(folder / f"{side}.nii.gz") for side in SIDES})
    stage.settle()
    stage.register()
    show_step(work, "review")
    model.set_window("moving", dict(CT_PRESETS)["Metal and electrodes"])
    model.set_fade(0.6)
    state = work.document.state
    assert state.moving is not None
    metal = np.argwhere(state.moving.array > 3000)[:, ::-1]  # k, j, i
    deep = metal[np.argmin(np.linalg.norm(metal - metal.mean(axis=0), axis=1))]
    place = state.moving.grid.points(deep.astype(float))
    model.set_cursor("fixed", (~state.alignment.moving_from_fixed).apply(place))
    return stage.shot("")[1]


def _drawn_by_command(folder: Path) -> QPixmap:
    pair = [str(sample_folder() / name) for name in ("t1.nii.gz", "ct.nii.gz")]
    run_command_line(["register", *pair, "--out", str(folder / "result"), "--no-volume"])
    transform, out = str(folder / "result" / "transform.tfm"), folder / "fused.png"
    run_command_line(["picture", *pair, "--transform", transform, "--out", str(out), "--size", "960x640"])
    return QPixmap(str(out))


def _many_pairs(stage: Stage) -> QPixmap:
    """The list of a batch beside the study that is open: pairs that are fine, two held back, one missing."""
    t1, ct = (sample_folder() / name for name in ("t1.nii.gz", "ct.nii.gz"))
    table, out = stage.folder / "pairs.csv", stage.folder / "batch"
    rows = [f"p01,{t1},{ct},,", f"p02,{t1},{ct},header,5", f"p03,{ct},{t1},,", f"p04,{t1},{ct},centre,3"]
    rows.append(f"p05,{t1},missing.nii.gz,,")
    table.write_text("\n".join(["id,fixed,moving,start,max_shift_mm", *rows]) + "\n", encoding="utf-8")
    run_command_line(["batch", str(table), "--out", str(out)])
    window, work = stage.window, stage.window.workspace
    work.document.undo_stack.setClean()
    work.work_list.take(read_batch(out))
    batch_review.open_next(work)
    stage.settle()
    show_step(work, "review")
    window.context.dialogs.show_work_list()
    stage.settle()
    shown = window.findChild(WorkListDialog)
    assert shown is not None
    shown.resize(400, 420)
    stage.settle()
    whole, over = stage.shot("")[1], shown.grab()
    painter = QPainter(whole)
    left, top = (SIZE[0] - shown.width()) // 2 - 90, (SIZE[1] - shown.height()) // 2
    painter.fillRect(left - 1, top - 1, shown.width() + 2, shown.height() + 2, QColor(colours().outline))
    painter.drawPixmap(left, top, over)
    painter.end()
    shown.close()
    return whole
