"""What is let through of errors and remarks: nothing that could be a patient's."""

from __future__ import annotations

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fusionviewer.geometry import RigidTransform
from fusionviewer.process import redaction


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("MetaImage: Read: Cannot open data file", "MetaImage: Read: Cannot open data file"),
        ("** ERROR: nifti_convert_nhdr2nim: bad dim[0]", "* * ERROR: …: bad dim [ …]"),
        ('cannot open "/data/Smith^John/ct 1.nii" for reading', "cannot open … for reading"),
        ("cannot open '/data/Smith John.nii'", "cannot open …"),
        (r"cannot open D:\Scans\smith\ct.nii: not found", "cannot open …: not found"),
        ("tag (0010,0010) has value SMITH^JOHN", "tag (0010,0010) has value …"),
        ("born 19480307, 12345678", ""),
        ("a file of Smith", "a file of …"),
        ("could not open /data/Anna Image Smith/ct.nii", "could not open …"),
        ("could not open /data/Anna Image", "could not open …"),
        (r"error reading C:\Patients\Anna Read Code\x.dcm: bad header", "error reading …: bad header"),
        (r"error: \\srv\share: old\Read Mary", "error: …"),
        ("failed: Read.Code.1950.nii", "failed: …"),
        ("cannot read image.nii, bad size", "cannot read … bad size"),
        ("could not read 'O'Brien Read' file", "could not read … file"),
        ("File 'Anna\nImage\nCode' not found", "File …"),
        ("cannot read LONG, Little, field and Short", "cannot read …, …, … and …"),
        ("tag (0010,0010), born (1950,0412), (7FE0,0010)", "tag (0010,0010), …, (7FE0,0010)"),
    ],
)
def test_known_words_stay_and_all_else_goes(said: str, kept: str) -> None:
    assert redaction.known_words(said) == kept


@pytest.mark.timeout(20)
@pytest.mark.parametrize("part", ["x", ".", "/", "x.", ": /", "'", '"', "('"])
def test_a_long_line_takes_no_long_time(part: str) -> None:
    assert redaction.known_words(part * 50_000) == ""


def test_a_flood_is_cut() -> None:
    assert len(redaction.known_words("cannot read\n" * 1000).splitlines()) == 20


@given(st.text())
def test_no_word_comes_through_that_is_not_listed(said: str) -> None:
    kept = re.sub(r"\((?:00|52|7f|7F|ff|FF)[0-9a-fA-F]{2},[0-9a-fA-F]{4}\)", "", redaction.known_words(said))
    assert {word.lower() for word in re.findall(r"\w+", kept)} <= redaction._WORDS


def _error() -> BaseException:
    try:
        try:
            RigidTransform.from_matrix([["Smith^John"]])
        except Exception as error:
            raise KeyError("/data/smith/ct.nii") from error
    except KeyError as error:
        return error
    pytest.fail("nothing was raised")


def test_an_error_is_its_type_and_its_places() -> None:
    text = redaction.described(_error())
    assert text.startswith("KeyError (its text is left out)\n  …, line ")
    assert "which came of:" in text
    assert re.search(r"  fusionviewer/geometry/\w+\.py, line \d+, in from_matrix", text)
    assert "mith" not in text
    assert "/data" not in text
    cause = _error().__cause__
    assert cause is not None
    assert re.fullmatch(r"\w+\.py, line \d+", redaction.innermost(cause))


def test_an_error_that_caused_itself_and_one_that_cannot_be_written() -> None:
    class Odd(Exception):
        def __str__(self) -> str:
            raise ValueError("no words")

    first, second = Odd(), Odd()
    first.__context__, second.__context__ = second, first
    assert redaction.described(first).count("Odd") == 2


def test_of_a_long_chain_both_ends_are_kept() -> None:
    error: BaseException = ValueError("the first")
    for number in range(149):
        later = KeyError(number)
        later.__context__ = error
        error = later
    text = redaction.described(error)
    assert "… 140 more" in text
    assert len(text.splitlines()) < 60
    assert text.startswith("KeyError")
    assert text.rpartition("which came of:")[2].split()[0] == "ValueError"


def test_files_outside_of_the_program_are_not_named() -> None:
    assert redaction.place_of(re.__file__) == f"python/{'re/__init__.py' if 'init' in re.__file__ else 're.py'}"
    numpy_name = redaction.place_of(np.__file__)
    assert numpy_name == "site-packages/numpy/__init__.py"
    assert redaction.place_of("/data/Smith/script.py") == "…"
    assert redaction.place_of("fusionviewer/ui/application.py") == "fusionviewer/ui/application.py"  # frozen
    assert redaction.place_of("fusionviewer/../Smith.py") == "…"
