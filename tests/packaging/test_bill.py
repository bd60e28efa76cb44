"""The bill of materials, and the versions that are pinned."""

from __future__ import annotations

import json
import platform
import re
import tomllib
from importlib import metadata
from pathlib import Path

import pytest
from bundles.bill import FILE, is_valid, other_parts, python_parts, write_bill
from bundles.windows.python import PINS
from environment import CONSTRAINTS

from fusionviewer.ui.window import about

ROOT = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
DIRECT = {re.split(r"[>\[]", line)[0].lower() for line in PROJECT["dependencies"]}


def _pinned(file: Path) -> dict[str, str]:
    return _pinned_in(file.read_text(encoding="utf-8"))


def _pinned_in(text: str) -> dict[str, str]:
    return dict(re.findall(r"^([\w.-]+)==([\w.+]+)", text, re.MULTILINE))


def test_the_bill_is_valid_and_names_everything(tmp_path: Path) -> None:
    pytest.importorskip("cyclonedx")
    parts = [*python_parts("fusionviewer"), *other_parts(tmp_path, platform.python_version())]
    file = write_bill(tmp_path, parts)
    text = file.read_text(encoding="utf-8")
    assert is_valid(text) == ""
    told = json.loads(text)
    listed = {part["name"]: part for part in told["components"]}
    assert DIRECT | {"python", "pyqt6-qt6", "inter", "lucide"} <= set(listed)
    assert all(part["version"] for part in listed.values())
    assert listed["numpy"]["version"] == metadata.version("numpy")
    needs = {entry["ref"]: entry.get("dependsOn", []) for entry in told["dependencies"]}
    assert listed["numpy"]["bom-ref"] in needs[listed["pyqtgraph"]["bom-ref"]]
    write_bill(tmp_path, parts)
    assert file.read_text(encoding="utf-8") == text, "the same each time"
    assert is_valid(text.replace('"type": "library"', '"type": "thing"', 1)) != ""
    assert file.name == FILE == about.PARTS


def test_what_was_tested_is_pinned_and_qt_fits_pyqt() -> None:
    pinned = _pinned(ROOT / CONSTRAINTS)
    assert DIRECT | {"pyinstaller", "cyclonedx-python-lib", "pytest"} <= set(pinned)
    minors = {pinned[name].rsplit(".", 1)[0] for name in ("pyqt6", "pyqt6-qt6")}
    assert len(minors) == 1


def test_pyqt_itself_asks_for_a_qt_of_its_own_minor_version() -> None:
    own = metadata.version("PyQt6").split(".")
    asked = next(line for line in metadata.requires("PyQt6") or [] if line.startswith("PyQt6-Qt6"))
    assert f">={own[0]}.{own[1]}" in asked
    assert f"<{own[0]}.{int(own[1]) + 1}" in asked


def test_the_windows_bundle_is_pinned_by_hashes_to_what_was_tested() -> None:
    lines = [line for line in PINS.read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")]
    assert all(re.fullmatch(r"[\w.-]+==[\w.]+ --hash=sha256:[0-9a-f]{64}", line) for line in lines)
    pinned, tested = _pinned(PINS), _pinned(ROOT / CONSTRAINTS)
    assert set(pinned) >= DIRECT
    shipped = _pinned_in(PINS.read_text(encoding="utf-8").partition("# what freezes it")[0])
    differing = {name for name, number in shipped.items() if tested[name] != number}
    assert differing == {"numpy"}, "docs/decisions/0014 says why numpy alone"
