from __future__ import annotations

import json
import os
import sys
from contextlib import suppress
from dataclasses import fields, replace
from pathlib import Path
from typing import Any, get_args

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from phantoms import phantom_ct, phantom_mr

from fusionviewer.errors import CannotWrite, UnreadableInput
from fusionviewer.geometry import RigidTransform
from fusionviewer.imaging.mirroring import mirror
from fusionviewer.imaging.readers import read_volume
from fusionviewer.imaging.volume import ImageSource
from fusionviewer.imaging.writers import write_volume
from fusionviewer.registration import (
    Bounds,
    Ending,
    Evidence,
    LandmarkReport,
    Reason,
    Region,
    RegistrationResult,
    RegistrationSettings,
    make_box,
)
from fusionviewer.rendering.blends import Blend, BlendMode, CurtainWay
from fusionviewer.rendering.colours import ColourPair, Colours
from fusionviewer.rendering.marks.values import PairUse
from fusionviewer.rendering.window import Window
from fusionviewer.session import edits, landmark_edits
from fusionviewer.session.alignment import Alignment, Alternative, Limits
from fusionviewer.session.records import landmark_record
from fusionviewer.session.state import SIDES, FusionState, LandmarkPair, Target
from fusionviewer.session.study_file import ImageReference, UnaskedPlace, load_study, save_study
from fusionviewer.session.view_state import PLANES, Distance, ErrorSource, Layout, SpaceView, ViewState

finite = st.floats(-1e4, 1e4)
point = st.tuples(finite, finite, finite)
poses = st.builds(
    lambda v, t: RigidTransform.from_rotation_vector(v, np.zeros(3), np.asarray(t)),
    st.tuples(*[st.floats(-1.7, 1.7)] * 3),
    st.tuples(*[st.floats(-300, 300)] * 3),
)
pairs = st.builds(
    LandmarkPair,
    st.text(min_size=1, max_size=20),
    st.none() | point,
    st.none() | point,
    st.sampled_from(get_args(PairUse)),
    st.none() | st.floats(0.01, 50),
    st.booleans(),
    st.sampled_from(["", "#12ab34"]),
    st.lists(st.tuples(st.sampled_from(SIDES), point), max_size=2).map(tuple),
)
targets = st.lists(st.builds(Target, st.text(min_size=1, max_size=9), point), max_size=2).map(tuple)
views = st.builds(
    ViewState,
    fixed=st.builds(SpaceView, point, point, st.floats(0.3, 30), point),
    moving=st.builds(SpaceView, point, point, st.floats(0.3, 30), point),
    blend=st.builds(
        Blend,
        st.sampled_from(BlendMode),
        st.floats(0, 1),
        st.booleans(),
        st.sampled_from(get_args(ColourPair)),
        st.floats(4, 100),
        st.sampled_from(get_args(CurtainWay)),
        st.floats(4, 100),
        st.floats(0, 1),
    ),
    smooth=st.booleans(),
    fixed_colours=st.sampled_from(get_args(Colours)),
    moving_colours=st.sampled_from(get_args(Colours)),
    colour_bar=st.booleans(),
    main_plane=st.sampled_from(PLANES),
    mosaic_step_mm=st.floats(1, 20),
    linked=st.booleans(),
    ras=st.booleans(),
    wheel_moving=st.booleans(),
    distances=st.lists(st.builds(Distance, st.sampled_from(SIDES), point, point), max_size=2).map(tuple),
    hand_centre=st.none() | point,
    show_limits=st.booleans(),
    show_error_lines=st.booleans(),
    error_of=st.sampled_from(get_args(ErrorSource)),
    show_edge_distances=st.booleans(),
    bone_edges=st.booleans(),
    fixed_window=st.builds(Window, finite, st.floats(1, 5000), st.none() | finite),
    moving_window=st.builds(Window, finite, st.floats(1, 5000), st.none() | finite),
    layout=st.sampled_from(get_args(Layout)),
    enlarged=st.sampled_from(["", "fused.axial", "moving.coronal"]),
    radiological=st.booleans(),
    selected_pair=st.none() | st.integers(0, 5),
)


REASONS = (
    Reason("limit_reached", {"max_shift_mm": 4.0}),
    Reason("rival_pose", {"rival_mm": 20.125, "rival_share": 1 / 3}),
    Reason("told", {"text": "It touched a limit."}),
)


def _run(pose: RigidTransform, start: RigidTransform) -> RegistrationResult:
    numbers: dict[str, Any] = {f.name: k + 0.5 for k, f in enumerate(fields(Evidence))} | {"starts": 8, "agreeing": 6}
    return RegistrationResult(
        pose, start, Ending.BOUNDED, REASONS, RegistrationSettings(seed=7), "current", 1.25, 2.5,
        Bounds.about(start, (1, 2, 3), 4, 5), (("4 mm", 0, 1.1), ("2 mm", 1, 1.2)),
        "a box and the mask",
        Evidence(**numbers),
        LandmarkReport(0.7, 6, 4.25, 9.5, 1.1, 1 / 3, 2.2, 1.25, 1.5, 1),
    )  # fmt: skip


def _same_run(one: RegistrationResult, other: RegistrationResult) -> bool:
    """Equal in every field; the bounds, which compare by identity, by their numbers."""
    plain = [f.name for f in fields(one) if f.name != "bounds"]
    if any(getattr(one, name) != getattr(other, name) for name in plain):
        return False
    a, b = one.bounds, other.bounds
    if a is None or b is None:
        return a is b
    return (
        a.start == b.start
        and np.array_equal(a.centre, b.centre)
        and (a.max_shift_mm, a.max_rotation_deg) == (b.max_shift_mm, b.max_rotation_deg)
    )


@given(poses, poses, st.lists(pairs, max_size=4), targets, views, st.integers(0, 2**31 - 1), st.booleans())
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
def test_a_study_comes_back_exactly(
    tmp_path: Path,
    pose: RigidTransform,
    start: RigidTransform,
    landmarks: list[LandmarkPair],
    marked: tuple[Target, ...],
    view: ViewState,
    seed: int,
    with_run: bool,
) -> None:
    state = FusionState(
        alignment=Alignment(
            moving_from_fixed=pose,
            start=start,
            origin="refinement" if with_run else "correction",
            landmark_weight=1 / 7 if with_run else 0.0,
            limits=Limits(3.3, 4.4),
            settings=RegistrationSettings(seed=seed, levels_mm=(6.0, 3.0), points=(2000, 9000)),
            run=_run(pose, start) if with_run else None,
            alternatives=(Alternative("landmarks", start), Alternative("refinement", pose, _run(pose, start)))
            + (() if with_run else (Alternative("correction", pose),)),
        ),
        landmarks=tuple(landmarks),
        targets=marked,
        fle_mm=1 / 3 if with_run else None,
        region=Region(box=make_box((-40, -50.125, 1 / 3), (60, 70, 80))) if with_run else None,
    )
    at_start = replace(state, alignment=replace(state.alignment, moving_from_fixed=start))
    accepted = edits.set_review(at_start, "accepted", "näher hinsehen\n„ok“")
    state = replace(accepted, alignment=replace(accepted.alignment, moving_from_fixed=pose))
    path = tmp_path / "s.fusion.json"
    save_study(state, view, path)
    stored = load_study(path)
    back = stored.without_images
    assert back.alignment.moving_from_fixed == pose
    assert back.alignment.start == start
    for name in ("landmarks", "targets", "fle_mm"):
        assert getattr(back, name) == getattr(state, name), name
    for name in ("origin", "limits", "settings", "review", "accepted", "landmark_weight"):
        assert getattr(back.alignment, name) == getattr(state.alignment, name), name
    assert stored.view == view
    assert (back.region and back.region.box) == (state.region and state.region.box)
    assert stored.mask is None
    for found, before in zip(back.alignment.alternatives, state.alignment.alternatives, strict=True):
        assert (found.kind, found.moving_from_fixed) == (before.kind, before.moving_from_fixed)
        assert found.run is None if before.run is None else _same_run(found.run, before.run)  # type: ignore[arg-type]
    if state.alignment.run is None:
        assert back.alignment.run is None
    else:
        assert back.alignment.run is not None
        assert _same_run(back.alignment.run, state.alignment.run)


def test_images_are_found_beside_the_study_after_both_moved(tmp_path: Path) -> None:
    here = tmp_path / "here"
    here.mkdir()
    write_volume(phantom_mr(), here / "mr.nii.gz")
    write_volume(phantom_ct(), here / "ct.nii.gz")
    fixed, moving = read_volume(here / "mr.nii.gz"), read_volume(here / "ct.nii.gz")
    save_study(FusionState(fixed=fixed, moving=moving), None, here / "s.fusion.json")
    there = tmp_path / "there"
    here.rename(there)
    stored = load_study(there / "s.fusion.json")
    assert stored.fixed is not None
    assert stored.moving is not None
    assert stored.fixed.locate(stored.path) == there / "mr.nii.gz"
    assert read_volume(there / "ct.nii.gz").fingerprint == stored.moving.fingerprint
    (there / "mr.nii.gz").unlink()
    assert stored.fixed.locate(stored.path) is None


@pytest.mark.skipif(sys.platform in {"win32", "darwin"}, reason="their names are always Unicode text")
def test_paths_that_are_no_text_are_kept(tmp_path: Path) -> None:
    folder = tmp_path / os.fsdecode(b"M\xfcller")
    folder.mkdir()
    fixed = replace(phantom_mr(), source=ImageSource(folder / "series"))
    save_study(FusionState(fixed=fixed), None, tmp_path / "s.fusion.json")
    stored = load_study(tmp_path / "s.fusion.json")
    assert stored.fixed is not None
    assert stored.fixed.absolute == str(folder / "series")
    save_study(FusionState(), None, folder / "s.fusion.json")
    assert load_study(folder / "s.fusion.json").fixed is None


def _broken(tmp_path: Path, **changes: object) -> Path:
    path = tmp_path / "broken.fusion.json"
    save_study(FusionState(), ViewState(), path)
    document = json.loads(path.read_text())
    document.update(changes)
    path.write_text(json.dumps(document))
    return path


def _image(**more: object) -> dict[str, object]:
    return dict.fromkeys(("path", "absolute_path", "series_uid", "fingerprint", "name"), "a") | more


@pytest.mark.parametrize(
    "changes",
    [
        {"moving_from_fixed": [[1, 2], [3, 4]]},
        {"moving_from_fixed": np.diag([2.0, 1, 1, 1]).tolist()},
        {"moving_from_fixed": np.diag([-1.0, 1, 1, 1]).tolist()},
        {"moving_from_fixed": "identity"},
        {"origin": "nowhere"},
        {"landmarks": [{"name": "L1"}]},
        {"landmarks": [{"name": "L1", "fixed_point": [1, 2], "moving_point": None, "enabled": True}]},
        {"limits": {"max_shift_mm": "far", "max_rotation_deg": 1}},
        {"settings": {"seed": 1.5}},
        {"settings": {"seed": -1}},
        {"settings": {"speed": 3}},
        {"settings": {"points": ["many"]}},
        {"review": {"verdict": "maybe", "note": "", "date": ""}},
        {"images": None},
        {"images": {"fixed": {"path": 3}, "moving": None}},
        {"view": {"layout": "fused"}},
        {"version": "one"},
        {"version": True},
        {"landmarks": {}},
        {"landmarks": ""},
        {"targets": {}},
        {"alternatives": {}},
        {"fle_mm": 1e308},
        {"fle_mm": 0},
        {"landmarks": [landmark_record(LandmarkPair("L1", fle_mm=1e308))]},
        {"landmarks": [landmark_record(LandmarkPair("L1")) | {"again": {}}]},
        {"run": {}},
        {"run": 0},
        {"review": {}},
        {"review": False},
        {"view": []},
        {"region": []},
        {"region": {"box": [[0, 0, 0]], "mask": None}},
        {"region": {"box": [[0, 0, 0], [1, 1, 1]], "mask": None}},
        {"region": {"box": "here", "mask": None}},
        {"region": {"box": None, "mask": {"path": "m.nii.gz"}}},
        {"region": "box"},
        {"accepted": "yes"},
        {"accepted": np.diag([-1.0, 1, 1, 1]).tolist()},
        {"accepted": False},
        {"landmark_weight": -1},
        {"landmark_weight": "much"},
        *(
            {"images": {"fixed": None, "moving": _image(mirrored=value)}}
            for value in (["w"], ["x", "x"], "x", {"x": True}, [1], None)
        ),
    ],
)
def test_a_damaged_study_is_refused_in_one_sentence(tmp_path: Path, changes: dict[str, object]) -> None:
    with pytest.raises(UnreadableInput, match="damaged") as caught:
        load_study(_broken(tmp_path, **changes))
    assert caught.value.remedy


@pytest.mark.parametrize("document", ['{"format": "fusionviewer study", "version": N}', '{"seed": N}', "[N]"])
def test_a_number_of_thousands_of_digits_is_damage(tmp_path: Path, document: str) -> None:
    path = tmp_path / "long.fusion.json"
    path.write_text(document.replace("N", "1" * 5000))
    with pytest.raises(UnreadableInput, match="damaged") as caught:
        load_study(path)
    assert caught.value.remedy


@pytest.mark.parametrize("text", ["", "{", "null", "[]", '"text"', '{"format": "something else"}', "\x00\xff"])
def test_what_is_no_study_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "x.fusion.json"
    path.write_bytes(text.encode("latin-1"))
    with pytest.raises(UnreadableInput):
        load_study(path)


@given(st.integers(0, 5000), st.binary(min_size=1, max_size=4))
@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_random_damage_is_refused_or_harmless(tmp_path: Path, place: int, junk: bytes) -> None:
    path = tmp_path / "d.fusion.json"
    state = landmark_edits.place_point(landmark_edits.add_pair(FusionState()), 0, "fixed", (1, 2, 3))
    save_study(state, ViewState(), path)
    whole = path.read_bytes()
    at = place % len(whole)
    path.write_bytes(whole[:at] + junk + whole[at + len(junk) :])
    with suppress(UnreadableInput):  # anything else is a defect
        load_study(path)


@pytest.mark.parametrize(
    ("enabled", "role", "use"),
    [(True, "fit", "fit"), (True, "check", "check"), (False, "fit", "off"), (False, "check", "off")],
)
def test_what_becomes_of_a_pair_stands_in_the_file_as_ever(
    tmp_path: Path, enabled: bool, role: str, use: PairUse
) -> None:
    path = tmp_path / "s.fusion.json"
    save_study(FusionState(landmarks=(LandmarkPair("L1", use=use),)), None, path)
    document = json.loads(path.read_text())
    written = document["landmarks"][0]
    assert (written["enabled"], written["role"]) == (use != "off", "check" if use == "check" else "fit")
    written |= {"enabled": enabled, "role": role}
    path.write_text(json.dumps(document))
    assert load_study(path).without_images.landmarks[0].use == use


def test_a_study_from_before_there_were_regions_is_read(tmp_path: Path) -> None:
    state = FusionState(alignment=Alignment(run=_run(RigidTransform.identity(), RigidTransform.identity())))
    path = tmp_path / "old.fusion.json"
    save_study(state, None, path)
    document = json.loads(path.read_text())
    del document["region"], document["run"]["only"], document["run"]["evidence"]["region_mm"]
    path.write_text(json.dumps(document))
    run = load_study(path).without_images.alignment.run
    assert run is not None
    assert run.evidence is not None
    assert (run.only, run.evidence.region_mm) == ("", 0.0)


def test_a_mirrored_image_is_named_by_what_its_file_holds(tmp_path: Path) -> None:
    write_volume(phantom_ct(), tmp_path / "ct.nii.gz")
    read = read_volume(tmp_path / "ct.nii.gz")
    state = FusionState(fixed=read, moving=mirror(mirror(read, "z"), "x"))
    save_study(state, None, tmp_path / "s.fusion.json")
    stored = load_study(tmp_path / "s.fusion.json")
    assert stored.fixed is not None
    assert stored.moving is not None
    assert stored.fixed.fingerprint == stored.moving.fingerprint == read.fingerprint
    assert (stored.fixed.mirrored, stored.moving.mirrored) == ((), ("x", "z"))


def test_a_study_from_before_there_were_accepted_poses_and_mirrors_is_read(tmp_path: Path) -> None:
    path = tmp_path / "old.fusion.json"
    save_study(edits.set_review(FusionState(moving=phantom_ct()), "accepted", ""), None, path)
    document = json.loads(path.read_text())
    del document["accepted"], document["landmark_weight"], document["images"]["moving"]["mirrored"]
    path.write_text(json.dumps(document))
    stored = load_study(path)
    assert stored.without_images.alignment.accepted is None
    assert stored.without_images.alignment.landmark_weight == 0
    assert stored.moving is not None
    assert stored.moving.mirrored == ()


def test_a_newer_study_says_so(tmp_path: Path) -> None:
    with pytest.raises(UnreadableInput, match="newer fusionviewer"):
        load_study(_broken(tmp_path, version=99))


def test_a_study_that_cannot_be_written_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(CannotWrite):
        save_study(FusionState(), None, tmp_path / "missing" / "s.fusion.json")
    blocked = tmp_path / "s.fusion.json"
    blocked.mkdir()
    with pytest.raises(CannotWrite):
        save_study(FusionState(), None, blocked)
    assert [p.name for p in tmp_path.iterdir()] == ["s.fusion.json"]


def test_a_network_that_a_study_names_is_not_touched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    touched: list[str] = []
    exists = os.path.exists

    def noted(path: str) -> bool:
        touched.append(str(path))
        return exists(path)

    monkeypatch.setattr(os.path, "exists", noted)
    study, local = tmp_path / "s.fusion.json", tmp_path / "mr.nii"
    far = ImageReference("//server/share/mr.nii", str(local), "", "", "mr")
    with pytest.raises(UnaskedPlace, match=r"//server/share/mr\.nii lies on a network\. .*--allow-network-paths"):
        far.locate(study)
    assert touched == [str(local)]
    local.touch()
    assert far.locate(study) == local  # it is here as well
    local.unlink()
    assert far.locate(study, allowed=True) is None
    for disk in ("/", "../" * 40):
        with pytest.raises(UnaskedPlace, match="is the whole disk"):
            ImageReference(disk, "", "", "", "mr").locate(study)
