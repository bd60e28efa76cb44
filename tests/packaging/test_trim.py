"""What is left out of the standalone folder."""

from __future__ import annotations

import shutil
import struct
import subprocess
import sys
from pathlib import Path

import pytest
from bundles import shrink
from bundles.shrink import is_well_laid_out, kept_icu
from bundles.trim import is_used, linked, needed, trimmed


@pytest.mark.parametrize(
    ("place", "used"),
    [
        ("PyQt6/Qt6/lib/libQt6Widgets.so.6", True),
        ("PyQt6/Qt6/lib/libQt6Pdf.so.6", False),
        ("libQt6Network.so.6", False),
        ("PyQt6\\Qt6\\bin\\Qt6Quick3D.dll", False),
        ("PyQt6\\Qt6\\bin\\Qt6Gui.dll", True),
        ("PyQt6\\Qt6\\bin\\opengl32sw.dll", False),
        ("PyQt6/Qt6/plugins/platforms/libqxcb.so", True),
        ("PyQt6/Qt6/plugins/platforms/libqvnc.so", False),
        ("PyQt6\\Qt6\\plugins\\platforms\\qwindows.dll", True),
        ("PyQt6\\Qt6\\plugins\\styles\\qmodernwindowsstyle.dll", True),
        ("PyQt6\\Qt6\\plugins\\tls\\qschannelbackend.dll", False),
        ("PyQt6/Qt6/plugins/generic/libqevdevmouseplugin.so", False),
        ("PyQt6/Qt6/translations/qtbase_de.qm", False),
        ("numpy/_core/_multiarray_umath.cpython-311-x86_64-linux-gnu.so", True),
        ("fusionviewer/docs/guide/index.md", True),
    ],
)
def test_what_the_program_never_loads_is_left_out(place: str, used: bool) -> None:
    assert is_used(place) == used


def test_a_link_stays_with_its_library() -> None:
    libraries = [("PyQt6/Qt6/lib/libQt6Gui.so.6", "/x/libQt6Gui.so.6", "BINARY"),
                 ("PyQt6/Qt6/lib/libQt6Pdf.so.6", "/x/libQt6Pdf.so.6", "BINARY")]  # fmt: skip
    links = [("libQt6Gui.so.6", "PyQt6/Qt6/lib/libQt6Gui.so.6", "SYMLINK"),
             ("Pdf.so", "PyQt6/Qt6/lib/libQt6Pdf.so.6", "SYMLINK"),
             ("PIL/up.so", "../PyQt6/Qt6/lib/libQt6Gui.so.6", "SYMLINK")]  # fmt: skip
    kept, kept_links = trimmed(libraries, links)
    assert kept == libraries[:1]
    assert kept_links == [links[0], links[2]]


def _linked_to_libc() -> Path:
    if sys.platform != "linux" or not shutil.which("objdump"):
        pytest.skip("needs Linux and binutils")
    program = Path(sys.executable).resolve()
    assert needed(program)
    return program


def test_a_library_of_the_system_stays_while_something_is_linked_to_it() -> None:
    program = _linked_to_libc()
    libraries = {name: (name, str(program), "BINARY") for name in (needed(program)[0], "libunused.so.1")}
    entries = [("python3.11/lib-dynload/mod.so", str(program), "EXTENSION"), *libraries.values()]
    assert linked(entries) == entries[:2]


def test_what_is_stripped_can_still_be_loaded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = _linked_to_libc()
    assert is_well_laid_out(program)
    copies = [tmp_path / name / "mod.so" for name in ("plain", "numpy.libs")]
    for copy in copies:
        copy.parent.mkdir()
        shutil.copy(program, copy)
    saved = shrink.strip_symbols(tmp_path)
    assert saved == program.stat().st_size - copies[0].stat().st_size
    assert copies[1].read_bytes() == program.read_bytes(), "what auditwheel has edited stays as it is"
    assert subprocess.run([str(copies[0]), "-c", "print(3)"], capture_output=True, text=True, check=False).stdout
    monkeypatch.setattr(shrink, "is_well_laid_out", lambda file: False)
    shutil.copy(program, copies[0])
    shrink.strip_symbols(tmp_path)
    assert copies[0].read_bytes() == program.read_bytes()


def _icu(items: dict[str, bytes]) -> bytes:
    """Common data as ICU lays it out: DESIGN in icu's `toolutil/pkg_gencmn`, written here a second time."""
    head = struct.pack("<HBB", 32, 0xDA, 0x27) + b"\x14\0\0\0\0\0\x02\0CmnD" + bytes(16)
    names, offsets, body = b"", [], b""
    begin = 4 + 8 * len(items)
    for name in items:
        offsets.append(begin + len(names))
        names += name.encode() + b"\0"
    table = struct.pack("<I", len(items))
    place = begin + len(names)
    for offset, content in zip(offsets, items.values(), strict=True):
        gap = -(32 + place) % 16
        table += struct.pack("<II", offset, place + gap)
        body += bytes(gap) + content
        place += gap + len(content)
    return head + table + names + body


def test_icu_keeps_how_names_are_sorted() -> None:
    kept = {"icudt73l/coll/de.res": b"German" * 5, "icudt73l/coll/ucadata.icu": b"u" * 33, "icudt73l/root.res": b"root"}
    dropped = {"icudt73l/de.res": b"x" * 99, "icudt73l/lang/de.res": b"names", "icudt73l/ibm-37.cnv": b"converter"}
    assert kept_icu(_icu(dict(sorted({**kept, **dropped}.items())))) == _icu(dict(sorted(kept.items())))
    with pytest.raises(ValueError, match="not ICU"):
        kept_icu(bytes(64))
