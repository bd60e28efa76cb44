"""The nets of conftest.py catch what they are there for."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

TESTS = Path(__file__).resolve().parent
ROOT = TESTS.parent

CASES = """
import os, threading, time, warnings
import pytest

def test_clean(): pass

def test_home():
    import platformdirs
    from PyQt6.QtCore import QSettings
    home = os.environ["HOME"]
    assert platformdirs.user_config_dir("fusionviewer").startswith(home)
    assert QSettings("fusionviewer", "fusionviewer").fileName().startswith(home)

def test_warning(): warnings.warn("odd")

def test_warning_in_thread():
    thread = threading.Thread(target=lambda: 1 / 0)
    thread.start()
    thread.join()

def test_qt_warning(qapp):
    from PyQt6.QtCore import qWarning
    qWarning("odd")

def test_qt_debug_is_no_failure(qapp):
    from PyQt6.QtCore import qDebug
    qDebug("just so")

def test_thread_left():
    threading.Thread(target=time.sleep, args=(6,), daemon=True).start()

@pytest.fixture
def qt_thread_of_last_test(qapp):
    from PyQt6.QtCore import QThread
    global thread
    thread = QThread()
    yield thread

def test_qt_thread_left(qt_thread_of_last_test):
    qt_thread_of_last_test.start()

def test_qt_thread_ended(qapp):
    thread.quit()
    thread.wait()

@pytest.mark.long
def test_long(): assert False
"""


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What came of each of the cases, run with this project's settings and a copy of its conftest.py."""
    folder = tmp_path_factory.mktemp("nets")
    (folder / "conftest.py").write_bytes((TESTS / "conftest.py").read_bytes())
    (folder / "test_cases.py").write_text(CASES, encoding="utf-8")
    options = ["-c", str(ROOT / "pyproject.toml"), "--rootdir", str(folder), "-p", "no:cacheprovider", "-rA"]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *options, str(folder)],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    results: dict[str, str] = {}
    for line in done.stdout.splitlines():
        outcome, _, rest = line.partition(" ")
        if outcome in ("PASSED", "FAILED", "ERROR") and "::" in rest:
            results[rest.split("::")[1].split()[0]] = outcome
        elif outcome == "SKIPPED":
            results["skipped"] = rest
    assert results, done.stdout + done.stderr
    return results


@pytest.mark.parametrize("name", ["test_clean", "test_home", "test_qt_debug_is_no_failure", "test_qt_thread_ended"])
def test_good_tests_pass(outcomes: dict[str, str], name: str) -> None:
    assert outcomes[name] == "PASSED"


@pytest.mark.parametrize("name", ["test_warning", "test_warning_in_thread", "test_qt_warning"])
def test_what_is_said_fails(outcomes: dict[str, str], name: str) -> None:
    assert outcomes[name] == "FAILED"


@pytest.mark.parametrize("name", ["test_thread_left", "test_qt_thread_left"])
def test_what_is_left_running_fails(outcomes: dict[str, str], name: str) -> None:
    assert outcomes[name] == "ERROR"


def test_long_tests_wait_to_be_asked_for(outcomes: dict[str, str]) -> None:
    assert "test_long" not in outcomes
    assert "--long" in outcomes["skipped"]


def test_rooms_below_app_are_tested_without_qt(tmp_path: Path) -> None:
    """pytest-qt stops a run where PyQt6 is missing; conftest.py takes it out."""
    (tmp_path / "no_qt.py").write_text(
        "import sys\n"
        "class Blocker:\n"
        "    def find_spec(self, name, *_):\n"
        "        if name.partition('.')[0] in ('PyQt6', 'pyqtgraph'):\n"
        "            raise ModuleNotFoundError(f'no {name} here', name=name)\n"
        "sys.meta_path.insert(0, Blocker())\n",
        encoding="utf-8",
    )
    code = (
        f"import sys; sys.path.insert(0, {str(tmp_path)!r}); import no_qt, pytest; sys.exit(pytest.main(sys.argv[1:]))"
    )
    (tmp_path / "conftest.py").write_bytes((TESTS / "conftest.py").read_bytes())
    (tmp_path / "test_plain.py").write_text(
        "import pytest\n"
        "def test_plain(phantom_truth): assert phantom_truth.angle_deg > 5\n"
        "def test_blocked():\n"
        "    with pytest.raises(ImportError): import PyQt6\n",
        encoding="utf-8",
    )
    options = ["-c", str(ROOT / "pyproject.toml"), "--rootdir", str(tmp_path), "-p", "no:cacheprovider"]
    done = subprocess.run(
        [sys.executable, "-c", code, *options, str(tmp_path)],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "2 passed" in done.stdout
