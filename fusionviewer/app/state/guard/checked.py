"""Where the check of a pose stands, as a value."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from fusionviewer.quality.guard.assessment import Assessment, Verdict

Phase: TypeAlias = Literal["none", "waiting", "checking", "off", "done"]
"""There is nothing to check; it waits for the pose to rest or a job to end; it goes on; it is not made; it is made."""


@dataclass(frozen=True)
class Checked:
    """The phase, and in the last one the assessment of the study as it is."""

    phase: Phase = "off"
    assessment: Assessment | None = None

    @property
    def verdict(self) -> Verdict | None:
        """What the check says; None as long as it says nothing."""
        return None if self.assessment is None else self.assessment.verdict


UNCHECKED: Final = Checked()
