"""A screen of its own for a program: Xvfb, without a window manager."""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from system import SetupError

SIZE: Final = (1400, 900)


@contextmanager
def x_screen(display: str) -> Iterator[Path]:
    """Have the X screen `display` (":97"). What comes is the file of its pixels: 4 bytes each, after a header."""
    ready, told = os.pipe()
    size = f"{SIZE[0]}x{SIZE[1]}x24"
    with tempfile.TemporaryDirectory() as folder:
        command = ["Xvfb", display, "-screen", "0", size, "-fbdir", folder, "-displayfd", str(told)]
        with subprocess.Popen(command, stderr=subprocess.DEVNULL, pass_fds=[told]) as server:
            os.close(told)
            try:
                if not os.read(ready, 1):
                    raise SetupError(f"The X screen {display} cannot be had: is one of that name there already?")
                yield Path(folder) / "Xvfb_screen0"
            finally:
                os.close(ready)
                server.terminate()
