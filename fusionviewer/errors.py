"""What can go wrong, in sentences that a user can act on."""

from __future__ import annotations

import re
from typing import Final

_STEERING: Final = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
"""Control characters, separators of lines, marks of direction, and bytes that are no Unicode text (lone surrogates)."""


def printable(text: str, keep: str = "") -> str:
    """The text with what steers a terminal or turns the direction of reading written out as \\u001b, \\u202e.

    Names of files can hold such characters, and those in `keep` stay. JSON means the same afterwards.
    """
    return _STEERING.sub(lambda found: found[0] if found[0] in keep else f"\\u{ord(found[0]):04x}", text)


class FusionError(Exception):
    """Something that the user can understand and mend.

    `message` is one sentence that says what is wrong, `remedy` one that says what to do. Neither holds patient
    data, nor what could not be shown (`printable`). `exit_code` is what the command line ends with.
    """

    exit_code = 2

    def __init__(self, message: str, remedy: str = "") -> None:
        message, remedy = printable(message), printable(remedy)
        super().__init__(message, remedy)
        self.message = message
        self.remedy = remedy

    def __str__(self) -> str:
        return f"{self.message} {self.remedy}".strip()


class UnreadableInput(FusionError):
    """A file or folder is missing, damaged, or not what is needed."""


class BadArgument(FusionError):
    """A choice or number that cannot be used."""


class CannotWrite(FusionError):
    """The result cannot be written: no permission, no room, no such folder."""


class RegistrationFailed(FusionError):
    """No alignment could be found."""

    exit_code = 3


class Cancelled(Exception):
    """A job was asked to stop. Raised inside the job, at its next look at the observer."""
