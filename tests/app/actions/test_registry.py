from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from command_context import GivenAnswers, context_of

from fusionviewer.app.actions import registry
from fusionviewer.app.actions.action import Action
from fusionviewer.app.actions.registry import ACTIONS, BY_KEY, MENUS, key_rows
from fusionviewer.app.state.workspace import Workspace
from fusionviewer.exchange.points.formats import FORMATS
from fusionviewer.rendering.blends import FACTS, BlendMode


def test_names_and_keys_are_each_used_once() -> None:
    names = [action.key for action in ACTIONS]
    keys = [key for action in ACTIONS for key in action.keys if key not in action.lent_to_move]
    assert len(set(names)) == len(names)
    assert len(set(keys)) == len(keys)
    assert {action.menu for action in ACTIONS} == set(MENUS)


def test_the_reason_why_not_can_follow_every_tip() -> None:
    assert [action.key for action in ACTIONS if action.tip.endswith(".")] == []


def test_an_action_without_a_command_cannot_be_made() -> None:
    with pytest.raises(TypeError, match="command"):
        Action("look", "Look", "View", "Nothing happens", ())  # type: ignore[call-arg]


def test_a_row_tells_all_keys_of_an_action_and_one_row_all_of_a_series() -> None:
    rows = {row.meaning: row for menu in MENUS for row in key_rows(menu)}
    assert rows["Redo"].written() == "Ctrl+Y, Ctrl+Shift+Z"
    assert rows["Go to a pair by number"].written(lambda key: f"<{key}>") == "<1> … <9>"
    keys = [key for action in ACTIONS for key in action.keys if not action.series]
    assert sorted(key for row in rows.values() if row.joint == ", " for key in row.keys) == sorted(keys)


NAMED = {
    "N": "new_pair", "Q": "fade_less", "E": "fade_more", "K": "checkerboard", "B": "bone_edges",
    "Shift+K": "lock_pair", "Esc": "cancel", "L": "rows", "Ctrl+4": "layout_nine", "Alt+3": "step_review",
    "Ctrl+L": "fit_landmarks",
}  # fmt: skip
"""The keys that sentences of the program name, and what each is said to do."""


def test_keys_that_are_named_in_sentences_are_those_of_the_table() -> None:
    app = Path(registry.__file__).parents[1]
    sources = [path for room in ("state", "commands") for path in sorted((app / room).rglob("*.py"))]
    key = r"((?:Ctrl\+|Shift\+|Alt\+)+[A-Z0-9]|[A-Z]|F\d+|Esc)\b"
    named: set[str] = set()
    for sentence in re.findall(r'"[^"\n]*"', "\n".join(path.read_text(encoding="utf-8") for path in sources)):
        for listed in re.findall(rf"\({key}(?:, {key})?\)|(?:press|with) {key}", sentence):
            named.update(one for one in listed if one)
    assert named == set(NAMED)
    for one, action in NAMED.items():
        assert one in BY_KEY[action].keys


def test_what_cannot_be_done_has_a_sentence(workspace: Workspace, with_phantoms: Workspace) -> None:
    for action in ACTIONS:
        why_not = action.need(with_phantoms)
        assert why_not == "" or why_not.endswith(".")
    assert BY_KEY["register"].need(with_phantoms) == ""
    assert "there is none" in BY_KEY["fit_landmarks"].need(with_phantoms)
    assert BY_KEY["pair_3"].need(with_phantoms) == "There is no pair 3 yet."


def test_swapping_needs_a_mode_in_which_it_shows(with_phantoms: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    mode = with_phantoms.view_model.view.mode
    assert BY_KEY["swap"].need(with_phantoms) == ""
    monkeypatch.setitem(FACTS, mode, replace(FACTS[mode], symmetric=True))
    assert BY_KEY["swap"].need(with_phantoms) == "Swapping the images changes nothing in this mode."


def test_a_mode_for_like_images_says_so(with_phantoms: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    assert BY_KEY["checkerboard"].need(with_phantoms) == ""
    facts = replace(FACTS[BlendMode.CHECKERBOARD], like_images="mixed")
    monkeypatch.setitem(FACTS, BlendMode.CHECKERBOARD, facts)
    assert BY_KEY["checkerboard"].need(with_phantoms).startswith("Only images of the same kind can be mixed")


@pytest.mark.parametrize("name", ["open_fixed_points", "open_moving_points", "save_fixed_points", "save_moving_points"])
def test_the_tips_name_the_programs_whose_points_are_read_and_written(name: str) -> None:
    assert all(one.short in BY_KEY[name].tip for one in FORMATS)


def test_every_command_that_can_be_done_works_on_an_open_pair(with_phantoms: Workspace) -> None:
    """Each one once, without the long-running ones: none may raise, whatever was done before."""
    dialogs, done = GivenAnswers(), 0
    context = context_of(with_phantoms, dialogs=dialogs)
    for action in ACTIONS:
        if not action.need(with_phantoms) and action.key not in ("open_sample", "close_study"):
            action.command(context)
            if action.let_go is not None:
                action.let_go(context)
            with_phantoms.runner.cancel()
            done += 1
    with_phantoms.view_model.interlude.set_flicker(False)
    assert with_phantoms.runner.wait_for_threads(20)
    assert done > 90
    wanted = {"Open study", "entry", "shortcuts", "about", "close", "fused volume", "preferences", "full screen"}
    assert {*wanted, "guide"} <= set(dialogs.asked)
