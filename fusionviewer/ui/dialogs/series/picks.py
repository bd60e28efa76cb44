"""Which series is chosen as which image, while the browser is open. No widgets."""

from __future__ import annotations

from collections.abc import Mapping

from fusionviewer.app.tasks.series_question import SeriesPicks, SeriesQuestion
from fusionviewer.imaging.dicom.series_choice import SeriesChoice
from fusionviewer.session.state import Side


class Picks:
    """Begins with what is suggested.

    Where one image alone is asked for it follows the selection, until one of the two is chosen expressly.
    """

    def __init__(self, question: SeriesQuestion) -> None:
        self.question = question
        self._suggested = question.suggested()
        self._chosen: dict[Side, SeriesChoice] = {side: likely.choice for side, likely in self._suggested.items()}
        self._following: Side | None = question.sides[0] if len(question.sides) == 1 else None
        self._before: SeriesChoice | None = None

    @property
    def sides(self) -> tuple[Side, ...]:
        """The images for which a series can be chosen."""
        asked = (*self.question.sides, *self.question.optional)
        return tuple(side for side in ("fixed", "moving") if side in asked)

    @property
    def chosen(self) -> Mapping[Side, SeriesChoice]:
        """What is chosen now."""
        return self._chosen

    @property
    def answer(self) -> SeriesPicks:
        """What is chosen now, by its keys."""
        return {side: choice.key for side, choice in self._chosen.items()}

    def side_of(self, choice: SeriesChoice) -> Side | None:
        """As which image a series is chosen."""
        return next((side for side, its in self._chosen.items() if its.key == choice.key), None)

    def why(self, side: Side) -> str:
        """Why the chosen series was suggested; empty where it is another one or none."""
        likely, chosen = self._suggested.get(side), self._chosen.get(side)
        return likely.why if likely and chosen and likely.choice.key == chosen.key else ""

    def take(self, side: Side, choice: SeriesChoice) -> str:
        """Choose a series as an image, or take that back; why not, as a sentence, or nothing if it is done."""
        if side not in self.sides:
            return f"The {side} image is chosen elsewhere."
        if not choice.usable:
            return f"This series cannot be opened. {choice.why_not}"
        if self.side_of(choice) == side and self._following != side:
            del self._chosen[side]
            return ""
        other = self.side_of(choice)
        if other is not None and other != side:
            self._give_up(other)
        self._following = None
        self._chosen[side] = choice
        return ""

    def follow(self, choice: SeriesChoice) -> None:
        """A series was selected: where one image alone is asked for, it is that."""
        if self._following and choice.usable and self.side_of(choice) is None:
            self._before = self._chosen.get(self._following)
            self._chosen[self._following] = choice

    def why_not_open(self) -> str:
        """Why there is nothing to open yet, as a sentence; empty if there is."""
        missing = [side for side in self.question.sides if side not in self._chosen]
        if not self._chosen or (missing and len(self.question.sides) == 1):
            return f"No series is chosen as the {' or '.join(missing)} image."
        return ""

    def caution(self) -> str:
        """What is odd about the two together, as a sentence; empty if nothing is."""
        fixed, moving = self._chosen.get("fixed"), self._chosen.get("moving")
        return (
            "The two series are of different patients." if fixed and moving and fixed.patient != moving.patient else ""
        )

    def _give_up(self, side: Side) -> None:
        """An image loses its series to the other one; what merely followed the selection is what it was before."""
        del self._chosen[side]
        if self._following == side and self._before is not None:
            self._chosen[side] = self._before
