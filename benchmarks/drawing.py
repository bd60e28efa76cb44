"""How long drawing takes: the stages of a picture alone, and what a user's gestures cost for three panes.

    python benchmarks/drawing.py [--runs 40] [--pixels 500]

Prints median, 5th and 95th percentile in milliseconds, for the bundled sample and for a made-up CT of
512×512×400 voxels.
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import platform
import time
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import SimpleITK as sitk

from fusionviewer.geometry import ORIENTATIONS, Grid, RigidTransform, SlicePlane
from fusionviewer.imaging.readers import read_volume
from fusionviewer.imaging.reslice import Viewport, reslice
from fusionviewer.imaging.sample import sample_folder
from fusionviewer.imaging.volume import Volume, image_on_grid
from fusionviewer.rendering.contour import bone_line
from fusionviewer.rendering.picture import fused_picture
from fusionviewer.rendering.slices import Layer, SliceRenderer, SliceRequest
from fusionviewer.rendering.window import Window, auto_window


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure how long drawing takes.")
    parser.add_argument("--runs", type=int, default=40)
    parser.add_argument("--pixels", type=int, default=500, help="side of a pane")
    args = parser.parse_args()
    print(
        f"Python {platform.python_version()}, NumPy {np.__version__}, SimpleITK {sitk.Version_VersionString()}, "
        f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}, panes of {args.pixels}×{args.pixels}, {args.runs} runs"
    )
    folder = sample_folder()
    t1, ct = read_volume(folder / "t1.nii.gz"), read_volume(folder / "ct.nii.gz")
    truth = json.loads((folder / "truth.json").read_text(encoding="utf-8"))
    pose = RigidTransform.from_matrix(truth["moving_from_fixed_lps_mm"])
    _measure("sample: T1 and CT", t1, ct, pose, runs=args.runs, pixels=args.pixels)
    large = large_ct()
    towards = RigidTransform.about(pose.rotation, t1.grid.centre, large.grid.centre - t1.grid.centre)
    _measure("T1 and a CT of 512×512×400", t1, large, towards, runs=args.runs, pixels=args.pixels)


def large_ct() -> Volume:
    """A noisy ball of bone and brain, 0.45×0.45×0.5 mm, int16."""
    grid = Grid.axis_aligned((512, 512, 400), (0.45, 0.45, 0.5), np.array([10.0, -150.0, 30.0]))
    z, y, x = (np.linspace(-1.1, 1.1, n, dtype=np.float32) ** 2 for n in (400, 512, 512))
    noise = np.random.default_rng(0).integers(-12, 12, (512, 512)).astype(np.float32)
    array = np.empty((400, 512, 512), np.int16)
    for k in range(400):
        radius = np.sqrt(z[k] + y[:, None] + x)
        array[k] = np.where(radius > 1, -1000, np.where(radius > 0.9, 1100, 35)) + noise
    return Volume(image_on_grid(array, grid), "made-up CT", "CT")


def _measure(title: str, fixed: Volume, moving: Volume, pose: RigidTransform, *, runs: int, pixels: int) -> None:
    print(f"\n{title}\n{'':<52}{'median':>8}{'p5':>8}{'p95':>8}  ms")
    back, front = Layer(fixed, auto_window(fixed)), Layer(moving, auto_window(moving), pose)
    centre = np.asarray(fixed.grid.centre)
    scale = float(fixed.grid.extent_mm.max()) / pixels

    def panes(at_mm: float = 0.0, size: int = pixels) -> list[tuple[SlicePlane, Viewport]]:
        planes = [SlicePlane.through(centre + at_mm, orientation) for orientation in ORIENTATIONS]
        zoom = scale * pixels / size
        return [(plane, Viewport.around(plane.screen(centre), size, size, zoom)) for plane in planes]

    def reslice_all(layer: Layer) -> list[np.ndarray]:
        return [reslice(layer.volume, plane, view, layer.volume_from_view) for plane, view in panes()]

    def row(name: str, call: Callable[[], object]) -> None:
        call()
        seconds = []
        for _ in range(runs):
            begun = time.perf_counter()
            call()
            seconds.append(time.perf_counter() - begun)
        low, middle, high = np.percentile(seconds, (5, 50, 95)) * 1000
        print(f"{name:<52}{middle:8.2f}{low:8.2f}{high:8.2f}")

    values = reslice_all(front)
    row("stage: reslice the fixed image, three panes", lambda: reslice_all(back))
    row("stage: reslice the moving image, three panes", lambda: reslice_all(front))
    row("stage: window one image, three panes", lambda: [front.window.greys(v) for v in values])
    row("stage: bone line, three panes", lambda: [bone_line(v, scale) for v in values])
    row("automatic window of the fixed image", lambda: auto_window(fixed))

    renderers = [SliceRenderer() for _ in ORIENTATIONS]
    request = SliceRequest(*panes()[0], back, front)
    count = itertools.count(1)

    def draw(bone: bool = False, at_mm: float = 0.0, size: int = pixels, **changes: object) -> None:
        for renderer, (plane, view) in zip(renderers, panes(at_mm, size), strict=True):
            renderer.render(replace(request, plane=plane, viewport=view, bone_edges=bone, **changes))

    draw()
    one = renderers[0]
    row("gesture: fade, one pane", lambda: one.render(replace(request, blend=Blend(fade=next(count) % 97 / 97))))
    row("gesture: fade, three panes", lambda: draw(blend=Blend(fade=next(count) % 97 / 97)))
    row("gesture: fade with bone edges, three panes", lambda: draw(bone=True, blend=Blend(fade=next(count) % 97 / 97)))
    row(
        "gesture: window of one image, three panes",
        lambda: draw(front=replace(front, window=Window(40 + next(count) % 50, 200))),
    )
    row("gesture: crosshair to another place, three panes", lambda: draw(at_mm=next(count) % 40 - 20.3))
    row("the same with bone edges", lambda: draw(bone=True, at_mm=next(count) % 40 - 20.3))
    row("the same at half resolution", lambda: draw(at_mm=next(count) % 40 - 20.3, size=pixels // 2))
    row("a whole picture of 1280×800 with its words", lambda: fused_picture(fixed, moving, pose))


if __name__ == "__main__":
    main()
