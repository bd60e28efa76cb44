"""Reads a running program's accessibility tree from outside, as a screen reader does, and presses what it finds there.

It runs under the system's own python3, which has Debian's `gi`; nothing of the program is imported. Each line of its
input is one request in JSON, each line of its output the answer:

    {"do": "tree"}                                  → every node of the program, from its windows down
    {"do": "press", "role": …, "name": …}           → the node on which the first action was done, or null

A node is {role, name, description, states, actions, path}; `path` is the names and roles above it.
"""

from __future__ import annotations

import contextlib
import json
import sys
import time
import warnings
from collections.abc import Iterator
from typing import Any

import gi  # type: ignore[import-not-found]

gi.require_version("Atspi", "2.0")
from gi.repository import Atspi, GLib  # type: ignore[import-not-found]  # noqa: E402 - after its version

warnings.simplefilter("ignore")  # Atspi calls deprecated what it has no other word for

DEEPEST = 40
MENUS = ("menu bar", "menu item", "popup menu")
MOST_TRIES = 10
MOST_CHILDREN = 400
"""A table of many rows is not read to its end."""


def program(name: str, number: int, seconds: float = 60.0) -> Any:
    """The program of that name and process, as soon as it has a window. Raises TimeoutError if it does not come."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        Atspi.get_desktop(0).clear_cache()
        desktop = Atspi.get_desktop(0)
        for i in range(desktop.get_child_count()):
            found = desktop.get_child_at_index(i)
            if found is None or name not in (found.get_name() or ""):
                continue
            if found.get_process_id() == number and found.get_child_count():
                return found
        time.sleep(0.2)
    raise TimeoutError(f"no program called {name} of process {number} came")


def record(node: Any, path: list[str]) -> dict[str, Any]:
    """What a screen reader may say about a node."""
    states = node.get_state_set().get_states()
    made = {
        "role": node.get_role_name(),
        "name": node.get_name() or "",
        "description": node.get_description() or "",
        "states": sorted(state.value_nick for state in states),
        "labels": [],
        "actions": [],
        "path": path,
    }
    for relation in node.get_relation_set():
        if relation.get_relation_type() == Atspi.RelationType.LABELLED_BY:
            made["labels"] += [relation.get_target(i).get_name() for i in range(relation.get_n_targets())]
    if "Action" in node.get_interfaces():
        made["actions"] = [Atspi.Action.get_action_name(node, i) for i in range(Atspi.Action.get_n_actions(node))]
    return made


def walk(node: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[Any, dict[str, Any]]]:
    """Each node from here down with its record; below what is hidden nothing but menus is looked for."""
    made = record(node, list(path))
    yield node, made
    if made["role"] not in MENUS and path and "showing" not in made["states"]:
        return
    for i in range(min(node.get_child_count(), MOST_CHILDREN)):
        child = node.get_child_at_index(i)
        if child is not None and len(path) < DEEPEST:
            yield from walk(child, (*path, f"{made['name']} [{made['role']}]"))


def read(root: Any) -> list[dict[str, Any]]:
    """The records of all nodes; where one vanishes meanwhile, all are read anew. Raises GLib.Error if that goes on."""
    for tries in range(MOST_TRIES):
        try:
            return [made for _, made in walk(root)]
        except GLib.Error:
            if tries == MOST_TRIES - 1:
                raise
        time.sleep(0.2)
    return []


def press(root: Any, role: str, name: str) -> dict[str, Any] | None:
    """Do the first action of the first node of that role, and that name or one that begins so and goes on with a colon.

    It has to be shown, but for what stands in a menu, and enabled. Its record.
    """
    for node, made in walk(root):
        ready = "enabled" in made["states"] and (role == "menu item" or "showing" in made["states"])
        if made["role"] == role and made["name"].partition(":")[0] == name and ready and made["actions"]:
            with contextlib.suppress(GLib.Error):  # the program answers only after a dialog that waits for the user
                Atspi.Action.do_action(node, 0)
            return made
    return None


def main() -> None:
    Atspi.init()
    Atspi.set_timeout(3_000, 60_000)
    root = program(sys.argv[1], int(sys.argv[2]))
    for line in sys.stdin:
        asked = json.loads(line)
        root.clear_cache()  # what has changed meanwhile is asked for anew
        answer: object = press(root, asked["role"], asked["name"]) if asked["do"] == "press" else read(root)
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
