"""`fusionviewer picture`: its arguments, its file, and its refusals."""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from fusionviewer.cli import picture
from fusionviewer.cli.main import run as run_program
from fusionviewer.cli.terminal import Terminal
from fusionviewer.errors import BadArgument, CannotWrite, UnreadableInput
from fusionviewer.exchange.itk_transform import write_itk_transform
from fusionviewer.imaging.writers import write_volume


@pytest.fixture(scope="module")
def files(tmp_path_factory, phantom_mr, phantom_ct, phantom_truth) -> Path:
    folder = tmp_path_factory.mktemp("pair")
    write_volume(phantom_mr, folder / "mr.nii.gz")
    write_volume(phantom_ct, folder / "ct.nii.gz")
    write_itk_transform(phantom_truth, folder / "truth.tfm")
    return folder


def call(files: Path, *more: str) -> int:
    """As the program does it: parse, then run what the command has set."""
    parser = argparse.ArgumentParser()
    picture.add_parser(parser.add_subparsers(required=True))
    args = parser.parse_args(["picture", str(files / "mr.nii.gz"), str(files / "ct.nii.gz"), *more])
    args.terminal = Terminal()
    return int(args.run(args))


def drawn(files: Path, out: Path, *more: str):
    assert call(files, "--out", str(out), *more) == 0
    with Image.open(out) as image:
        return np.asarray(image)


def test_it_draws_what_it_is_asked_for(files, tmp_path, capsys):
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


@pytest.mark.parametrize("at", ["-12,31,8", "-.5,-3e1,-8.25", "0,0,0", "+1,2,-3", "-12, 31, 8"])
def test_points_with_signs_are_numbers_and_no_options(files, tmp_path, at):
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
        (["--size", "0x0"], "size"),
        (["--size", "-800x600"], "size"),
        (["--size", "99999x600"], "size"),
        (["--size", "100x100"], "size"),
    ],
)
def test_bad_numbers_are_refused_with_a_sentence_and_a_remedy(files, tmp_path, more, word):
    with pytest.raises(BadArgument) as refusal:
        call(files, "--out", str(tmp_path / "a.png"), *more)
    assert word in refusal.value.message
    assert refusal.value.remedy
    assert refusal.value.exit_code == 2
    assert not list(tmp_path.iterdir())


def test_places_that_cannot_be_written_are_refused_before_anything_is_read(tmp_path):
    nowhere = tmp_path / "there are no images here"
    with pytest.raises(CannotWrite):
        call(nowhere, "--out", str(tmp_path / "no" / "a.png"))
    with pytest.raises(BadArgument, match=r"a\.jpg"):
        call(nowhere, "--out", str(tmp_path / "a.jpg"))
    assert not list(tmp_path.iterdir())
    with pytest.raises(UnreadableInput):
        call(nowhere, "--out", str(tmp_path / "a.png"))
    assert not list(tmp_path.iterdir())


def test_a_transform_that_is_none_leaves_no_file(files, tmp_path):
    (tmp_path / "bad.tfm").write_text("nothing", encoding="utf-8")
    with pytest.raises(UnreadableInput):
        call(files, "--out", str(tmp_path / "a.png"), "--transform", str(tmp_path / "bad.tfm"))
    assert [path.name for path in tmp_path.iterdir()] == ["bad.tfm"]


def test_the_program_knows_it_and_refuses_in_one_sentence(files, tmp_path, capsys):
    command = ["picture", str(files / "mr.nii.gz"), str(files / "ct.nii.gz"), "--out", str(tmp_path / "a.png")]
    assert run_program([*command, "--at", "-12,31,8", "--size", "640x480"]) == 0
    assert (tmp_path / "a.png").is_file()
    capsys.readouterr()
    assert run_program([*command, "--fade", "2"]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert len(said.err.splitlines()) == 1
