"""What the user chooses of an export, and the two forms of it that are offered: for the archive, and without names."""

from __future__ import annotations

from dataclasses import dataclass

from fusionviewer.exchange.archive.export import Originals, Plan, TagValue, What, why_no_series


@dataclass(frozen=True, eq=False)
class ArchiveChoice:
    """What is to be written, and its plan."""

    plan: Plan
    wanted: tuple[What, ...]

    @property
    def without_names(self) -> bool:
        """Whether nothing tells who the patient is."""
        return self.plan.stamp.without_names


class Offer:
    """Both plans of an export, each with UIDs of its own, so that what was shown is what is written."""

    def __init__(self, originals: Originals) -> None:
        self.differing = originals.differing
        """What tells that the images are of two patients, which the user must confirm; empty: they can be of one."""
        self.why_no_series = why_no_series(originals)
        """Why there is no aligned series; empty if there is one."""
        self._plans = {without: Plan(originals, without_names=without, other_patient=True) for without in (False, True)}

    def choice(self, wanted: tuple[What, ...], *, without_names: bool) -> ArchiveChoice:
        """The choice of these things."""
        return ArchiveChoice(self._plans[without_names], wanted)

    def tags(self, wanted: tuple[What, ...], *, without_names: bool) -> list[TagValue]:
        """What will be written of patient, study and series."""
        return self._plans[without_names].tags(wanted)
