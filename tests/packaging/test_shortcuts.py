"""The guide's page of keys."""

from __future__ import annotations

import shortcuts

from fusionviewer.app.actions.registry import MENUS, key_rows
from fusionviewer.ui.pane.interactions.dispatch import MOUSE_HELP


def test_the_page_is_made_from_the_tables() -> None:
    made = shortcuts.page()
    assert shortcuts.PAGE.read_text(encoding="utf-8") == made, "run packaging/shortcuts.py"
    assert all(f"| {row.meaning} |" in made for menu in MENUS for row in key_rows(menu))
    assert "| **1** … **9** | Go to a pair by number |" in made
    assert all(f"| {done} | {meaning} |" in made for done, meaning in MOUSE_HELP)
