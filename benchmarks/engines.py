"""One rigid registration of a case by one engine, in a process of its own: prints one JSON line.

    python benchmarks/engines.py ENGINE CASE_FOLDER

Each peer runs with its documented defaults for rigid registration of images of different kinds. `seconds` is wall time
from images in memory to the pose; reading is not counted. `moving_from_fixed` is 4×4, LPS mm.
"""

from __future__ import annotations

import importlib.metadata
import json
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import SimpleITK as sitk

Found = dict[str, Any]


def fusionviewer(fixed: Path, moving: Path) -> Found:
    """Ours, with nothing set."""
    import fusionviewer
    from fusionviewer.imaging.volume import Volume
    from fusionviewer.quality.wording import reason_text
    from fusionviewer.registration import register

    back, front = (Volume(sitk.ReadImage(str(path)), path.name) for path in (fixed, moving))
    began = time.monotonic()
    result = register(back, front)
    seconds = time.monotonic() - began
    evidence = result.evidence
    return {
        "moving_from_fixed": result.moving_from_fixed.matrix,
        "seconds": seconds,
        "ending": str(result.ending),
        "reason": reason_text(result),
        "evidence": vars(evidence) if evidence else None,
        "version": fusionviewer.__version__,
    }


def elastix(fixed: Path, moving: Path) -> Found:
    """elastix' default parameter map "rigid" (geometrical centres, adaptive stochastic gradient descent)."""
    import itk

    images = [itk.imread(str(path), itk.F) for path in (fixed, moving)]
    began = time.monotonic()
    parameters = itk.ParameterObject.New()
    parameters.AddParameterMap(parameters.GetDefaultParameterMap("rigid"))
    _, found = itk.elastix_registration_method(*images, parameter_object=parameters, log_to_console=False)
    seconds = time.monotonic() - began
    transform = sitk.Euler3DTransform()
    transform.SetParameters([float(v) for v in found.GetParameter(0, "TransformParameters")])
    transform.SetCenter([float(v) for v in found.GetParameter(0, "CenterOfRotationPoint")])
    return {"moving_from_fixed": _matrix(transform), "seconds": seconds, "version": _version("itk-elastix")}


def ants(fixed: Path, moving: Path) -> Found:
    """antsRegistration's "Rigid" as antspyx sets it up (Mattes mutual information, centres of mass)."""
    import ants

    images = [ants.image_read(str(path)) for path in (fixed, moving)]
    began = time.monotonic()
    found = ants.registration(*images, type_of_transform="Rigid")
    seconds = time.monotonic() - began
    transform = sitk.ReadTransform(found["fwdtransforms"][0])
    return {"moving_from_fixed": _matrix(transform), "seconds": seconds, "version": _version("antspyx")}


def greedy(fixed: Path, moving: Path) -> Found:
    """greedy's documented rigid call: normalised mutual information, image centres, three levels."""
    from picsl_greedy import Greedy3D

    images = {"f": sitk.ReadImage(str(fixed), sitk.sitkFloat32), "m": sitk.ReadImage(str(moving), sitk.sitkFloat32)}
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "rigid.mat"
        began = time.monotonic()
        Greedy3D().execute(f"-d 3 -a -dof 6 -m NMI -i f m -ia-image-centers -n 100x50x10 -o {out}", **images)
        seconds = time.monotonic() - began
        ras = np.loadtxt(out)
    flip = np.diag([-1.0, -1.0, 1.0, 1.0])
    return {"moving_from_fixed": flip @ ras @ flip, "seconds": seconds, "version": _version("picsl-greedy")}


def simpleitk(fixed: Path, moving: Path) -> Found:
    """The recipe of SimpleITK's registration tutorial (notebook 60), with its sampling seed fixed."""
    images = [sitk.ReadImage(str(path), sitk.sitkFloat32) for path in (fixed, moving)]
    began = time.monotonic()
    start = sitk.CenteredTransformInitializer(
        *images, sitk.Euler3DTransform(), sitk.CenteredTransformInitializerFilter.GEOMETRY
    )
    method = sitk.ImageRegistrationMethod()
    method.SetMetricAsMattesMutualInformation(numberOfHistogramBins=50)
    method.SetMetricSamplingStrategy(method.RANDOM)
    method.SetMetricSamplingPercentage(0.01, 1)
    method.SetInterpolator(sitk.sitkLinear)
    method.SetOptimizerAsGradientDescent(
        learningRate=1.0, numberOfIterations=100, convergenceMinimumValue=1e-6, convergenceWindowSize=10
    )
    method.SetOptimizerScalesFromPhysicalShift()
    method.SetShrinkFactorsPerLevel([4, 2, 1])
    method.SetSmoothingSigmasPerLevel([2, 1, 0])
    method.SmoothingSigmasAreSpecifiedInPhysicalUnitsOn()
    method.SetInitialTransform(start, inPlace=False)
    found = method.Execute(*images)
    return {
        "moving_from_fixed": _matrix(found),
        "seconds": time.monotonic() - began,
        "version": sitk.Version.VersionString(),
    }


ENGINES: dict[str, Callable[[Path, Path], Found]] = {
    "fusionviewer": fusionviewer,
    "elastix": elastix,
    "ants": ants,
    "greedy": greedy,
    "simpleitk": simpleitk,
}


def _matrix(transform: sitk.Transform) -> Any:
    """4×4 of any transform that is linear."""
    origin = np.array(transform.TransformPoint((0.0, 0.0, 0.0)))
    out = np.eye(4)
    out[:3, 3] = origin
    for axis in range(3):
        out[:3, axis] = (np.array(transform.TransformPoint((1000.0 * np.eye(3)[axis]).tolist())) - origin) / 1000
    return out


def _version(package: str) -> str:
    return importlib.metadata.version(package)


def _peak_mb() -> float | None:
    """The most memory that this process has held; where Linux does not tell, None."""
    status = Path("/proc/self/status")  # getrusage would count what the parent held when it forked
    if not status.exists():
        return None
    line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) / 1024


def main() -> None:
    name, folder = sys.argv[1], Path(sys.argv[2])
    facts = json.loads((folder / "truth.json").read_text())
    began = time.process_time()
    try:
        row = ENGINES[name](folder / facts["fixed"], folder / facts["moving"])
        row["moving_from_fixed"] = np.asarray(row["moving_from_fixed"]).tolist()
    except Exception as error:  # one row says so, the others go on
        row = {"error": " ".join(f"{type(error).__name__}: {error}".split())[:300]}
    row["cpu_seconds"] = time.process_time() - began
    row["peak_mb"] = _peak_mb()
    sys.stdout.write("\n" + json.dumps(row) + "\n")


if __name__ == "__main__":
    main()
