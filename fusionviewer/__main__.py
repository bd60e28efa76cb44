"""The one place that knows both faces: `view` opens the window, every other command goes to the command line."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Final

from fusionviewer.process.workers import end_despite_workers

INTERRUPTED: Final = 130
CHILD_COMMAND: Final = "read-for-parent"
"""How the standalone program calls itself to read foreign files (`imaging.reading.apart`)."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run fusionviewer with these arguments (default: the program's own). Returns the exit code."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    if arguments[:1] == [CHILD_COMMAND] and getattr(sys, "frozen", False):
        from fusionviewer.imaging.reading.child import main as read_for_parent

        return read_for_parent(arguments[1])
    if not arguments or arguments[0] == "view":
        return _window(arguments[1:])
    try:
        from fusionviewer.cli.main import run

        code = run(arguments)
    except KeyboardInterrupt:  # before the command line could listen
        code = INTERRUPTED
    if code == INTERRUPTED:  # a call inside ITK may still run, for which Python would wait
        end_despite_workers(code)
    return code


def _window(arguments: Sequence[str]) -> int:
    """Open the window; a sentence where the system lacks a library that Qt needs."""
    try:
        from fusionviewer.ui.application import run_window
    except ImportError as error:
        if "PyQt6" not in str(error) and ".so" not in str(error):
            raise
        print(
            f"fusionviewer: the window needs a library that this system lacks ({error}). "
            "Install Qt's libraries (the list is in the README), or use the command line: fusionviewer --help.",
            file=sys.stderr,
        )
        return 2
    return run_window(arguments)


if __name__ == "__main__":
    sys.exit(main())
