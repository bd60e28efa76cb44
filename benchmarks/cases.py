"""Registration cases with a known answer, made from one aligned CT–MR pair.

A case re-images the MR in a new frame (rotated, shifted, resampled, cropped, biased, noisy) and may change the CT
(electrodes with streaks, a stereotactic frame, a cut field of view, fine voxels). The answer stays known exactly
relative to the pair's own truth. Fixed = MR, moving = CT; a truth is the 4×4 `moving_from_fixed` in LPS mm. `rot` and
`shift` are uniform in ± the value per axis (so totals are larger), about the brain's centre, relative to headers that
would agree: the pair's own offset is taken out. Check points that lie outside either image are dropped.

    python benchmarks/cases.py OUT --classes small,hard --seeds 0,1

writes OUT/<class>-<seed>/{fixed.nii.gz, moving.nii.gz, truth.json} from the bundled sample, or from another pair with
`--pair FOLDER`. Needs numpy and SimpleITK.
"""

from __future__ import annotations

import argparse
import json
import zlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import SimpleITK as sitk
from numpy.typing import NDArray

Array = NDArray[np.float64]

SAMPLE = Path(__file__).resolve().parent.parent / "resources" / "sample"


@dataclass(frozen=True)
class Kind:
    """What is done to the pair. Lengths in mm, angles in degrees."""

    rot: float
    shift: float
    spacing: tuple[float, float, float] = (1, 1, 1)
    extent: tuple[float, float, float] = (230, 250, 200)
    noise: float = 0.02
    bias: float = 0.3
    electrodes: int = 0
    frame: bool = False
    ct_height: float | None = None
    ct_spacing: tuple[float, float, float] | None = None
    invert: bool = False
    turn: bool = False
    """The header is wrong by 90 or 180 degrees about one axis."""
    oblique: bool = False
    """A tilted grid with its axes permuted and flipped, as scanners write them."""


CLASSES: dict[str, Kind] = {
    "small": Kind(rot=10, shift=20),
    "moderate": Kind(rot=30, shift=60),
    "hard": Kind(rot=45, shift=100, bias=0.5),
    "offset": Kind(rot=10, shift=300),
    "turned": Kind(rot=10, shift=30, turn=True),
    "oblique": Kind(rot=15, shift=30, oblique=True),
    "slab": Kind(rot=15, shift=30, spacing=(1.25, 1.25, 4.0), extent=(240, 240, 104)),
    "electrodes": Kind(rot=15, shift=30, electrodes=6),
    "frame": Kind(rot=15, shift=30, frame=True),
    "cut-ct": Kind(rot=15, shift=30, ct_height=80.0),
    "fine-ct": Kind(rot=15, shift=30, ct_spacing=(0.48, 0.48, 0.75)),
    "t2-like": Kind(rot=15, shift=30, invert=True),
    "noisy": Kind(rot=15, shift=30, noise=0.08, bias=0.6),
    "clinic": Kind(
        rot=30, shift=60, spacing=(0.9, 0.9, 3.0), extent=(230, 230, 150), noise=0.04, bias=0.4, electrodes=4,
        frame=True, ct_height=115.0,
    ),
}  # fmt: skip


@dataclass(frozen=True, eq=False)
class Case:
    """A fixed (MR) and a moving (CT) image, the 4×4 truth, and brain points (n, 3) in fixed space."""

    fixed: sitk.Image
    moving: sitk.Image
    moving_from_fixed: Array
    points: Array


def rigid(parameters: Array, centre: Array) -> Array:
    """4×4 of a shift (mm) and Euler angles (degrees, Rz Rx Ry) about a centre."""
    rx, ry, rz = np.deg2rad(parameters[3:6])
    cx, sx, cy, sy, cz, sz = np.cos(rx), np.sin(rx), np.cos(ry), np.sin(ry), np.cos(rz), np.sin(rz)
    rotation = (
        np.array([[cz, -sz, 0], [sz, cz, 0], [0, 0, 1]])
        @ np.array([[1, 0, 0], [0, cx, -sx], [0, sx, cx]])
        @ np.array([[cy, 0, sy], [0, 1, 0], [-sy, 0, cy]])
    )
    out = np.eye(4)
    out[:3, :3] = rotation
    out[:3, 3] = centre - rotation @ centre + np.asarray(parameters[:3])
    return out


def apply(matrix: Array, points: Array) -> Array:
    """Map (n, 3) points."""
    return np.asarray(np.asarray(points) @ matrix[:3, :3].T + matrix[:3, 3])


def inverse(matrix: Array) -> Array:
    return np.asarray(np.linalg.inv(matrix), dtype=np.float64)


def errors_mm(truth: Array, found: Array, points: Array) -> Array:
    """Distances in mm between where two transforms put the points."""
    return np.asarray(np.linalg.norm(apply(truth, points) - apply(found, points), axis=1))


def index_to_point(image: sitk.Image) -> Array:
    out = np.eye(4)
    out[:3, :3] = np.array(image.GetDirection()).reshape(3, 3) @ np.diag(image.GetSpacing())
    out[:3, 3] = image.GetOrigin()
    return out


def inside(image: sitk.Image, points: Array) -> NDArray[np.bool_]:
    """Which (n, 3) points lie in the image."""
    i = apply(inverse(index_to_point(image)), points)
    return np.asarray(np.all((i >= 0) & (i <= np.array(image.GetSize()) - 1), axis=1))


def load_case(folder: Path) -> Case:
    """A folder with truth.json, as written here; also the bundled sample."""
    facts = json.loads((folder / "truth.json").read_text())
    return Case(
        sitk.ReadImage(str(folder / facts["fixed"])),
        sitk.ReadImage(str(folder / facts["moving"])),
        np.array(facts["moving_from_fixed_lps_mm"]),
        np.array(facts["check_points_fixed_lps_mm"]),
    )


def save_case(case: Case, folder: Path, suffix: str = ".nii.gz") -> None:
    folder.mkdir(parents=True, exist_ok=True)
    sitk.WriteImage(case.fixed, str(folder / f"fixed{suffix}"))
    sitk.WriteImage(case.moving, str(folder / f"moving{suffix}"))
    facts = {
        "fixed": f"fixed{suffix}",
        "moving": f"moving{suffix}",
        "moving_from_fixed_lps_mm": case.moving_from_fixed.tolist(),
        "check_points_fixed_lps_mm": case.points.tolist(),
    }
    (folder / "truth.json").write_text(json.dumps(facts, indent=1))


def make_case(pair: Case, name: str, seed: int) -> Case:
    """A case of a class from an aligned pair; the class's name and the seed seed the randomness."""
    kind = CLASSES[name]
    rng = np.random.default_rng([seed, zlib.crc32(name.encode())])
    mr, ct = sitk.Cast(pair.fixed, sitk.sitkFloat32), sitk.Cast(pair.moving, sitk.sitkFloat32)
    truth = pair.moving_from_fixed
    brain = apply(truth, np.mean(pair.points, axis=0)[None])[0]
    ct_from_new = rigid(np.r_[rng.uniform(-kind.shift, kind.shift, 3), rng.uniform(-kind.rot, kind.rot, 3)], brain)
    turned = np.eye(3)
    if kind.turn:
        axis, angle = rng.integers(3), rng.choice([90.0, 180.0, 270.0])
        ct_from_new = ct_from_new @ rigid(np.r_[0, 0, 0, np.eye(3)[axis] * angle], brain)
        # the scanner's box still fits the head: its axes turn with it
        turned = np.round(rigid(np.r_[0, 0, 0, np.eye(3)[axis] * -angle], np.zeros(3))[:3, :3])
    new_from_ct = inverse(ct_from_new)
    grid = _grid(kind, turned, apply(new_from_ct, brain[None])[0], rng)
    fixed = _image_mr(mr, grid, inverse(truth) @ ct_from_new, kind, rng)
    moving = _image_ct(ct, brain, kind, rng)
    points_in_ct = apply(truth, pair.points)
    points = apply(new_from_ct, points_in_ct)
    return Case(fixed, moving, ct_from_new, points[inside(fixed, points) & inside(moving, points_in_ct)])


def _grid(kind: Kind, direction: Array, brain: Array, rng: np.random.Generator) -> sitk.Image:
    """An empty image around the brain, on the class's grid."""
    spacing = np.asarray(kind.spacing, float)
    size = np.maximum(1, np.round(np.asarray(kind.extent) / spacing)).astype(int)
    if kind.oblique:
        direction = rigid(np.r_[0, 0, 0, rng.uniform(-25, 25, 3)], np.zeros(3))[:3, :3]
        order = rng.permutation(3)
        direction, size, spacing = direction[:, order] * rng.choice([-1, 1], 3), size[order], spacing[order]
    grid = sitk.Image(size.tolist(), sitk.sitkFloat32)
    grid.SetSpacing(spacing.tolist())
    grid.SetDirection(direction.ravel().tolist())
    centre = brain + rng.uniform(-10, 10, 3)
    grid.SetOrigin((centre - direction @ ((size - 1) * spacing / 2)).tolist())
    return grid


def _image_mr(mr: sitk.Image, grid: sitk.Image, mr_from_new: Array, kind: Kind, rng: np.random.Generator) -> sitk.Image:
    """The MR on the new grid, with slice thickness, contrast, bias field and Rician noise."""
    for axis, step in enumerate(grid.GetSpacing()):
        if step > 1.5:
            mr = sitk.RecursiveGaussian(mr, 0.4 * step, False, 0, axis)
    transform = sitk.AffineTransform(3)
    transform.SetMatrix(mr_from_new[:3, :3].ravel().tolist())
    transform.SetTranslation(mr_from_new[:3, 3].tolist())
    a = sitk.GetArrayFromImage(sitk.Resample(mr, grid, transform, sitk.sitkLinear, 0.0))
    top = np.percentile(a, 99.5)
    if kind.invert:
        tissue = a > 0.12 * top
        a[tissue] = np.clip(1.15 * top - a[tissue], 0.1 * top, None)
    if kind.bias:
        z, y, x = (np.linspace(-1, 1, n) for n in a.shape)
        x, y, z = x[None, None], y[None, :, None], z[:, None, None]
        k = rng.normal(0, kind.bias, 6)
        a = a * np.exp(k[0] * x + k[1] * y + k[2] * z + k[3] / 2 * x**2 + k[4] / 2 * y**2 + k[5] / 2 * z**2)
    a = np.hypot(a + rng.normal(0, kind.noise * top, a.shape), rng.normal(0, kind.noise * top, a.shape))
    fixed = sitk.GetImageFromArray(a.astype(np.float32))
    fixed.CopyInformation(grid)
    return fixed


def _image_ct(ct: sitk.Image, brain: Array, kind: Kind, rng: np.random.Generator) -> sitk.Image:
    """The CT with finer voxels, electrodes, frame or a cut field of view."""
    if kind.ct_spacing:
        size = [int(n * s / t) for n, s, t in zip(ct.GetSize(), ct.GetSpacing(), kind.ct_spacing, strict=True)]
        ct = sitk.Resample(
            ct, size, sitk.Transform(), sitk.sitkLinear, ct.GetOrigin(), kind.ct_spacing, ct.GetDirection(), -1024.0
        )
    b = sitk.GetArrayFromImage(ct)
    to_index = inverse(index_to_point(ct))
    if kind.electrodes:
        _implant(b, to_index, brain, kind.electrodes, rng)
    if kind.frame:
        _frame(b, index_to_point(ct), brain)
    moving = sitk.GetImageFromArray(np.clip(b, -1024, 3071).astype(np.int16))
    moving.CopyInformation(ct)
    if kind.ct_height:  # keep a stack of this height around the brain
        middle = apply(to_index, brain[None])[0][2]
        half = kind.ct_height / 2 / ct.GetSpacing()[2]
        moving = moving[:, :, int(max(0, middle - half)) : int(min(ct.GetSize()[2], middle + half))]
    return moving


def _implant(b: NDArray[np.float32], to_index: Array, brain: Array, count: int, rng: np.random.Generator) -> None:
    """Electrodes from the skull inwards, and the streaks that metal throws in each slice."""
    limit = np.array(b.shape[::-1]) - 1
    for _ in range(count):
        d = rng.normal(size=3)
        d /= np.linalg.norm(d)
        end = brain - d * rng.uniform(0, 20) + rng.normal(0, 8, 3)
        for t in np.linspace(0, 1, 400):
            i, j, k = np.round(apply(to_index, ((brain + 65 * d) * (1 - t) + end * t)[None])[0]).astype(int)
            if 1 <= i < limit[0] and 1 <= j < limit[1] and 1 <= k < limit[2]:
                b[k, j - 1 : j + 2, i - 1 : i + 2] = 3071
    yy, xx = np.mgrid[: b.shape[1], : b.shape[2]]
    for k in np.unique(np.argwhere(b > 3000)[:, 0]):
        metal = np.argwhere(b[k] > 3000)
        for r, c in metal[:: max(1, len(metal) // 3)]:
            angle = np.arctan2(yy - r, xx - c)
            rays = rng.normal(0, 250) * np.cos(2 * angle * rng.integers(2, 7) + rng.uniform(0, 6))
            b[k] += (rays * np.exp(-np.hypot(yy - r, xx - c) / 40)).astype(np.float32)


def _frame(b: NDArray[np.float32], to_point: Array, brain: Array) -> None:
    """A ring below the head and four posts, as a stereotactic base frame."""
    kk, jj, ii = np.indices(b.shape)
    p = apply(to_point, np.stack([ii.ravel(), jj.ravel(), kk.ravel()], 1)) - brain
    radius = np.hypot(p[:, 0], p[:, 1]).reshape(b.shape)
    azimuth = np.arctan2(p[:, 1], p[:, 0]).reshape(b.shape)
    z = p[:, 2].reshape(b.shape)
    ring = (abs(radius - 118) < 5) & (z < -30) & (z > -42)
    corner = abs((azimuth % (np.pi / 2)) - np.pi / 4) < 0.05
    posts = (abs(radius - 116) < 6) & (z < 25) & (z > -42) & corner
    b[(ring | posts) & (b < -300)] = 2400


def seeds_of(text: str) -> list[int]:
    """Seeds from a text like 0,1,5-9."""
    out: list[int] = []
    for part in text.split(","):
        first, _, last = part.partition("-")
        out.extend(range(int(first), int(last or first) + 1))
    return out


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path)
    parser.add_argument("--pair", type=Path, default=SAMPLE)
    parser.add_argument("--classes", default=",".join(CLASSES))
    parser.add_argument("--seeds", type=seeds_of, default=[0])
    args = parser.parse_args()
    pair = load_case(args.pair)
    for name in args.classes.split(","):
        for seed in args.seeds:
            case = make_case(pair, name, seed)
            save_case(case, args.out / f"{name}-{seed}")
            header = errors_mm(case.moving_from_fixed, np.eye(4), case.points).mean()
            print(f"{name}-{seed}: the header alone is {header:.1f} mm off, {len(case.points)} points")


if __name__ == "__main__":
    main()
