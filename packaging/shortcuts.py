"""Make the guide's page of keys from the program's own tables: `.venv/bin/python packaging/shortcuts.py`."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from fusionviewer.app.actions.registry import MENUS, key_rows
from fusionviewer.ui.pane.interactions.dispatch import MOUSE_HELP
from fusionviewer.ui.views.head_stand import HELP

PAGE: Final = Path(__file__).resolve().parent.parent / "docs" / "guide" / "shortcuts.md"

_HEAD: Final = """\
# Keyboard and mouse

*Help ▸ Keyboard and mouse* (**F1**) shows all of them as well. Arrows and Page keys without Ctrl
move the crosshair, and the moving image in the mouse mode *Move*.
"""


def page() -> str:
    """The page: a table for each menu that has keys, one of what the mouse does, and one of the 3D view."""
    parts = [_HEAD]
    for menu in MENUS:
        rows = [f"| {row.written(lambda key: f'**{key}**')} | {row.meaning} |" for row in key_rows(menu)]
        parts.append("\n".join([f"\n## {menu}\n", "| key | what it does |", "|---|---|", *rows, ""]))
    rows = [f"| {done} | {meaning} |" for done, meaning in MOUSE_HELP]
    parts.append("\n".join(["\n## Mouse\n", "| mouse, in a view | what it does |", "|---|---|", *rows, ""]))
    rows = [f"| {done} | {meaning} |" for done, meaning in HELP]
    parts.append("\n".join(["\n## 3D view\n", "| in the 3D view | what it does |", "|---|---|", *rows, ""]))
    return "".join(parts)


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
