"""Questions about files of landmarks."""

from __future__ import annotations

from typing import Final, Literal

from PyQt6.QtWidgets import QWidget

from fusionviewer.exchange.points.questions import Suggestion
from fusionviewer.session.landmark_joining import Mismatch, Pairing
from fusionviewer.session.state import Side
from fusionviewer.ui.dialogs.choice_question import ask

_NAMES_SHOWN: Final = 6


def ask_points_side(window: QWidget, name: str) -> Side | None:
    """Which image the points of a file are for."""
    answers: tuple[tuple[str, Side], ...] = (("Fixed", "fixed"), ("Moving", "moving"))
    return ask(window, f"“{name}” holds points of which image?", "Pairs are made by name.", answers)


def ask_pairing(window: QWidget, name: str, side: Side, different: Mismatch) -> Pairing | None:
    """What to do with points whose names are not those of the pairs that there are."""
    answers: list[tuple[str, Pairing]] = []
    if different.common:
        answers.append(("Those in both", "common"))
    answers.append(("All of them", "all"))
    if different.can_go_by_order:
        answers.append(("By their order", "order"))
    told = [
        f"In both: {_listed(different.common)}.",
        f"Only in the file: {_listed(different.only_new)}.",
        f"Only in the study: {_listed(different.only_old)}.",
        "New names begin pairs that lack the other point.",
    ]
    question = f"The names in “{name}” are not those of the pairs. Which {side} points are to be taken?"
    return ask(window, question, "\n".join(told), answers)


def ask_joining(window: QWidget, name: str, new: int, old: int) -> Literal["instead", "add"] | None:
    """Whether pairs from a file replace those that there are."""
    answers: tuple[tuple[str, Literal["instead", "add"]], ...] = (("Replace them", "instead"), ("Add to them", "add"))
    question = f"“{name}” holds {new} pairs, and the study has {old} already. What becomes of those?"
    told = "If they are added to, a pair of the same name is replaced unless it is locked. Undo takes it all back."
    return ask(window, question, told, answers)


def ask_reading(
    window: QWidget, name: str, image: str, outside: tuple[int, int], suggestions: tuple[Suggestion, ...]
) -> Suggestion | Literal["as written"] | None:
    """How to read points that do not lie in their image."""
    answers: list[tuple[str, Suggestion | Literal["as written"]]] = [
        (f"{_capital(one.reading)}{', other image' if one.other_image else ''}", one) for one in suggestions[:3]
    ]
    answers.append(("As written", "as written"))
    told = "\n".join(one.sentence for one in suggestions[:3]) or "No usual way to read the numbers puts them inside."
    question = f"{outside[0]} of {outside[1]} points in “{name}” do not lie in {image}."
    if not outside[0]:
        question = f"The points in “{name}” lie close together in {image}."
    return ask(window, f"{question} How are the numbers meant?", told, answers)


def _listed(names: tuple[str, ...]) -> str:
    more = len(names) - _NAMES_SHOWN
    return ", ".join(names[:_NAMES_SHOWN]) + (f" and {more} more" if more > 0 else "") if names else "none"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
