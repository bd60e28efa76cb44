"""Pictures as files: PNG or TIFF, by the ending of the name. Pixels alone are written: no names, no dates, no tags."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from fusionviewer.errors import BadArgument
from fusionviewer.imaging.whole_files import written_whole
from fusionviewer.progress import Observer

_FORMATS: Final = {".png": "PNG", ".tif": "TIFF", ".tiff": "TIFF"}


def check_picture_name(path: Path) -> None:
    """Raise BadArgument if a file's name does not say a kind of picture that can be written."""
    if path.suffix.lower() not in _FORMATS:
        raise BadArgument(
            f"A picture cannot be written as {path.name}.", f"Choose a name that ends in {', '.join(_FORMATS)}."
        )


def write_picture(picture: NDArray[np.uint8], path: Path, observer: Observer = Observer()) -> None:  # noqa: B008
    """Write an RGB array (height, width, 3), packed without loss; the file appears whole or not at all.

    Raises BadArgument for another ending, CannotWrite, Cancelled.
    """
    check_picture_name(path)
    kind = _FORMATS[path.suffix.lower()]
    options = {"compression": "tiff_adobe_deflate"} if kind == "TIFF" else {}
    packed = BytesIO()  # Pillow takes no name that is not Unicode text
    Image.fromarray(picture).save(packed, kind, **options)
    with written_whole(path, observer) as temporary:
        temporary.write_bytes(packed.getbuffer())
        observer.report(1.0, "Writing")


def png_bytes(picture: NDArray[np.uint8]) -> bytes:
    """An RGB array (height, width, 3) as the bytes of a PNG, pixels alone."""
    out = BytesIO()
    Image.fromarray(picture).save(out, "PNG")
    return out.getvalue()


def jpeg_bytes(picture: NDArray[np.uint8], size: tuple[int, int]) -> bytes:
    """An RGB array (height, width, 3), brought to a size in pixels, as the bytes of a small JPEG, pixels alone."""
    out = BytesIO()
    Image.fromarray(picture).resize(size, Image.Resampling.LANCZOS).save(out, "JPEG", quality=82, optimize=True)
    return out.getvalue()
