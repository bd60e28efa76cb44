"""How long it takes to open large image files, and how much memory: program and child together, shared memory once.

    python benchmarks/opening.py [--rounds 5]

Files of 512×512×600 int16 are made from the bundled CT (as they are, packed, with an intercept, with a slope, and as a
folder of DICOM). Each is opened in a fresh process whose child waits already: through the child, in the program itself,
and by SimpleITK alone.
Memory is what the processes hold above what they held before, sampled every 10 ms; Linux only.
"""

from __future__ import annotations

import argparse
import os
import select
import statistics
import struct
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final

import numpy as np
import SimpleITK as sitk
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import CTImageStorage, ExplicitVRLittleEndian, generate_uid

from fusionviewer.imaging.sample import sample_folder

SIZE: Final = (512, 512, 600)
WAYS: Final = ("child", "here", "itk")
PROBE: Final = """
import os, resource, sys, time
from pathlib import Path
import SimpleITK as sitk
from fusionviewer.imaging import readers
from fusionviewer.imaging.reading import apart
way, small, large = sys.argv[1], *map(Path, sys.argv[2:])
OPEN = {
    "child": readers.read_volume,
    "here": readers.read_volume,
    "itk": lambda path: sitk.ReadImage(
        sitk.ImageSeriesReader.GetGDCMSeriesFileNames(str(path)) if path.is_dir() else str(path)
    ),
}
def cpu():
    own = resource.getrusage(resource.RUSAGE_SELF)
    ticks = 0
    for reader in apart._pool._idle:
        fields = Path(f"/proc/{reader._process.pid}/stat").read_text().rsplit(")", 1)[1].split()
        ticks += int(fields[11]) + int(fields[12])
    return own.ru_utime + own.ru_stime + ticks / os.sysconf("SC_CLK_TCK")
if way == "here":
    apart._pool.give_up()
OPEN[way](small)
print("ready", flush=True); sys.stdin.readline()
before, begun = cpu(), time.perf_counter()
opened = OPEN[way](large)
print(time.perf_counter() - begun, cpu() - before, flush=True); sys.stdin.readline()
"""


def main() -> None:
    """Print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    rounds = parser.parse_args().rounds
    print("| file | way | best s | median s | CPU s (median) | memory (most) |\n|---|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        for path, opened_bytes in files(Path(folder)):
            for way in WAYS:
                found = [probe(way, path) for _ in range(rounds)]
                walls, cpus, peaks = zip(*found, strict=True)
                print(
                    f"| {path.name} | {way} | {min(walls):.2f} | {statistics.median(walls):.2f} "
                    f"| {statistics.median(cpus):.2f} | {max(peaks) / opened_bytes:.2f} × |",
                    flush=True,
                )


def files(folder: Path) -> list[tuple[Path, int]]:
    """The files, and how many bytes the volume has that is opened from each."""
    ct = sitk.ReadImage(str(sample_folder() / "ct.nii.gz"))
    grid = sitk.Image(SIZE, sitk.sitkUInt8)
    grid.SetSpacing([mm * n / m for mm, n, m in zip(ct.GetSpacing(), ct.GetSize(), SIZE, strict=True)])
    grid.SetOrigin(ct.GetOrigin())
    grid.SetDirection(ct.GetDirection())
    values = sitk.GetArrayFromImage(sitk.Cast(sitk.Resample(ct, grid, defaultPixelValue=-1024), sitk.sitkInt16))
    noise = (np.random.default_rng(0).standard_normal(values[0].shape) * 6).astype(np.int16)
    for number, plane in enumerate(values):
        plane[plane > -1000] += np.roll(noise, 7 * number)[plane > -1000]
    image = sitk.GetImageFromArray(values)
    names = ("plain.nii", "packed.nii.gz", "packed.nrrd")
    for name in names:
        sitk.WriteImage(image, str(folder / name), useCompression="packed" in name, compressionLevel=4)
    for name, scaling in (("intercept.nii", (1.0, -24.0)), ("slope.nii", (0.5, 0.0))):
        content = bytearray((folder / "plain.nii").read_bytes())
        struct.pack_into("<2f", content, 112, *scaling)
        (folder / name).write_bytes(content)
    write_series(values, folder / "dicom")
    named = [*names, "intercept.nii", "slope.nii", "dicom"]
    return [(folder / name, values.size * (4 if name == "slope.nii" else 2)) for name in named]


def write_series(values: np.ndarray, folder: Path) -> None:
    """A CT as DICOM, a file for each plane (k, j, i) of HU."""
    folder.mkdir()
    series, frame = generate_uid(), generate_uid()
    for number, plane in enumerate(values):
        ds = Dataset()
        ds.file_meta = FileMetaDataset()
        ds.file_meta.TransferSyntaxUID, ds.file_meta.MediaStorageSOPClassUID = ExplicitVRLittleEndian, CTImageStorage
        ds.SOPClassUID, ds.SOPInstanceUID, ds.Modality, ds.InstanceNumber = CTImageStorage, generate_uid(), "CT", number
        ds.StudyInstanceUID, ds.SeriesInstanceUID, ds.FrameOfReferenceUID = frame, series, frame
        ds.ImageOrientationPatient, ds.ImagePositionPatient = [1, 0, 0, 0, 1, 0], [0, 0, 0.5 * number]
        ds.PixelSpacing, ds.SliceThickness, ds.RescaleSlope, ds.RescaleIntercept = [0.5, 0.5], 0.5, 1, -1024
        ds.Rows, ds.Columns = plane.shape
        ds.SamplesPerPixel, ds.PhotometricInterpretation = 1, "MONOCHROME2"
        ds.BitsAllocated, ds.BitsStored, ds.HighBit, ds.PixelRepresentation = 16, 16, 15, 1
        ds.PixelData = (plane + 1024).astype("<i2").tobytes()
        ds.save_as(folder / f"{number}.dcm", enforce_file_format=True)


def probe(way: str, path: Path) -> tuple[float, float, int]:
    """Wall seconds, CPU seconds, and the most bytes that were held above what was held before."""
    command = [sys.executable, "-c", PROBE, way, str(sample_folder() / "ct.nii.gz"), str(path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdout.readline()
        before = most = held_by(process.pid)
        process.stdin.write("\n")
        process.stdin.flush()
        while not select.select([process.stdout], [], [], 0.01)[0]:
            most = max(most, held_by(process.pid))
        wall, cpu = map(float, process.stdout.readline().split())
        process.kill()
    return wall, cpu, most - before


def held_by(parent: int) -> int:
    """Bytes in the memory of a process and its children: their own, and what they share once."""
    held, stores = 0, {}
    for pid in (parent, *children_of(parent)):
        try:
            for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
                if line.startswith(("Pss_Anon", "Pss_File")):
                    held += int(line.split()[1]) * 1024
            for number in os.listdir(f"/proc/{pid}/fd"):
                if "memfd" in os.readlink(f"/proc/{pid}/fd/{number}"):
                    store = os.stat(f"/proc/{pid}/fd/{number}")
                    stores[store.st_ino] = store.st_blocks * 512
        except OSError:  # it has just ended
            continue
    return held + sum(stores.values())


def children_of(pid: int) -> list[int]:
    """The processes that a process has started, by whichever of its threads."""
    found: list[int] = []
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            found += map(int, task.read_text().split())
        except OSError:
            continue
    return found


if __name__ == "__main__":
    main()
