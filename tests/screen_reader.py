"""A screen of its own with a program on it, read and used from outside by the system's interface for screen readers."""

from __future__ import annotations

import functools
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, TypedDict

READER: Final = Path(__file__).parent / "accessibility_reader.py"
SYSTEM_PYTHON: Final = "/usr/bin/python3"
LAUNCHERS: Final = ("/usr/libexec/at-spi-bus-launcher", "/usr/lib/at-spi2-core/at-spi-bus-launcher")
PATIENCE_SECONDS: Final = 60.0


class Node(TypedDict):
    """What the reader says about one node: see accessibility_reader.py."""

    role: str
    name: str
    description: str
    states: list[str]
    labels: list[str]
    actions: list[str]
    path: list[str]


@functools.cache
def missing() -> str:
    """What is missing on this machine to read a program as a screen reader does, as a sentence; else nothing."""
    if not sys.platform.startswith("linux"):
        return "AT-SPI is the interface of Linux alone."
    wanted = [name for name in ("Xvfb", "dbus-daemon") if shutil.which(name) is None]
    if not any(Path(launcher).exists() for launcher in LAUNCHERS):
        wanted.append("at-spi-bus-launcher")
    known = [SYSTEM_PYTHON, "-c", "import gi; gi.require_version('Atspi', '2.0')"]
    if not Path(SYSTEM_PYTHON).exists() or subprocess.run(known, capture_output=True, check=False).returncode:
        wanted.append(f"Atspi for {SYSTEM_PYTHON}")
    if not wanted:
        return ""
    packages = "xvfb, dbus, at-spi2-core, python3-gi and gir1.2-atspi-2.0"
    return f"Reading as a screen reader needs {', '.join(wanted)}: Debian's {packages} have them."


@contextmanager
def _running(command: Sequence[str], environment: Mapping[str, str], **more: Any) -> Iterator[subprocess.Popen[str]]:
    """A program that is ended with the context."""
    program = subprocess.Popen(command, env=dict(environment), text=True, **more)
    try:
        yield program
    finally:
        program.kill()
        program.wait()
        for stream in (program.stdin, program.stdout, program.stderr):
            if stream is not None:
                stream.close()


def _first_line(program: subprocess.Popen[str]) -> str:
    assert program.stdout is not None
    line = program.stdout.readline().strip()
    assert line, program.args
    return line


@contextmanager
def screen(folder: Path) -> Iterator[dict[str, str]]:
    """The environment of programs on a screen, with a bus for screen readers; `folder` keeps what they say."""
    environment = {**os.environ, "QT_QPA_PLATFORM": "xcb", "QT_LINUX_ACCESSIBILITY_ALWAYS_ON": "1"}
    environment |= {"PYTHONPATH": os.pathsep.join(sys.path), "NO_AT_BRIDGE": "0", "QT_ACCESSIBILITY": "1"}
    for key in ("DBUS_SESSION_BUS_ADDRESS", "AT_SPI_BUS_ADDRESS", "WAYLAND_DISPLAY"):
        environment.pop(key, None)
    told, pipe = (folder / "screen.txt").open("w"), subprocess.PIPE
    display = ["Xvfb", "-displayfd", "1", "-screen", "0", "1600x1100x24", "-nolisten", "tcp"]
    bus = ["dbus-daemon", "--session", "--nofork", "--print-address=1"]
    with told, _running(display, environment, stdout=pipe, stderr=told) as server:
        environment["DISPLAY"] = f":{_first_line(server)}"
        with _running(bus, environment, stdout=pipe, stderr=told) as daemon:
            environment["DBUS_SESSION_BUS_ADDRESS"] = _first_line(daemon)
            launcher = next(path for path in LAUNCHERS if Path(path).exists())
            with _running([launcher, "--launch-immediately"], environment, stdout=told, stderr=told):
                yield environment


class ScreenReader:
    """Reads one program and presses its controls."""

    def __init__(self, program: subprocess.Popen[str], reader: subprocess.Popen[str], told: Path) -> None:
        self.program, self._reader, self._told = program, reader, told

    def _ask(self, question: Mapping[str, str]) -> Any:
        assert self._reader.stdin is not None
        assert self._reader.stdout is not None
        self._reader.stdin.write(json.dumps(question) + "\n")
        self._reader.stdin.flush()
        answer = self._reader.stdout.readline()
        assert answer, self._told.read_text()
        return json.loads(answer)

    def tree(self) -> list[Node]:
        """All that there is, shown or not."""
        found: list[Node] = self._ask({"do": "tree"})
        return found

    def until(self, so: Callable[[list[Node]], object], what: str = "") -> list[Node]:
        """What there is as soon as something is so."""
        end = time.monotonic() + PATIENCE_SECONDS
        while not so(nodes := self.tree()):
            assert time.monotonic() < end, (what, [f"{n['role']}: {n['name']}" for n in shown(nodes)])
            time.sleep(0.2)
        return nodes

    def until_shown(self, role: str, name: str) -> list[Node]:
        """What there is as soon as such a node is shown; its name may go on after a colon."""
        return self.until(lambda nodes: find(nodes, role, name), f"{role} {name}")

    def press(self, role: str, name: str) -> None:
        """Do the first action of a control that is there and enabled, or soon will be."""
        end = time.monotonic() + PATIENCE_SECONDS
        while self._ask({"do": "press", "role": role, "name": name}) is None:
            assert time.monotonic() < end, (role, name, [f"{n['role']}: {n['name']}" for n in shown(self.tree())])
            time.sleep(0.2)


@contextmanager
def reading(environment: Mapping[str, str], folder: Path, *arguments: str) -> Iterator[ScreenReader]:
    """The program with its window open, and its reader."""
    told, pipe = folder / "program.txt", subprocess.PIPE
    command = [sys.executable, "-m", "fusionviewer", "view", *arguments]
    with told.open("w") as output, _running(command, environment, stdout=output, stderr=output) as program:
        known = [SYSTEM_PYTHON, str(READER), "fusionviewer", str(program.pid)]
        alone = {key: value for key, value in environment.items() if key != "PYTHONPATH"}
        with _running(known, alone, stdin=pipe, stdout=pipe, stderr=output) as reader:
            yield ScreenReader(program, reader, told)


def shown(nodes: Sequence[Node]) -> list[Node]:
    """Those that are on the screen."""
    return [node for node in nodes if "showing" in node["states"]]


def find(nodes: Sequence[Node], role: str, name: str) -> Node | None:
    """The first that is shown of that role, and that name or one that begins so and goes on with a colon."""
    return next((n for n in shown(nodes) if n["role"] == role and n["name"].partition(":")[0] == name), None)
