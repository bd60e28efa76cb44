"""A screen reader finds a name and a role for every control of the window, and can use them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path

import pytest
from screen_reader import Node, ScreenReader, find, missing, reading, screen, shown

pytestmark = [pytest.mark.long, pytest.mark.timeout(900), pytest.mark.skipif(bool(missing()), reason=missing())]

NO_ROLES = ("", "filler", "unknown", "invalid")
WITHOUT_A_NAME = ("scroll bar", "separator")
"""What Qt makes, and a reader names by its role and its direction."""
SCROLLED = ("Keys, and what the mouse does",)
"""To be read; the keyboard scrolls it. Qt has no role for that."""


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    with screen(tmp_path_factory.mktemp("screen")) as environment:
        yield environment


def is_control(node: Node) -> bool:
    """Whether something can be done with it, or the keyboard can be in it."""
    if node["role"] == "menu item":  # also in a menu that is closed
        return True
    return "showing" in node["states"] and ("focusable" in node["states"] or bool(node["actions"]))


def called(node: Node) -> tuple[str, str, str]:
    """What tells a control from others: role, name and label; a reader says of a box what it is by its label."""
    label = ", ".join(node["labels"])
    if node["role"] == "combo box" and not label:
        label = node["description"].partition(":")[0]
    return node["role"], node["name"], label


def complaints(nodes: Sequence[Node]) -> list[str]:
    """What a reader would stumble over."""
    found: list[str] = []
    alike: dict[tuple[str, ...], set[str]] = defaultdict(set)
    for node in nodes:
        if not is_control(node) or node["role"] in WITHOUT_A_NAME:
            continue
        at = f"{node['role']} “{node['name']}” ({node['description']}) in {' > '.join(node['path'][-3:])}"
        if not node["name"].strip():
            found.append(f"no name: {at}")
        if node["role"] in NO_ROLES and node["name"] not in SCROLLED:
            found.append(f"no role: {at}")
        if node["role"] == "combo box" and called(node)[2] in ("", node["name"]):
            found.append(f"a box that does not say what it is for: {at}")
        if node["role"] not in ("label", "table cell", "list item"):
            where = node["path"] if node["role"] == "menu item" else []
            alike[(*called(node), *where)].add(node["description"])
    found += [f"two things of one name: {what}, {sorted(told)}" for what, told in alike.items() if len(told) > 1]
    return found


def test_the_welcome_page(environment: dict[str, str], tmp_path: Path) -> None:
    with reading(environment, tmp_path) as reader:
        nodes = reader.until_shown("push button", "Open sample")
        assert complaints(nodes) == []
        for name in ("Open fixed image…", "Open moving image…", "Open fixed DICOM folder…"):
            assert find(nodes, "push button", name), name
        align = find(nodes, "check box", "Align")
        assert align is not None
        assert "enabled" not in align["states"]
        assert "Open a fixed and a moving image first" in align["description"]


def places(reader: ScreenReader) -> Iterator[tuple[str, list[Node]]]:
    """Each step, page and layout, with everything unfolded, and what is there."""
    reader.until_shown("check box", "Review")
    for name in ("New landmark pair", "Mark fixed point at the crosshair", "Mark moving point at the crosshair"):
        reader.press("menu item", name)
    reader.press("menu item", "New target at the crosshair")
    for step, mark in (("Open", "Open study…"), ("Review", "Reject"), ("Export", "Export screenshot…")):
        reader.press("check box", step)
        yield step, reader.until_shown("push button", mark)
    reader.press("check box", "Align")
    reader.press("push button", "Histograms")
    yield "Automatic", unfold(reader, "Automatic", "Advanced")
    yield "Landmarks", unfold(reader, "Landmarks", "Fiducial localisation error (FLE)", "Targets")
    yield "Manual", unfold(reader, "Manual")
    for layout, view in (
        ("One large plane", "Axial view, both images"),
        ("Images side by side", "Sagittal view, moving image"),
        ("Three by three", "Coronal view, fixed image"),
        ("Mosaic", "Axial view 12 of 12, both images"),
        ("Three planes", "Sagittal view, both images"),
    ):
        reader.press("menu item", layout)
        yield layout, reader.until_shown("panel", view)


def is_unfolded(section: str, nodes: Sequence[Node]) -> bool:
    heading = find(nodes, "push button", section)
    return heading is not None and heading["description"] != "Show all of it"


def unfold(reader: ScreenReader, page: str, *sections: str) -> list[Node]:
    """A page of Align with these sections unfolded."""
    reader.press("page tab", page)
    reader.until(lambda nodes: "selected" in (find(nodes, "page tab", page) or {"states": []})["states"], page)
    for section in sections:
        if not is_unfolded(section, reader.until_shown("push button", section)):
            reader.press("push button", section)
            reader.until(partial(is_unfolded, section), section)
    return reader.tree()


def test_every_step_page_and_layout(environment: dict[str, str], tmp_path: Path) -> None:
    with reading(environment, tmp_path, "--sample") as reader:
        found = {place: complaints(nodes) for place, nodes in places(reader)}
    assert len(found) == 11
    assert {place: told for place, told in found.items() if told} == {}


def test_a_step_is_chosen_and_a_registration_begun_from_outside(environment: dict[str, str], tmp_path: Path) -> None:
    with reading(environment, tmp_path, "--sample") as reader:
        reader.press("check box", "Review")
        nodes = reader.until_shown("push button", "Reject")
        review, align = (find(nodes, "check box", name) for name in ("Review", "Align"))
        assert review is not None
        assert align is not None
        assert "checked" in review["states"]
        assert "checked" not in align["states"]
        assert align["name"] == "Align: Scanner alignment"
        reader.press("check box", "Checkerboard")
        reader.until(lambda nodes: "checked" in (find(nodes, "check box", "Checkerboard") or {"states": []})["states"])
        reader.press("check box", "Align")
        reader.press("push button", "Register")
        nodes = reader.until_shown("check box", "Result of registration")
        assert complaints(nodes) == []


def test_the_dialogs(environment: dict[str, str], tmp_path: Path) -> None:
    found = {}
    with reading(environment, tmp_path, "--sample") as reader:
        reader.until_shown("check box", "Review")
        for entry, title, close in (
            ("Preferences…", "Preferences", "Close"),
            ("Keyboard and mouse", "Keyboard and mouse", "Close"),
            ("Export screenshot…", "Export screenshot", "Cancel"),
            ("Export fused volume…", "Export fused volume", "Cancel"),
        ):
            reader.press("menu item", entry)
            nodes = reader.until(partial(dialog, title), title)
            found[title] = complaints(dialog(title, nodes))
            reader.press("push button", close)
            reader.until(partial(is_closed, title), f"{title} is closed")
    assert {title: told for title, told in found.items() if told} == {}


def is_closed(title: str, nodes: Sequence[Node]) -> bool:
    return not dialog(title, nodes)


def dialog(title: str, nodes: Sequence[Node]) -> list[Node]:
    """What is in a window of its own with this title, while it is shown."""
    return [n for n in shown(nodes) if any(above.startswith(f"{title} [") for above in n["path"][1:2])]


def test_a_message_over_the_images(environment: dict[str, str], tmp_path: Path) -> None:
    (broken := tmp_path / "broken.nii").write_bytes(b"no image at all")
    with reading(environment, tmp_path, str(broken), str(broken)) as reader:
        nodes = reader.until_shown("panel", "Messages")
        assert complaints(nodes) == []
        reader.press("push button", "Close")
        reader.until(lambda nodes: find(nodes, "panel", "Messages") is None)


def test_work_that_was_not_saved(environment: dict[str, str], tmp_path: Path) -> None:
    kept = Path(environment["XDG_STATE_HOME"])
    with reading(environment, tmp_path, "--sample") as reader:
        reader.press("menu item", "Align centres")
        reader.until(lambda _: list(kept.rglob("*.fusion.json")), "kept work")
    with reading(environment, tmp_path) as reader:
        nodes = reader.until(partial(dialog, "Restore unsaved work"))
        assert complaints(dialog("Restore unsaved work", nodes)) == []
