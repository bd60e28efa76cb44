from __future__ import annotations

import os
from pathlib import Path

import pytest

from fusionviewer.errors import BadArgument, FusionError, UnreadableInput
from fusionviewer.registration import RegistrationSettings
from fusionviewer.registration.presets import DEFAULT_PRESET, load_preset, preset_files, user_preset_folder


def test_the_presets_that_come_along_are_right() -> None:
    assert {"rigid-default", "refine", "fast", "thorough"} <= set(preset_files())
    for name in preset_files():
        assert load_preset(name).description.endswith(".")
    assert load_preset(DEFAULT_PRESET).settings == RegistrationSettings()
    refine = load_preset("refine")
    assert (refine.max_shift_mm, refine.max_rotation_deg) == (10.0, 10.0)
    assert load_preset("fast").max_shift_mm is None
    for typed in ("standard", "Standard"):  # its name in the window
        assert load_preset(typed) == load_preset(DEFAULT_PRESET)


def test_a_users_copy_wins_and_can_be_given_by_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("fusionviewer.registration.presets.user_preset_folder", lambda: tmp_path)
    text = preset_files()["fast"].read_text(encoding="utf-8")
    (tmp_path / "fast.toml").write_text(text.replace("starts = 8", "starts = 9"), encoding="utf-8")
    (tmp_path / "mine.toml").write_text("[settings]\nseed = 4\n", encoding="utf-8")
    assert load_preset("fast").settings.starts == 9
    assert load_preset("mine").settings == RegistrationSettings(seed=4)
    assert load_preset(tmp_path / "mine.toml").name == "mine"


def test_a_file_of_windows_notepad_is_read(tmp_path: Path) -> None:
    path = tmp_path / "notepad.toml"
    path.write_text("[settings]\nstarts = 5\n", encoding="utf-8-sig")
    assert load_preset(path).settings.starts == 5


def test_the_users_folder_is_the_users_own() -> None:
    assert user_preset_folder().name == "presets"
    assert "fusionviewer" in user_preset_folder().parts
    assert str(user_preset_folder()).startswith(os.path.abspath(os.sep))


@pytest.mark.parametrize(
    ("text", "error", "says"),
    [
        ("colour = 3", BadArgument, "colour, which means nothing"),
        ("[settings]\nlevls_mm = [8]", BadArgument, "settings.levls_mm, which means nothing"),
        ("[settings]\nstarts = 0", BadArgument, "starts is not right"),
        ("[settings]\nstarts = 2.5", BadArgument, "starts is not a whole number"),
        ("[settings]\nstarts = true", BadArgument, "starts is not a whole number"),
        ("[settings]\nlevels_mm = 'fine'", BadArgument, "levels_mm is not a list of numbers"),
        ("[settings]\npoints = [1e4]", BadArgument, "points is not a list of whole numbers"),
        ("[bounds]\nmax_shift_mm = 'far'", BadArgument, "max_shift_mm is not a number"),
        ("[bounds]\nmax_mm = 3", BadArgument, "bounds.max_mm, which means nothing"),
        ("settings = 3", BadArgument, "settings is not a table"),
        ("description = 3", BadArgument, "description is not a text"),
        ("[settings\n", UnreadableInput, "not a TOML file"),
        ("[bounds]\nmax_shift_mm = -5", BadArgument, "maximum shift"),
        ("[bounds]\nmax_shift_mm = nan", BadArgument, "maximum shift"),
        ("[bounds]\nmax_rotation_deg = 400", BadArgument, "maximum rotation"),
        (f"[bounds]\nmax_shift_mm = 1{'0' * 400}", BadArgument, "too large"),
        (f"[settings]\nlevels_mm = [1{'0' * 400}]", BadArgument, "too large"),
        (f"[settings]\nseed = 1{'0' * 5000}", UnreadableInput, "made sense of"),
        (f"[settings]\nseed = {2**31}", BadArgument, "seed is not right"),
        (f"a = {'[' * 20_000}", UnreadableInput, "made sense of"),
    ],
)
def test_what_is_wrong_is_said(tmp_path: Path, text: str, error: type[FusionError], says: str) -> None:
    path = tmp_path / "wrong.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(error, match=says) as caught:
        load_preset(path)
    assert "wrong.toml" in caught.value.message
    assert caught.value.remedy


def test_a_preset_that_is_not_there() -> None:
    with pytest.raises(BadArgument, match="no preset called slow") as caught:
        load_preset("slow")
    assert "thorough" in caught.value.remedy
    with pytest.raises(UnreadableInput, match=r"slow\.toml does not exist"):
        load_preset("slow.toml")
