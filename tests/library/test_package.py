"""What the package gives: lazily, with types, without Qt, and as docs/library.md says."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

import fusionviewer
from fusionviewer import library
from fusionviewer.imaging.sample import sample_folder

ROOT = Path(__file__).resolve().parents[2]
DOCUMENT = ROOT / "docs" / "library.md"


def python(code: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """A Python of its own that imports this checkout."""
    path = os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH"))))
    env = {**os.environ, "PYTHONPATH": path, "PYTHONIOENCODING": "utf-8"}
    swig = "ignore:builtin type:DeprecationWarning"  # as in pyproject.toml
    command = [sys.executable, "-W", "error", "-W", swig, "-c", code]
    return subprocess.run(
        command, cwd=folder, env=env, capture_output=True, text=True, encoding="utf-8", timeout=240, check=False
    )


def script() -> str:
    """The first script of the document."""
    found = re.search(r"```python\n(.*?)```", DOCUMENT.read_text(encoding="utf-8"), re.S)
    assert found
    return found[1]


def test_it_forwards_all_that_the_library_has() -> None:
    assert sorted(fusionviewer.__all__) == sorted([*library.__all__, "__version__"])
    for name in library.__all__:
        assert getattr(fusionviewer, name) is getattr(library, name)
    assert set(fusionviewer.__all__) <= set(dir(fusionviewer))
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        fusionviewer.nothing  # type: ignore[attr-defined]  # noqa: B018


def test_nothing_is_loaded_before_it_is_asked_for(tmp_path: Path) -> None:
    heavy = "{'numpy', 'SimpleITK', 'fusionviewer.library'} & set(sys.modules)"
    done = python(f"import sys, fusionviewer, fusionviewer.cli.main; print({heavy})", tmp_path)
    assert done.stdout.strip() == "set()", done.stderr
    done = python("from fusionviewer import *; print(register.__module__)", tmp_path)
    assert done.stdout.strip() == "fusionviewer.library.alignment", done.stderr


def test_none_of_it_imports_qt(tmp_path: Path) -> None:
    code = "import sys, fusionviewer.library; print({m for m in sys.modules if m.startswith(('PyQt', 'pyqtgraph'))})"
    done = python(code, tmp_path)
    assert done.stdout.strip() == "set()", done.stderr


@pytest.mark.parametrize("name", library.__all__)
def test_each_part_says_what_it_is(name: str) -> None:
    part = getattr(library, name)
    assert part.__doc__
    assert f"`{name}" in DOCUMENT.read_text(encoding="utf-8")


def test_the_script_of_the_document_runs_as_written_and_without_qt(tmp_path: Path) -> None:
    lines = [line for line in script().splitlines() if line.strip()]
    assert len(lines) <= 16
    (tmp_path / "resources").mkdir()
    (tmp_path / "resources" / "sample").symlink_to(sample_folder())
    ends = "\nimport sys; print('Qt' if any(name.startswith('PyQt') for name in sys.modules) else 'no Qt')"
    done = python(script() + ends, tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == "no Qt"
    assert "converged" in done.stdout
    for name in re.findall(r'"([\w-]+\.(?:tfm|nii\.gz|png|fusion\.json))"', script()):
        assert (tmp_path / name).is_file(), name


@pytest.mark.long
def test_programs_that_use_it_are_checked_by_its_types(tmp_path: Path) -> None:
    assert (ROOT / "fusionviewer" / "py.typed").is_file()
    wrong = "\nresult.nothing\nregister(fixed)\nStudy.of(fixed, moving).save()\nfusionviewer.nothing\n"
    (tmp_path / "right.py").write_text(script(), encoding="utf-8")
    (tmp_path / "wrong.py").write_text("import fusionviewer\n" + script() + wrong, encoding="utf-8")
    command = [sys.executable, "-m", "mypy", "--config-file", str(ROOT / "pyproject.toml"), "--cache-dir", os.devnull]
    both = [str(tmp_path / name) for name in ("right.py", "wrong.py")]
    done = subprocess.run([*command, *both], cwd=ROOT, capture_output=True, text=True, timeout=240, check=False)
    errors = [line for line in done.stdout.splitlines() if ": error: " in line]
    assert [Path(error.partition(":")[0]).name for error in errors] == ["wrong.py"] * 4, done.stdout + done.stderr
