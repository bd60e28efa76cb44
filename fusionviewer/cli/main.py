"""The command line: finds the command, runs it, and turns every ending into a sentence and an exit code."""

from __future__ import annotations

import argparse
import difflib
import importlib
import itertools
import os
import re
import sys
import traceback
from collections.abc import Sequence
from typing import Final, NoReturn

from fusionviewer.cli.terminal import Terminal, interruptible
from fusionviewer.errors import BadArgument, Cancelled, FusionError
from fusionviewer.process import log
from fusionviewer.version import __version__

EXIT_OK: Final = 0
EXIT_BROKEN: Final = 1
EXIT_BAD_INPUT: Final = 2
EXIT_INTERRUPTED: Final = 130

COMMANDS: Final = {
    "register": "find where the moving image lies on the fixed one",
    "landmarks": "fit pairs of points, and say how far they can be trusted",
    "check": "say how far a fusion can be trusted",
    "report": "write everything about a fusion as a page to print, or as numbers",
    "replay": "make the run of a report again, and say whether the transform is the same",
    "batch": "register, check and report many pairs, and say which need a look",
    "convert": "write a transform in another program's format",
    "resample": "put one image onto the other's grid, or onto one that covers both",
    "picture": "draw fused views, as a PNG or TIFF",
    "fuse": "write both images as one volume, in colour or grey",
    "scene": "write both images and the transform as a folder for 3D Slicer or ITK-SNAP",
    "bids": "write the derivatives of a BIDS dataset: transform, resampled image, electrodes",
    "points": "write a study's targets or landmarks as LPS, scanner RAS or surface RAS",
    "archive": "write an alignment as DICOM, to send it back to the archive",
    "info": "say what is in an image file or a DICOM folder",
    "presets": "list the settings that register takes by name, or copy one to change it",
}
"""Each is a module of this package, or of its room `exports`, with `add_parser(subparsers)` and `run(args)`, which is
loaded only if it is asked for, so that the program answers at once."""

_EXPORTS: Final = frozenset({"convert", "resample", "picture", "fuse", "scene", "bids", "points", "archive"})

_WITHOUT_IMAGES: Final = frozenset({"batch", "convert", "landmarks", "presets"})

HELP: Final = f"""usage: fusionviewer                 open the window
       fusionviewer COMMAND …       work without one

Fuse a head CT with an MRI. The fixed image stays where it is; the moving image is aligned to it.

{{commands}}
  {"view":<10} open the window on FIXED and MOVING, on a study (.fusion.json), or on the --sample

  --version  say which version this is
  --help     this text; after a command: its own options

examples:
  fusionviewer info ct.nii.gz
  fusionviewer register t1.nii.gz ct.nii.gz --out result
  fusionviewer register t1.nii.gz ct.nii.gz --out refined --start result/transform.tfm --max-shift 5 --max-rotation 5
  fusionviewer picture t1.nii.gz ct.nii.gz --transform result/transform.tfm --out fused.png

exit codes: 0 done, 2 bad arguments or unreadable input, 3 registration failed, 130 interrupted; of check: 0 fine,
4 wrong, 5 look; of replay: 5 if it differs; of batch: 5 if rows have no result

Not a medical device: for research, not for diagnosis or treatment."""


_NO_MEMORY: Final = "The images do not fit into memory. Close other programs or use coarser images."
_NO_ROOM: Final = re.compile("annot allocate memory|failed to map segment")
"""What the system says of a library for which there is no memory."""


class _Parser(argparse.ArgumentParser):
    """Says what is wrong in one sentence, like every other error of the program."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **{"allow_abbrev": False, **kwargs})  # type: ignore[arg-type] # handed on as they come
        # argparse takes -7e1 and -inf for options; there is no public way to say that they are numbers
        self._negative_number_matcher = re.compile(r"-(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?$|-inf$|-nan$")

    def error(self, message: str) -> NoReturn:
        text = message[:1].upper() + message[1:]
        raise BadArgument(f"{text}.", f"See: {self.prog} --help")


def run(argv: Sequence[str]) -> int:
    """Run one command with these arguments. Returns the exit code; nothing but SystemExit of --help is raised."""
    terminal = Terminal()
    log.begin("command line")
    try:
        with interruptible(terminal.cancelled):
            return _run(list(argv), terminal)
    except FusionError as problem:
        terminal.say(f"fusionviewer: {problem}")
        return problem.exit_code
    except (Cancelled, KeyboardInterrupt):
        terminal.say("fusionviewer: interrupted; nothing was written.")
        return EXIT_INTERRUPTED
    except MemoryError:
        terminal.say(f"fusionviewer: {_NO_MEMORY}")
        return EXIT_BAD_INPUT
    except BrokenPipeError:  # the reader of the results has enough of them
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115 - Python flushes it at its end
        return EXIT_OK
    except OSError as problem:  # what the rooms below did not foresee is still a matter of files
        terminal.say(f"fusionviewer: {problem.filename or 'A file'}: {problem.strerror or problem}. Check the disk.")
        return EXIT_BAD_INPUT
    except Exception as problem:
        if isinstance(problem, ImportError) and _NO_ROOM.search(str(problem)):
            terminal.say(f"fusionviewer: {_NO_MEMORY}")
            return EXIT_BAD_INPUT
        log.note_error(f"Uncaught; {log.environment()}", problem)
        place = traceback.extract_tb(problem.__traceback__)[-1]
        terminal.say(
            f"fusionviewer: An error of the program, not yours: {type(problem).__name__} in "
            f"{os.path.basename(place.filename)}, line {place.lineno}. Please report it with these words."
        )
        return EXIT_BROKEN


def parsed(argv: list[str]) -> argparse.Namespace:
    """What a command that there is has been given, without its terminal. Raises BadArgument, SystemExit of --help."""
    parser = _Parser(prog="fusionviewer")
    room = "fusionviewer.cli.exports" if argv[0] in _EXPORTS else "fusionviewer.cli"
    importlib.import_module(f"{room}.{argv[0]}").add_parser(parser.add_subparsers())
    for word, value in itertools.pairwise([*argv, "-"]):  # a variable of a shell that is not set
        option, sign, given = word.partition("=")
        if word.startswith("--") and not given and (sign or value == ""):
            raise BadArgument(f"{option} is empty.", "Give it a value, or leave it out.")
    return parser.parse_args(argv)


def _run(argv: list[str], terminal: Terminal) -> int:
    command = argv[0] if argv else "--help"
    if command in {"-h", "--help", "help"}:
        terminal.result(HELP.format(commands="\n".join(f"  {name:<10} {what}" for name, what in COMMANDS.items())))
        return EXIT_OK
    if command in {"-V", "--version"}:
        terminal.result(f"fusionviewer {__version__}")
        return EXIT_OK
    if command not in COMMANDS:
        near = difflib.get_close_matches(command, [*COMMANDS, "view"], 1)
        hint = f"Did you mean “{near[0]}”?" if near else f"There are: {', '.join([*COMMANDS, 'view'])}."
        raise BadArgument(f"There is no command “{command}”.", hint)
    try:
        args = parsed(argv)
    except SystemExit as stop:  # after --help
        return int(stop.code or 0)
    args.terminal = terminal
    if command not in _WITHOUT_IMAGES:
        from fusionviewer.imaging.reading.apart import get_ready

        get_ready()  # its start goes on beside the imports that follow
    code: int = args.run(args)
    terminal.done()
    return code
