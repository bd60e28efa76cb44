"""What can go wrong, in sentences that a user can act on."""

from __future__ import annotations


class FusionError(Exception):
    """Something that the user can understand and mend.

    `message` is one sentence that says what is wrong, `remedy` one that says what to do. Neither holds patient
    data. `exit_code` is what the command line ends with.
    """

    exit_code = 2

    def __init__(self, message: str, remedy: str = "") -> None:
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
