"""A study: two images, how they lie on each other, and what was decided about it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from fusionviewer.errors import BadArgument, UnreadableInput
from fusionviewer.geometry import RigidTransform
from fusionviewer.imaging.head import head_mask
from fusionviewer.imaging.mirroring import mirror
from fusionviewer.imaging.readers import read_volume
from fusionviewer.imaging.volume import Volume
from fusionviewer.library.arguments import (
    AnyPath,
    Image,
    Landmarks,
    Transform,
    check_one_of,
    image_of,
    pairs_of,
    path_of,
    text_of,
    transform_of,
)
from fusionviewer.progress import Observer
from fusionviewer.quality.finding import Finding
from fusionviewer.quality.findings import alignment_findings
from fusionviewer.quality.wording import reason_text, sentence
from fusionviewer.registration import RegistrationResult
from fusionviewer.session import edits
from fusionviewer.session.review.validity import changed_since_review
from fusionviewer.session.review.values import Changed, Review
from fusionviewer.session.state import SIDES, FusionState, LandmarkPair, Target
from fusionviewer.session.study_file import SUFFIX, ImageReference, load_study, save_study
from fusionviewer.session.view_state import ViewState


@dataclass(frozen=True, eq=False)
class Study:
    """Two images and what is known of how they lie on each other, as a study file has it.

    A study does not change: what `with_…` and `reviewed` return is another one. Make one with `Study.of`, read one with
    `Study.open`.
    """

    state: FusionState
    """All of it, as the window has it; its parts may change from version to version. The properties here will not."""
    view: ViewState | None = None
    """How the window last looked at it; None: it never did."""
    unread: tuple[str, str] | None = None
    """What identifies the images that the file names, if they were not read."""

    @staticmethod
    def of(fixed: Image, moving: Image, *, observer: Observer | None = None) -> Study:
        """A study of two images, as their headers place them. Raises UnreadableInput."""
        observer = observer or Observer()
        back, front = image_of(fixed, observer.part(0.0, 0.5)), image_of(moving, observer.part(0.5, 1.0))
        return Study(edits.new_study(back, front))

    @staticmethod
    def open(
        path: AnyPath,
        *,
        images: bool = True,
        fixed: AnyPath | None = None,
        moving: AnyPath | None = None,
        mask: AnyPath | None = None,
        accept_changed: bool = False,
        allow_network_paths: bool = False,
        observer: Observer | None = None,
    ) -> Study:
        """The study in a .fusion.json file, with its images unless `images` is False: then it is only to read.

        `fixed`, `moving` and `mask` say where an image lies if it is no longer where the study says. Raises
        UnreadableInput for a damaged study, an image that is missing, and one whose voxels or place have changed since,
        unless `accept_changed`; also where the study names a place on a network, a device or a whole disk, which is
        not touched unless `allow_network_paths`.
        """
        observer = observer or Observer()
        stored = load_study(path_of(path))
        if not images:
            return Study(stored.without_images, stored.view, stored.identities)
        places = {"fixed": (stored.fixed, fixed), "moving": (stored.moving, moving), "mask": (stored.mask, mask)}
        read: dict[str, Volume] = {}
        for number, (what, (reference, place)) in enumerate(places.items()):
            if reference is not None:
                named = reference.locate(stored.path, allowed=allow_network_paths) if place is None else None
                found = named if place is None else path_of(place)
                part = observer.part(number / 3, (number + 1) / 3)
                read[what] = _referenced(what, reference, found, accept_changed, part)
        state = stored.without_images.with_volumes({side: read[side] for side in SIDES if side in read})
        return Study(edits.set_mask(state, read["mask"]) if "mask" in read else state, stored.view)

    def save(self, path: AnyPath) -> None:
        """Write the study; it names its images by their files and does not hold their voxels.

        Raises BadArgument for a name that does not end in .fusion.json, and where an image was never read from a file;
        CannotWrite.
        """
        place = path_of(path)
        if not place.name.lower().endswith(SUFFIX):
            raise BadArgument(f"A study cannot be written as {place.name}.", f"Let the name end in {SUFFIX}.")
        self._check_whole("save")
        for side, volume in self.state.volumes().items():
            if volume.source is None:
                raise BadArgument(
                    f"The {side} image was never read from a file, and a study names its images by their files.",
                    "Write it with write_volume, and read that file.",
                )
        save_study(self.state, self.view, place)

    @property
    def fixed(self) -> Volume | None:
        """The image that stays."""
        return self.state.fixed

    @property
    def moving(self) -> Volume | None:
        """The image that is aligned."""
        return self.state.moving

    @property
    def moving_from_fixed(self) -> RigidTransform:
        """Where points of the fixed image lie in the moving one, LPS mm."""
        return self.state.alignment.moving_from_fixed

    @property
    def landmarks(self) -> tuple[LandmarkPair, ...]:
        """The pairs, each point in its own image's space, LPS mm."""
        return self.state.landmarks

    @property
    def targets(self) -> tuple[Target, ...]:
        """Places in fixed space, LPS mm, where the error matters."""
        return self.state.targets

    @property
    def run(self) -> RegistrationResult | None:
        """The registration that gave the pose; None if it came from elsewhere."""
        return self.state.alignment.run

    @property
    def review(self) -> Review | None:
        """What the user decided about the pose, with a note and a date; see `changed_since_review`."""
        return self.state.alignment.review

    @property
    def changed_since_review(self) -> tuple[Changed, ...]:
        """Which of "pose", "images" and "landmarks" the review was not given for; empty: it holds, or there is none.

        Without its images, a study has those that its file names.
        """
        return changed_since_review(self.state, self.unread)

    def findings(self) -> tuple[Finding, ...]:
        """What is known of the pose, the images and the landmarks, warnings first; `describe` says each in words.

        The panel *Review* and the JSON of `register` tell the same. None of it measures accuracy but the code
        "error_measured". Empty without two images; takes up to half a second.
        """
        if self.fixed is None:
            return ()
        try:
            corners = head_mask(self.fixed).corners
        except UnreadableInput:
            corners = None
        return alignment_findings(self.state, corners)

    def with_landmarks(self, landmarks: Landmarks) -> Study:
        """The study with these landmarks instead of its own. Raises BadArgument, UnreadableInput."""
        return replace(self, state=replace(self.state, landmarks=pairs_of(landmarks)))

    def with_fit(self) -> Study:
        """The study aligned by its landmarks. Raises BadArgument where they make no fit."""
        return replace(self, state=edits.fit_to_landmarks(self.state))

    def with_pose(self, moving_from_fixed: Transform) -> Study:
        """The study aligned otherwise: without a run, its review out of date. Raises UnreadableInput."""
        pose = transform_of(moving_from_fixed)
        return replace(self, state=edits.set_pose(self.state, pose, "file", start=pose))

    def with_run(self, result: RegistrationResult) -> Study:
        """The study as `register` or `refine` aligned it, with what they say of it. Raises BadArgument."""
        if not isinstance(result, RegistrationResult):
            raise BadArgument("This is no result of a registration.", "Give what register or refine returns.")
        return replace(self, state=edits.take_run(self.state, result))

    def reviewed(self, decision: Literal["accepted", "rejected"], note: str = "", *, by: str = "") -> Study:
        """The study with its pose accepted or rejected by a person who has looked at it; `by` are their initials.

        Raises BadArgument for another decision, and in a study that was opened without its images.
        """
        self._check_whole("review")
        check_one_of(decision, ("accepted", "rejected"), "review")
        return replace(self, state=edits.set_review(self.state, decision, text_of(note, "note"), by=text_of(by, "by")))

    @property
    def whole(self) -> bool:
        """Whether the images that the file names were read."""
        return self.unread is None

    def _check_whole(self, wanted: Literal["save", "review"]) -> None:
        """Raise BadArgument for what only a study with its images can do."""
        if not self.whole:
            raise BadArgument("This study was opened without its images.", f"Open it with them, then {wanted} it.")


def describe(told: RegistrationResult | Finding) -> str:
    """In a sentence or two why a registration ended as it did, or what a finding of a study says.

    Raises BadArgument for anything else.
    """
    if isinstance(told, Finding):
        return sentence(told)
    if isinstance(told, RegistrationResult):
        return reason_text(told)
    raise BadArgument(
        "Only a result of a registration and a finding can be described.",
        "Give what register or refine returns, or one of a study's findings().",
    )


def _referenced(what: str, reference: ImageReference, place: Path | None, anyway: bool, observer: Observer) -> Volume:
    """The image that a study means, mirrored as it was there. Raises UnreadableInput if it is not that one."""
    if place is None:
        raise UnreadableInput(
            f"The study’s {what} image “{reference.name}” is not where it was.",
            f"Say where it is: Study.open(…, {what}=…).",
        )
    volume = read_volume(place, reference.series_uid, observer)
    if volume.fingerprint != reference.fingerprint and not anyway:
        raise UnreadableInput(
            f"The study’s {what} image “{reference.name}” is another one, or has changed since the study was saved.",
            f"Give the right one as {what}=…, or accept_changed=True.",
        )
    for axis in reference.mirrored:
        volume = mirror(volume, axis)
    return volume
