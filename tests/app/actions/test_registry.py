from __future__ import annotations

from pathlib import Path

from fusionviewer.app.actions.registry import ACTIONS, MENUS
from fusionviewer.app.state.workspace import Workspace

BY_KEY = {action.key: action for action in ACTIONS}
GUIDE = Path(__file__).parents[3] / "docs" / "using.md"


def test_names_and_keys_are_each_used_once() -> None:
    names = [action.key for action in ACTIONS]
    keys = [key for action in ACTIONS for key in action.keys]
    assert len(set(names)) == len(names)
    assert len(set(keys)) == len(keys)
    assert {action.menu for action in ACTIONS} == set(MENUS)


def test_the_guide_has_every_key() -> None:
    text = GUIDE.read_text(encoding="utf-8")
    for action in ACTIONS:
        if action.keys and not action.key.startswith("pair_"):
            assert f"| {', '.join(action.keys)} | {action.text.rstrip('…')} |" in text


def test_what_cannot_be_done_has_a_sentence(workspace: Workspace, with_phantoms: Workspace) -> None:
    for action in ACTIONS:
        why_not = action.need(with_phantoms)
        assert why_not == "" or why_not.endswith(".")
    assert BY_KEY["register"].need(with_phantoms) == ""
    assert "there is none" in BY_KEY["fit_landmarks"].need(with_phantoms)
    assert BY_KEY["pair_3"].need(with_phantoms) == "There is no pair 3 yet."


def test_every_verb_that_can_be_done_works_on_an_open_pair(with_phantoms: Workspace) -> None:
    """Each one once, without the long-running ones: none may raise, whatever was done before."""
    for action in ACTIONS:
        if action.verb is not None and not action.need(with_phantoms) and action.key != "open_sample":
            action.verb(with_phantoms)
            with_phantoms.runner.cancel()
    with_phantoms.view_model.interlude.set_flicker(False)
    assert with_phantoms.runner.wait_for_threads(20)
