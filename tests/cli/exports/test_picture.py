"""`fusionviewer picture`: its arguments, its file, and its refusals."""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from fusionviewer.cli.exports import picture
from fusionviewer.cli.main import run as run_program
from fusionviewer.cli.terminal import Terminal
from fusionviewer.errors import BadArgument, CannotWrite, UnreadableInput
from fusionviewer.exchange.transforms.itk import write_itk_transform
from fusionviewer.geometry import RigidTransform
from fusionviewer.imaging.head import head_mask
from fusionviewer.imaging.readers import read_volume
from fusionviewer.imaging.volume import Volume
from fusionviewer.imaging.writers import write_volume
from fusionviewer.rendering import scene
from fusionviewer.rendering.blends import FACTS, BlendMode
from fusionviewer.rendering.scene import head_corners
from fusionviewer.session import edits
from fusionviewer.session.edits import point_of
from fusionviewer.session.state import LandmarkPair, Target
from fusionviewer.session.study_file import save_study
from fusionviewer.session.view_state import Distance, ViewState


@pytest.fixture(scope="module")
def files(
    tmp_path_factory: pytest.TempPathFactory, phantom_mr: Volume, phantom_ct: Volume, phantom_truth: RigidTransform
) -> Path:
    folder = tmp_path_factory.mktemp("pair")
    write_volume(phantom_mr, folder / "mr.nii.gz")
    write_volume(phantom_ct, folder / "ct.nii.gz")
    write_itk_transform(phantom_truth, folder / "truth.tfm")
    return folder


@pytest.fixture(autouse=True)
def _heads_found_once(monkeypatch: pytest.MonkeyPatch, heads: dict[str, Any]) -> None:
    """The same two images are drawn again and again: their heads, which take longest, are found once."""

    def remembered(volume: Volume) -> Any:
        if volume.fingerprint not in heads:
            heads[volume.fingerprint] = head_mask(volume)
        return heads[volume.fingerprint]

    monkeypatch.setattr(scene, "head_mask", remembered)


@pytest.fixture(scope="module")
def heads() -> dict[str, Any]:
    return {}


def call(files: Path, *more: str) -> int:
    """As the program does it: parse, then run what the command has set."""
    parser = argparse.ArgumentParser()
    picture.add_parser(parser.add_subparsers(required=True))
    args = parser.parse_args(["picture", str(files / "mr.nii.gz"), str(files / "ct.nii.gz"), *more])
    args.terminal = Terminal()
    return int(args.run(args))


def drawn(files: Path, out: Path, *more: str) -> np.ndarray:
    assert call(files, "--out", str(out), *more) == 0
    with Image.open(out) as image:
        return np.asarray(image)


def test_it_draws_what_it_is_asked_for(files: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    plain = drawn(files, tmp_path / "plain.png")
    assert plain.shape == (800, 1280, 3)
    assert "plain.png" in capsys.readouterr().out
    small = ["--size", "640x480"]
    pictures = [
        drawn(files, tmp_path / "1.png", *small),
        drawn(files, tmp_path / "2.png", *small, "--transform", str(files / "truth.tfm")),
        drawn(files, tmp_path / "3.png", *small, "--fade", "1"),
        drawn(files, tmp_path / "4.png", *small, "--at", "-12,31,8"),
        drawn(files, tmp_path / "5.png", *small, "--mode", "checkerboard"),
        drawn(files, tmp_path / "6.PNG", *small, "--bone-edges"),
    ]
    assert {p.shape for p in pictures} == {(480, 640, 3)}
    assert len({p.tobytes() for p in pictures}) == len(pictures)


@pytest.mark.parametrize(
    ("mode", "typed"), [("curtain", "wipe"), ("two-colour", "colour-overlay"), ("spy-glass", "spyglass")]
)
def test_the_names_of_the_window_may_be_typed_as_well(files: Path, tmp_path: Path, mode: str, typed: str) -> None:
    by_value, by_name = (drawn(files, tmp_path / f"{name}.png", *SMALL, "--mode", name) for name in (mode, typed))
    assert (by_value == by_name).all()


@pytest.mark.parametrize("at", ["-12,31,8", "-.5,-3e1,-8.25", "0,0,0", "+1,2,-3", "-12, 31, 8"])
def test_points_with_signs_are_numbers_and_no_options(files: Path, tmp_path: Path, at: str) -> None:
    assert call(files, "--out", str(tmp_path / "a.png"), "--size", "640x480", "--at", at) == 0
    assert call(files, f"--at={at}", "--out", str(tmp_path / "a.png"), "--size", "640x480") == 0


@pytest.mark.parametrize(
    ("more", "word"),
    [
        (["--at", "1,2"], "point"),
        (["--at", "1,2,x"], "point"),
        (["--at", "1,2,nan"], "point"),
        (["--at", "-1,2,inf"], "point"),
        (["--at", ""], "point"),
        (["--at", "-500,2,3"], "outside both"),
        (["--fade", "1.2"], "fade"),
        (["--fade", "-0.1"], "fade"),
        (["--fade", "half"], "fade"),
        (["--fade", "nan"], "fade"),
        (["--size", "800"], "size"),
        (["--size", "0x0"], "0×0 pixels"),
        (["--size", "-800x600"], "size"),
        (["--size", "99999x600"], "99999×600 pixels"),
        (["--size", "100x100"], "100×100 pixels"),
        (["--size", "8193x800"], "8193×800 pixels"),
        (["--layout", "axial", "--size", "300x200"], "300×200 pixels"),
        (["--layout", "axial", "--size", "320x240"], "320×240 pixels"),  # its words alone need 190
        (["--layout", "mosaic", "--size", "500x480"], "500×480 pixels"),
        (["--layout", "mosaic", "--tiles", "4"], "number of slices"),
        (["--layout", "mosaic", "--tiles", "0x3"], "0×3"),
        (["--layout", "mosaic", "--tiles", "20x3"], "20×3"),
        (["--layout", "mosaic", "--step-mm", "0"], "length"),
        (["--layout", "mosaic", "--step-mm", "far"], "length"),
        (["--tiles", "2x2"], "--tiles is about the mosaic"),
        (["--layout", "axial", "--plane", "axial"], "--plane is about the mosaic"),
        (["--step-mm", "3"], "--step-mm is about the mosaic"),
        (["--scale", "0"], "scale"),
        (["--scale", "-2"], "scale"),
        (["--scale", "big"], "scale"),
        (["--scale", "nan"], "scale"),
        (["--fixed-window", "40"], "window"),
        (["--fixed-window", "40,0"], "window"),
        (["--fixed-window", "40,-80"], "window"),
        (["--moving-window", "40,80,100,200"], "window"),
        (["--moving-window", "-40,nan"], "window"),
        (["--moving-window", "brain"], "window"),
        (["--fixed-window", "1e39,80"], "window"),
        (["--moving-window", "40,80,1e300"], "window"),
        (["--square-mm", "0"], "length"),
        (["--square-mm", "1e9"], "length"),
        (["--glass-mm", "-5"], "length"),
        (["--edge-strength", "2"], "strength"),
        *((["--fixed-slab", slab], "slab") for slab in ("10", "maximum", "maximum:31", "mean:0", "median:5")),
    ],
)
def test_bad_numbers_are_refused_with_a_sentence_and_a_remedy(
    files: Path, tmp_path: Path, more: list[str], word: str
) -> None:
    """All but a point that lies outside are refused before anything is read: there is nothing to read."""
    folder = files if word == "outside both" else tmp_path / "nothing here"
    with pytest.raises(BadArgument) as refusal:
        call(folder, "--out", str(tmp_path / "a.png"), *more)
    assert word in refusal.value.message
    assert refusal.value.remedy
    assert refusal.value.exit_code == 2
    assert not list(tmp_path.iterdir())


def test_places_that_cannot_be_written_are_refused_before_anything_is_read(tmp_path: Path) -> None:
    nowhere = tmp_path / "there are no images here"
    with pytest.raises(CannotWrite):
        call(nowhere, "--out", str(tmp_path / "no" / "a.png"))
    with pytest.raises(BadArgument, match=r"a\.jpg"):
        call(nowhere, "--out", str(tmp_path / "a.jpg"))
    assert not list(tmp_path.iterdir())
    with pytest.raises(UnreadableInput):
        call(nowhere, "--out", str(tmp_path / "a.png"))
    assert not list(tmp_path.iterdir())


def test_a_transform_that_is_none_leaves_no_file(files: Path, tmp_path: Path) -> None:
    (tmp_path / "bad.tfm").write_text("nothing", encoding="utf-8")
    with pytest.raises(UnreadableInput):
        call(files, "--out", str(tmp_path / "a.png"), "--transform", str(tmp_path / "bad.tfm"))
    assert [path.name for path in tmp_path.iterdir()] == ["bad.tfm"]


def test_the_program_knows_it_and_refuses_in_one_sentence(
    files: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command = ["picture", str(files / "mr.nii.gz"), str(files / "ct.nii.gz"), "--out", str(tmp_path / "a.png")]
    assert run_program([*command, "--at", "-12,31,8", "--size", "640x480"]) == 0
    assert (tmp_path / "a.png").is_file()
    capsys.readouterr()
    assert run_program([*command, "--fade", "2"]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert len(said.err.splitlines()) == 1


SMALL = ["--size", "640x480"]
LOOKS = [
    *(["--mode", mode.value] for mode in BlendMode if mode is not BlendMode.FADE and not FACTS[mode].like_images),
    ["--mode", "checkerboard", "--swap"],
    ["--swap", "--fade", "0.2"],
    ["--mode", "two-colour", "--pair", "magenta-green"],
    ["--mode", "checkerboard", "--square-mm", "10"],
    ["--mode", "curtain", "--curtain", "quarters"],
    ["--mode", "spy-glass", "--glass-mm", "20"],
    ["--mode", "edges", "--edge-strength", "0.2"],
    ["--fixed-window", "-100,300"],
    ["--moving-window", "-10,80,1300"],
    ["--moving-window", "-10,80"],
    ["--fixed-colours", "viridis"],
    ["--moving-colours", "hot"],
    ["--nearest"],
    *(["--fixed-slab", slab] for slab in ("mean:10", "maximum:10")),
    ["--neurological"],
    ["--side-letters", "SI"],
    ["--no-annotations"],
    ["--names"],
    *(["--layout", plane] for plane in ("axial", "sagittal", "coronal")),
    ["--layout", "mosaic"],
    ["--layout", "mosaic", "--plane", "coronal"],
    ["--layout", "mosaic", "--step-mm", "4"],
    ["--layout", "mosaic", "--tiles", "2x2"],
]


def test_every_option_shows_in_the_picture(files: Path, tmp_path: Path) -> None:
    pictures = {"plain": drawn(files, tmp_path / "a.png", *SMALL).tobytes()}
    for look in LOOKS:
        pictures[" ".join(look)] = drawn(files, tmp_path / "a.png", *SMALL, *look).tobytes()
    assert len(set(pictures.values())) == len(pictures)


@pytest.mark.parametrize("name", ["a.tif", "a.TIFF"])
def test_tiff_holds_the_same_pixels(files: Path, tmp_path: Path, name: str) -> None:
    assert np.array_equal(drawn(files, tmp_path / name, *SMALL), drawn(files, tmp_path / "a.png", *SMALL))
    with Image.open(tmp_path / name) as image:
        assert image.format == "TIFF"


@pytest.mark.parametrize("layout", ["planes", "axial", "mosaic"])
def test_the_name_of_a_file_is_not_in_the_picture_unless_asked(files: Path, tmp_path: Path, layout: str) -> None:
    """The same images under other names make the same picture, to the last byte of its file."""
    for part, name in (("mr", "Doe_Jane_1970"), ("ct", "Roe_Richard")):
        (tmp_path / f"{name}.nii.gz").write_bytes((files / f"{part}.nii.gz").read_bytes())
    outs = []
    for number, (fixed, moving) in enumerate(
        [
            (files / "mr.nii.gz", files / "ct.nii.gz"),
            (tmp_path / "Doe_Jane_1970.nii.gz", tmp_path / "Roe_Richard.nii.gz"),
        ]
    ):
        for more in ([], ["--names"]):
            out = tmp_path / f"{number}{len(more)}.png"
            command = ["picture", str(fixed), str(moving), "--out", str(out), "--layout", layout, *SMALL, *more]
            assert run_program(command) == 0
            outs.append(out.read_bytes())
    plain, named, other_plain, other_named = outs
    assert plain == other_plain
    assert named != other_named
    assert plain != named


def test_a_scale_makes_the_size(files: Path, tmp_path: Path) -> None:
    one = drawn(files, tmp_path / "a.png", "--layout", "axial", "--scale", "1", "--no-annotations")
    two = drawn(files, tmp_path / "a.png", "--layout", "axial", "--scale", "2", "--no-annotations")
    assert np.abs(np.array(two.shape[:2]) - 2 * np.array(one.shape[:2])).max() <= 2
    assert call(files, "--out", str(tmp_path / "b.png"), "--scale", "3") == 0
    with pytest.raises(BadArgument, match="pixels"):  # known only when the images are read
        call(files, "--out", str(tmp_path / "c.png"), "--scale", "50")
    assert not (tmp_path / "c.png").exists()


def test_images_of_different_kinds_are_not_subtracted(
    files: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "a.png"
    command = ["--out", str(out), "--mode", "difference"]
    assert run_program(["picture", str(files / "mr.nii.gz"), str(files / "ct.nii.gz"), *command]) == 2
    assert "same kind" in capsys.readouterr().err
    assert not out.exists()
    assert run_program(["picture", str(files / "mr.nii.gz"), str(files / "mr.nii.gz"), *command]) == 0


def test_images_that_lie_apart_are_drawn_with_a_warning(
    files: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    far = tmp_path / "far.tfm"
    write_itk_transform(RigidTransform.about(np.eye(3), np.zeros(3), np.array([0.0, 0.0, 5000.0])), far)
    images = [str(files / "mr.nii.gz"), str(files / "ct.nii.gz"), "--out", str(tmp_path / "a.png")]
    assert run_program(["picture", *images, "--transform", str(far)]) == 0
    assert "do not overlap anywhere under this transform." in capsys.readouterr().err
    assert run_program(["picture", *images, "--transform", str(files / "truth.tfm")]) == 0
    assert "Warning" not in capsys.readouterr().err


def test_size_and_scale_exclude_each_other(files: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    command = ["picture", str(files / "mr.nii.gz"), str(files / "ct.nii.gz"), "--out", str(tmp_path / "a.png")]
    assert run_program([*command, "--size", "800x600", "--scale", "2"]) == 2
    assert "not allowed with" in capsys.readouterr().err


@pytest.mark.parametrize("option", ["--mode", "--layout", "--curtain", "--pair", "--fixed-colours"])
def test_a_choice_that_there_is_not_is_refused_with_those_that_there_are(
    files: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], option: str
) -> None:
    command = ["picture", str(files / "mr.nii.gz"), str(files / "ct.nii.gz"), "--out", str(tmp_path / "a.png")]
    assert run_program([*command, option, "xyzzy"]) == 2
    err = capsys.readouterr().err
    assert "invalid choice: 'xyzzy'" in err
    assert "choose from" in err


# What is marked


@pytest.fixture(scope="module")
def study(files: Path, phantom_mr: Volume, phantom_ct: Volume, phantom_truth: RigidTransform) -> Path:
    """A study of the two images with four pairs, a target and a distance about the middle of the head."""
    fixed, moving = (read_volume(files / name) for name in ("mr.nii.gz", "ct.nii.gz"))
    middle = head_corners(fixed)[1]
    places = [middle + np.array(way) for way in ((-20, 0, 1), (30, 20, -2), (0, -40, 20), (10, 40, 30))]
    pairs = [LandmarkPair(f"Doe {n}", point_of(p), point_of(phantom_truth.apply(p + 1))) for n, p in enumerate(places)]
    state = replace(
        edits.set_pose(edits.new_study(fixed, moving), phantom_truth, "file"),
        landmarks=tuple(pairs),
        targets=(Target("Roe", point_of(middle + 8)),),
    )
    ends = middle + np.array([[-30, 30, 0], [30, 30, 0]])
    view = ViewState(distances=(Distance("fixed", point_of(ends[0]), point_of(ends[1])),))
    save_study(state, view, files / "marked.fusion.json")
    save_study(replace(state, landmarks=(), targets=()), None, files / "empty.fusion.json")
    for name in ("fixed", "moving"):
        points = [getattr(pair, f"{name}_point") for pair in pairs]
        rows = [f"{pair.name},{','.join(map(repr, point))}" for pair, point in zip(pairs, points, strict=True)]
        (files / f"{name}.csv").write_text("\n".join(["name,x,y,z", *rows]) + "\n", encoding="utf-8")
    return files / "marked.fusion.json"


def test_a_study_is_drawn_with_its_marks_unless_they_are_left_out(files: Path, study: Path, tmp_path: Path) -> None:
    truth = ["--transform", str(files / "truth.tfm")]
    plain = drawn(files, tmp_path / "a.png", *SMALL, *truth)
    with_marks = drawn(files, tmp_path / "a.png", *SMALL, "--transform", str(study))
    assert not np.array_equal(with_marks, plain)
    asked = drawn(files, tmp_path / "a.png", *SMALL, "--transform", str(study), "--marks")
    assert np.array_equal(asked, with_marks)
    for less in (["--no-marks"], ["--no-annotations"]):
        bare = drawn(files, tmp_path / "a.png", *SMALL, *truth, *less)
        assert np.array_equal(drawn(files, tmp_path / "a.png", *SMALL, "--transform", str(study), *less), bare)
    empty = files / "empty.fusion.json"
    assert np.array_equal(drawn(files, tmp_path / "a.png", *SMALL, "--transform", str(empty)), plain)


def test_landmarks_come_from_tables_as_well_and_lines_from_their_fit(files: Path, study: Path, tmp_path: Path) -> None:
    tables = ["--landmarks", str(files / "fixed.csv"), str(files / "moving.csv")]
    truth = ["--transform", str(files / "truth.tfm")]
    pictures = [
        drawn(files, tmp_path / "a.png", *SMALL, *more)
        for more in (truth, [*truth, *tables], [*truth, *tables, "--error-lines"], [*truth, *tables, "--names"])
    ]
    assert len({picture.tobytes() for picture in pictures}) == 4
    # the study's own pairs, with its target and distance still there
    same = drawn(files, tmp_path / "a.png", *SMALL, "--transform", str(study), *tables)
    assert np.array_equal(same, drawn(files, tmp_path / "a.png", *SMALL, "--transform", str(study)))


def test_lines_that_the_residuals_contradict_are_not_drawn_and_a_warning_says_so(
    files: Path, study: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Points that have each other's names: the fit is a bad one, whatever it predicts."""
    head, *rows = (files / "moving.csv").read_text("utf-8").splitlines()
    names = [row.split(",")[0] for row in rows]
    rolled = [row.replace(name, names[n - 1]) for n, (row, name) in enumerate(zip(rows, names, strict=True))]
    (tmp_path / "rolled.csv").write_text("\n".join([head, *rolled]) + "\n", encoding="utf-8")
    tables = ["--landmarks", str(files / "fixed.csv"), str(tmp_path / "rolled.csv")]
    command = [*SMALL, "--transform", str(files / "truth.tfm"), *tables]
    without = drawn(files, tmp_path / "a.png", *command)
    assert "believed" not in capsys.readouterr().err
    assert np.array_equal(drawn(files, tmp_path / "a.png", *command, "--error-lines"), without)
    err = capsys.readouterr().err
    assert err.count("Warning: The predicted error (TRE) of the fit to the landmarks cannot be believed: ") == 1
    assert "No TRE isocontours are drawn." in err


def test_names_of_landmarks_are_not_in_the_picture_unless_asked(files: Path, study: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.fusion.json"
    other.write_text(study.read_text("utf-8").replace("Doe ", "Someone else ").replace("Roe", "STN"), encoding="utf-8")
    for more, alike in (([], True), (["--names"], False)):
        one, two = (
            drawn(files, tmp_path / "a.png", *SMALL, "--transform", str(path), *more) for path in (study, other)
        )
        assert np.array_equal(one, two) is alike


@pytest.mark.parametrize(
    ("more", "word"),
    [
        (["--marks"], "--marks needs landmarks"),
        (["--marks", "--transform", "truth.tfm"], "--marks needs landmarks"),
        (["--error-lines"], "--error-lines needs landmarks"),
        (["--marks", "--transform", "marked.fusion.json", "--no-annotations"], "--no-annotations leaves out"),
        (["--error-lines", "--transform", "marked.fusion.json", "--no-marks"], "--no-marks leaves out"),
        (["--landmarks", "fixed.csv", "moving.csv", "--no-marks"], "--landmarks draws what --no-marks"),
        (["--marks", "--transform", "empty.fusion.json"], "Nothing is marked in empty.fusion.json"),
        (["--error-lines", "--transform", "empty.fusion.json"], "no pairs of landmarks"),
    ],
)
def test_marks_that_there_are_not_are_refused_before_the_images_are_read(
    files: Path, study: Path, tmp_path: Path, more: list[str], word: str
) -> None:
    words = [str(files / word) if "." in word else word for word in more]
    with pytest.raises(BadArgument) as refusal:
        call(tmp_path / "nothing here", "--out", str(tmp_path / "a.png"), *words)
    assert word in refusal.value.message
    assert refusal.value.remedy
    assert not list(tmp_path.iterdir())
