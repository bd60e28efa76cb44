"""The search for marks finds them in everything that it is asked to search: else its silence would mean nothing."""

from __future__ import annotations

import base64
import gzip
import io
import zipfile
import zlib

import pytest
from fpdf import FPDF
from marked_patient import marks_in
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from fusionviewer.rendering.marks.lettering import typeface_folder

MARK = "qzname"


def _zip(content: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("inner.txt", content)
    return out.getvalue()


def _png(*, packed: bool) -> bytes:
    out, told = io.BytesIO(), PngInfo()
    told.add_text("Title", "for Qzname alone " * 20, zip=packed)
    Image.new("L", (4, 4)).save(out, "png", pnginfo=told)
    return out.getvalue()


def _pdf(*, own_font: bool) -> bytes:
    paper = FPDF()
    paper.add_page()
    if own_font:
        folder = typeface_folder()
        assert folder is not None
        paper.add_font("Inter", fname=folder / "InterTabular-Regular.ttf")
    paper.set_font("Inter" if own_font else "Helvetica", size=12)
    paper.cell(text="The head (of Qzname) \\ seen")
    return bytes(paper.output())


@pytest.mark.parametrize(
    "content",
    [
        b"PatientName=QZNAME", "Qzname".encode("utf-16-le"), gzip.compress(b"a Qzname"), _zip(b"a Qzname"),
        gzip.compress(_zip(b"a Qzname")), _png(packed=False), _png(packed=True), _pdf(own_font=False),
        _pdf(own_font=True), b'<img src="data:image/png;base64,' + base64.b64encode(_png(packed=True)) + b'">',
    ],
    ids=["plain", "UTF-16", "gzip", "zip", "zip in gzip", "PNG", "packed PNG", "PDF", "PDF by glyphs", "page"],
)  # fmt: skip
def test_a_mark_is_found(content: bytes) -> None:
    assert marks_in(content, (MARK, "vorqz")) == {MARK}


def test_what_is_not_there_is_not_found() -> None:
    assert marks_in(gzip.compress(zlib.compress(b"nothing")), (MARK,)) == set()
