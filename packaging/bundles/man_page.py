"""The man page, made from the command line's own help, so that it says what the program says."""

from __future__ import annotations

import argparse
import importlib
import re
import time
from collections.abc import Iterator

from bundles.stamp import build_date
from fusionviewer.cli import main as command_line
from fusionviewer.version import __version__

NAME = "fuse a head CT with an MRI: landmarks, bounded rigid registration, checking and export"
OWN_WORDS = "Every command says more with \\fB\\-\\-help\\fR. The guide is in the program: Help, Guide (Shift+F1)."


def man_page() -> str:
    """The whole page as roff (man macros)."""
    date = time.strftime("%Y-%m-%d", time.gmtime(build_date()))
    usage, description, examples, codes, warning = help_parts()
    view = next(line.split(maxsplit=1)[1] for line in command_line.HELP.splitlines() if line.startswith("  view "))
    lines = [
        f'.TH FUSIONVIEWER 1 "{date}" "fusionviewer {__version__}" "User Commands"',
        ".SH NAME",
        f"fusionviewer \\- {escaped(NAME)}",
        ".SH SYNOPSIS",
        *preformatted(usage),
        ".SH DESCRIPTION",
        escaped(description),
        ".PP",
        escaped(warning),
        ".PP",
        OWN_WORDS,
        ".SH COMMANDS",
        ".SS view",
        escaped(f"{view[:1].upper()}{view[1:]}."),
        *(line for name, what in command_line.COMMANDS.items() for line in command(name, what)),
        ".SH EXIT STATUS",
        escaped(codes),
        ".SH EXAMPLES",
        *preformatted(examples),
        ".SH FILES",
        ".TP",
        "\\fI*.fusion.json\\fR",
        "Studies: two images, their alignment, landmarks and review; the images stay where they are.",
    ]
    return "\n".join(lines) + "\n"


def help_parts() -> tuple[str, str, str, str, str]:
    """Usage, description, examples, exit codes and the last words of `fusionviewer --help`."""
    text = command_line.HELP
    usage, description, *rest = text.split("\n\n")
    parts = {part.partition(":")[0]: part.partition(":")[2].strip("\n") for part in rest}
    return (
        usage.removeprefix("usage: ").replace("\n       ", "\n"),
        " ".join(description.split()),
        re.sub(r"^  ", "", parts["examples"], flags=re.MULTILINE),
        " ".join(parts["exit codes"].split()),
        " ".join(rest[-1].split()),
    )


def parser_of(name: str) -> argparse.ArgumentParser:
    """The parser of a command."""
    room = "fusionviewer.cli.exports" if name in command_line._EXPORTS else "fusionviewer.cli"
    subparsers = argparse.ArgumentParser(prog="fusionviewer").add_subparsers()
    importlib.import_module(f"{room}.{name}").add_parser(subparsers)
    parser = subparsers.choices[name]
    assert isinstance(parser, argparse.ArgumentParser)
    return parser


def command(name: str, what: str) -> Iterator[str]:
    """A command: what it does, and each of its arguments."""
    parser = parser_of(name)
    yield f".SS {name}"
    yield escaped(f"{what[:1].upper()}{what[1:]}.")
    for action in parser._actions:
        if action.help == argparse.SUPPRESS or isinstance(action, argparse._HelpAction):
            continue
        yield ".TP"
        yield written(parser, action)
        yield escaped(" ".join(parser._get_formatter()._expand_help(action).split())) if action.help else "\\&"


def written(parser: argparse.ArgumentParser, action: argparse.Action) -> str:
    """How an argument is typed: options in bold, values in italics."""
    formatter = parser._get_formatter()
    if not action.option_strings:
        return f"\\fI{escaped(formatter._format_args(action, action.dest))}\\fR"
    names = ", ".join(f"\\fB{escaped(option)}\\fR" for option in action.option_strings)
    if action.nargs == 0:
        return names
    return f"{names} \\fI{escaped(formatter._format_args(action, action.dest.upper()))}\\fR"


def preformatted(text: str) -> list[str]:
    """Lines that keep their breaks."""
    return [".nf", *(escaped(line) for line in text.splitlines()), ".fi"]


def escaped(text: str) -> str:
    """Text as roff takes it literally: hyphens that can be copied, no line that looks like a request."""
    safe = text.replace("\\", "\\e").replace("-", "\\-")
    return f"\\&{safe}" if safe.startswith((".", "'")) else safe


if __name__ == "__main__":
    print(man_page(), end="")
