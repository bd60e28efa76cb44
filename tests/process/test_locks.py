from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from fusionviewer.process.locks import HeldLock

HOLD = """
import sys
from pathlib import Path
from fusionviewer.process.locks import HeldLock
held = HeldLock.take(Path(sys.argv[1]))
print("held" if held else "taken", flush=True)
sys.stdin.read()
"""


def test_one_holder_at_a_time_and_no_file_left(tmp_path: Path) -> None:
    path = tmp_path / "a" / "lock"
    held = HeldLock.take(path)
    assert held is not None
    assert HeldLock.take(path) is None
    held.release()
    held.release()
    assert not path.exists()
    again = HeldLock.take(path)
    assert again is not None
    again.release(remove=False)
    assert path.exists()


def test_a_killed_process_holds_nothing(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        assert HeldLock.take(path) is None
        process.kill()
        process.wait(30)
        held = HeldLock.take(path)
        assert held is not None
        held.release()


def test_what_is_written_beside_the_lock_can_be_read(tmp_path: Path) -> None:
    held = HeldLock.take(tmp_path / "lock")
    assert held is not None
    held.stream.write(b"told")
    held.stream.flush()
    assert (tmp_path / "lock").read_bytes() == b"told"
    held.release()
