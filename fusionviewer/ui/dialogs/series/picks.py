"""Which series is chosen as which image, while the browser is open. No widgets."""

from __future__ import annotations

from collections.abc import Mapping

from fusionviewer.app.tasks.series_question import SeriesPicks, SeriesQuestion
from fusionviewer.imaging.dicom.series_choice import SeriesChoice
from fusionviewer.session.state import Side


class Picks:
    """Begins with what is suggested, which the selection alone does not change where both images are asked for.

    Where one image alone is asked for, it is the selected series, and none where that cannot be opened, until one of
    the two is chosen expressly; what was suggested is then chosen again if its place is free.
    """

    def __init__(self, question: SeriesQuestion) -> None:
        self.question = question
        self._suggested = question.suggested()
        self._chosen: dict[Side, SeriesChoice] = {side: likely.choice for side, likely in self._suggested.items()}
        self._following: Side | None = question.sides[0] if len(question.sides) == 1 else None
        self._expressly: set[Side] = set()

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
    def following(self) -> Side | None:
        """The image that is what is selected; None: the selection alone chooses nothing."""
        return self._following

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
        if not choice.openable:
            return f"This series cannot be opened. {choice.why_not}"
        if self.side_of(choice) == side and self._following != side:
            self._give_up(side)
            return ""
        other = self.side_of(choice)
        if other is not None and other != side:
            self._give_up(other)
        self._chosen[side] = choice
        self._expressly.add(side)
        self._end_following()
        return ""

    def follow(self, choice: SeriesChoice | None) -> None:
        """Another row was selected: where one image alone is asked for, it is that series, or none."""
        if self._following:
            self._chosen = {self._following: choice} if choice is not None and choice.openable else {}

    def enter(self, choice: SeriesChoice | None) -> str:
        """Choose a series as the image that suits it, beside what is chosen; why that cannot be opened, or nothing.

        None: the row is no series.
        """
        if choice is None:
            return "Select a series: Enter opens the one that is selected."
        why_not = "" if self.side_of(choice) else self.take(self.side_for(choice), choice)
        return why_not or self.why_not_open()

    def side_for(self, choice: SeriesChoice) -> Side:
        """As which image a series is opened by Enter.

        As the one that it is chosen as already, else the one that is asked for; of two the moving one for a CT and the
        fixed one for all others, but the free one where the user has filled that one expressly.
        """
        own = self.side_of(choice)
        if own is not None or len(self.question.sides) == 1:
            return own or self.question.sides[0]
        usual: Side = "moving" if choice.modality == "CT" else "fixed"
        other = _other(usual)
        return other if usual in self._expressly and other not in self._chosen else usual

    def hint(self, choice: SeriesChoice | None) -> str:
        """What the keys do with the series that is selected, in whole sentences."""
        keys = " or ".join(side[0].upper() for side in self.sides)
        if choice is None:
            return f"Select a series: {keys} chooses it, Enter or a double-click opens it."
        if not choice.openable:
            return "The selected series cannot be opened. Select another one."
        side = self.side_for(choice)
        other = _other(side)
        if self._following:
            more = f" {other[0].upper()} chooses it as the {other} image." if other in self.sides else ""
            return f"Enter or a double-click opens the selected series as the {side} image.{more}"
        chosen = other in self._chosen or other in self.question.elsewhere
        beside = f", with the {other} image that is chosen" if chosen else ""
        return f"{keys} chooses the selected series. Enter or a double-click opens it as the {side} image{beside}."

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
        del self._chosen[side]
        self._expressly.discard(side)

    def _end_following(self) -> None:
        """From now on the selection changes nothing. What was suggested is chosen again where its place is free."""
        side, self._following = self._following, None
        likely = self._suggested.get(side) if side else None
        if side and likely and side not in self._chosen and self.side_of(likely.choice) is None:
            self._chosen[side] = likely.choice


def _other(side: Side) -> Side:
    return "moving" if side == "fixed" else "fixed"
