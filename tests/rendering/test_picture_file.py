"""Files of pictures: without loss, without a word, whole or not at all."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from fusionviewer.errors import BadArgument, Cancelled, CannotWrite
from fusionviewer.progress import Observer
from fusionviewer.rendering.picture_file import write_picture


@pytest.mark.parametrize("name", ["a.png", "a.PNG", "a.tif", "a.tiff"])
def test_a_picture_is_written_without_loss_and_without_a_word(name: str, tmp_path: Path) -> None:
    picture = np.arange(60 * 50 * 3, dtype=np.uint8).reshape(50, 60, 3)
    write_picture(picture, tmp_path / name)
    with Image.open(tmp_path / name) as image:
        assert image.format == ("PNG" if name.lower().endswith("png") else "TIFF")
        assert np.array_equal(np.asarray(image), picture)
        assert not {key for key in image.info if key not in ("compression", "dpi", "resolution")}
        assert not getattr(image, "text", {})
        assert not image.getexif() or set(image.getexif()) <= NEEDED_TAGS
    assert [path.name for path in tmp_path.iterdir()] == [name]


NEEDED_TAGS = {256, 257, 258, 259, 262, 273, 277, 278, 279, 284}
"""Of a TIFF: size, bits, packing, colours, and where the strips are."""


def test_a_picture_is_written_whole_or_not_at_all(tmp_path: Path) -> None:
    picture = np.zeros((50, 60, 3), dtype=np.uint8)
    with pytest.raises(CannotWrite):
        write_picture(picture, tmp_path / "missing" / "a.png")
    with pytest.raises(BadArgument):
        write_picture(picture, tmp_path / "a.jpg")
    (tmp_path / "b.png").mkdir()
    with pytest.raises(CannotWrite):
        write_picture(picture, tmp_path / "b.png")
    observer = Observer()
    observer.cancelled.set()
    with pytest.raises(Cancelled):
        write_picture(picture, tmp_path / "c.png", observer)
    assert [path.name for path in tmp_path.iterdir()] == ["b.png"]
