"""The one place that knows both faces: `view` opens the window, every other command goes to the command line."""

from __future__ import annotations

import sys
from collections.abc import Sequence


def main(argv: Sequence[str] | None = None) -> int:
    """Run fusionviewer with these arguments (default: the program's own). Returns the exit code."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    if not arguments or arguments[0] == "view":
        from fusionviewer.ui.start import run_window

        return run_window(arguments[1:])
    from fusionviewer.cli.main import run

    return run(arguments)


if __name__ == "__main__":
    sys.exit(main())
