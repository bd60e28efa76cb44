"""Images whose memory a reader of our own fills: their voxels are there once, from the first to the last."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import SimpleITK as sitk
from numpy.typing import NDArray

_TYPES: Final = {"i2": sitk.sitkInt16, "u2": sitk.sitkUInt16, "f4": sitk.sitkFloat32}


class _Room:
    """An image's memory as NumPy asks for it, to be written to. It keeps the image."""

    def __init__(self, image: sitk.Image) -> None:
        self.image = image
        memory: dict[str, Any] = dict(sitk.GetArrayViewFromImage(image).__array_interface__)
        self.__array_interface__ = memory | {"data": (memory["data"][0], False)}


def room_for(shape: tuple[int, ...], dtype: np.dtype[Any]) -> NDArray[Any]:
    """An array (k, j, i) of zeros that can be written to, in the memory of an image that `image_in` finds.

    Its type is one that a `Volume` has. Raises MemoryError.
    """
    try:
        image = sitk.Image(shape[::-1], _TYPES[dtype.str[1:]])
    except RuntimeError as problem:
        raise MemoryError from problem
    room: NDArray[Any] = np.asarray(_Room(image))
    return room


def image_in(array: NDArray[Any]) -> sitk.Image | None:
    """The image whose memory is this whole array of `room_for`; None for any other array."""
    room = array.base
    return room.image if isinstance(room, _Room) else None
