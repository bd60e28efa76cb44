from __future__ import annotations

import re
import subprocess
import sys
import threading
import time
from pathlib import Path

import fusionviewer
from fusionviewer.process.workers import Worker, end_despite_workers, wait_for_workers

PACKAGE = Path(fusionviewer.__file__).parent

STUCK = """
import sys, time
from fusionviewer.process.workers import Worker, end_despite_workers
Worker(lambda: time.sleep(60), "a native call").start()
print("said at the end")
end_despite_workers(7, 0.1)
print("never")
"""


def test_a_worker_is_no_daemon_wherever_it_starts() -> None:
    kinds: list[bool] = []

    def start_another() -> None:
        another = Worker(lambda: None, "another")
        kinds.append(another.daemon)

    thread = threading.Thread(target=start_another, daemon=True)
    thread.start()
    thread.join()
    assert kinds == [False]


def test_waiting_ends_with_the_last_worker_or_the_time() -> None:
    release = threading.Event()
    Worker(lambda: release.wait(10), "one").start()
    Worker(lambda: release.wait(10), "two").start()
    before = time.monotonic()
    assert not wait_for_workers(0.05)
    assert time.monotonic() - before < 5
    release.set()
    assert wait_for_workers(10)
    end_despite_workers(3)  # nothing runs: it returns


def test_a_call_that_does_not_return_ends_with_the_process_and_its_exit_code() -> None:
    done = subprocess.run([sys.executable, "-c", STUCK], capture_output=True, text=True, timeout=30, check=False)
    assert (done.returncode, done.stdout) == (7, "said at the end\n")


def test_there_is_one_kind_of_thread() -> None:
    other_kinds = re.compile(
        r"threading\.(Thread|Timer)\b|QThread|ThreadPool|concurrent\.futures|multiprocessing|\b_thread\b"
    )
    makers = [
        p.relative_to(PACKAGE).as_posix() for p in PACKAGE.rglob("*.py") if other_kinds.search(p.read_text("utf-8"))
    ]
    assert makers == ["process/workers.py"]
