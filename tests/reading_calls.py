"""What the tests let a child process do."""

from __future__ import annotations

import ctypes
import os
import time
from pathlib import Path

import numpy as np

from fusionviewer.errors import UnreadableInput
from fusionviewer.imaging.reading import allowances
from fusionviewer.progress import Observer


def its_process(observer: Observer | None = None) -> int:
    return os.getpid()


def array_of(shape: tuple[int, ...], observer: Observer) -> np.ndarray:
    return np.arange(np.prod(shape), dtype=np.int64).reshape(shape)


def its_voxels(shape: tuple[int, ...], observer: Observer) -> np.ndarray:
    array = allowances.voxel_array(shape, np.int64)
    array[:] = np.arange(np.prod(shape)).reshape(shape)
    return array


def fails(how: str, observer: Observer) -> float:
    if how == "known":
        raise UnreadableInput("It is broken.", "Mend it.")
    return 1 / 0


def crash(observer: Observer) -> None:
    ctypes.string_at(0)


def crash_on(path: Path, observer: Observer) -> None:
    ctypes.string_at(0)


def sleep(seconds: float, observer: Observer) -> str:
    time.sleep(seconds)
    return "done"


def patient(seconds: float, observer: Observer) -> str:
    allowances.be_patient_with(0)
    time.sleep(seconds)
    return "done"


def takes(stated: int, taken: int, observer: Observer) -> int:
    allowances.expect_voxels(stated, np.uint8)
    return np.ones(taken, np.uint8).size


def steps(count: int, observer: Observer) -> str:
    for step in range(count):
        observer.report(step / count, "step")
        time.sleep(0.1)
    return "done"


REACHED = (its_process, array_of, its_voxels, fails, crash, sleep, patient, takes, steps)
