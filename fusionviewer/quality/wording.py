"""Findings in words: a sentence for each code, the only place where a judgement becomes text."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final, TypeAlias

from fusionviewer.exchange.points.named_points import tidy
from fusionviewer.quality.finding import Finding
from fusionviewer.quality.grades import MANY_TIMES
from fusionviewer.quality.run_findings import reason_findings
from fusionviewer.registration import Ending, RegistrationResult, plain_values

Values: TypeAlias = Mapping[str, Any]

ORIGINS: Final = {
    "header": "Scanner alignment",
    "centre": "Centres aligned",
    "landmarks": "Fitted to landmarks",
    "registration": "Registered",
    "refinement": "Refined within limits",
    "correction": "Corrected by check",
    "file": "Transform from a file",
    "hand": "Adjusted manually",
}
"""What the alignment is called, by where its pose came from."""

_NAMES: Final = {"name", "twin", "worst"}
_LONGEST_NAME: Final = 40
_MOST_NAMES: Final = 8


def sentence(finding: Finding) -> str:
    """A finding in one or two sentences."""
    words = _SENTENCES[finding.code]
    values = {key: shown(value) if key in _NAMES else value for key, value in finding.values.items()}
    return words.format_map(values) if isinstance(words, str) else words(values)


def row(finding: Finding) -> tuple[str, str]:
    """What a run measured as a name and a value for a table; only for what `evidence_findings` finds."""
    name, value = _ROWS[finding.code]
    return name, value(finding.values)


def record(finding: Finding) -> dict[str, Any]:
    """A finding as a JSON object with its sentence; `where` is LPS mm of fixed space, or null."""
    return {
        "code": finding.code,
        "level": finding.level,
        "sentence": sentence(finding),
        "values": plain_values(finding.values),
        "where": None if finding.where is None else list(finding.where),
    }


def reason_text(run: RegistrationResult) -> str:
    """Why a run ended as it did."""
    return " ".join(sentence(finding) for finding in reason_findings(run))


def outcome_text(run: RegistrationResult) -> str:
    """How a run ended and why, in one or two sentences."""
    doubt = "Low confidence. " if run.ending is Ending.DOUBTFUL else ""
    return f"{doubt}{reason_text(run)}"


def shown(name: str) -> str:
    """A name as it can stand in a sentence: without breaks and control characters, and not too long."""
    line = " ".join(tidy(name).split())
    return line if len(line) <= _LONGEST_NAME else f"{line[: _LONGEST_NAME - 1]}…"


def _listed(names: Iterable[str]) -> str:
    """Names in a sentence; of many the first."""
    quoted = [f"“{shown(name)}”" for name in names]
    if len(quoted) > _MOST_NAMES:
        quoted[_MOST_NAMES:] = [f"{len(quoted) - _MOST_NAMES} more"]
    *others, last = quoted
    return f"{', '.join(others)} and {last}" if others else last


def percent(share: float) -> str:
    """A share in percent."""
    return f"{share * 100:.0f} %"


def _moment(date: str) -> str:
    """An ISO date and time, to the minute."""
    return f"{date[:16].replace('T', ' ')} UTC"


def _by(v: Values) -> str:
    """By whom a review was given, if that is known."""
    return f" by {shown(v['by'])}" if v.get("by") else ""


def _limit_reached(v: Values) -> str:
    limits = []
    if "max_shift_mm" in v:
        limits.append(f"{v['max_shift_mm']:g} mm of translation")
    if "max_rotation_deg" in v:
        limits.append(f"{v['max_rotation_deg']:g}° of rotation")
    return f"The limit of {' and '.join(limits)} was reached, so that the best pose may lie beyond."


def _rival_pose(v: Values) -> str:
    better = "better" if v["rival_share"] > 1 else "nearly as good"
    return f"Another pose, {v['rival_mm']:.0f} mm away, is {better}."


def _run_starts(v: Values) -> str:
    return (
        f"{v['agreeing']} of {v['starts']} starts converged here; half of all ended within "
        f"{max(1, v['spread_mm']):.0f} mm."
    )


def _review_out_of_date(v: Values) -> str:
    *others, last = (f"the {what}" for what in v["changed"])
    changed = f"{', '.join(others)} and {last}" if others else last
    have = "has" if changed == "the pose" else "have"
    return f"Out of date: {v['verdict']}{_by(v)} on {_moment(v['date'])}; {changed} {have} changed since."


def _subject(v: Values) -> str:
    return "what was compared" if v["only"] else "the head"


def _run_landmarks(v: Values) -> str:
    out = (
        f"Landmarks (weight {v['weight']:g}, {v['pairs']} {'pair' if v['pairs'] == 1 else 'pairs'}) disagree by "
        f"{v['after_mean_mm']:.2f} mm on average, at most {v['after_max_mm']:.2f} mm; at the start it was "
        f"{v['before_mean_mm']:.2f} and {v['before_max_mm']:.2f} mm."
    )
    if v["outvoted"]:
        out += f" {v['outvoted']} of them {'lies' if v['outvoted'] == 1 else 'lie'} too far off to count."
    return out


def _moved(v: Values) -> str:
    begin = "scanner position" if v["start"] == "header" else "the start"
    return f"Max. displacement from {begin}: {v['max_mm']:.1f} mm (mean {v['mean_mm']:.1f} mm)."


def _pairs_disagree(v: Values) -> str:
    what = (
        f"The pairs disagree by more than placing them to {v['fle_mm']:.3g} mm explains: residuals like these are "
        f"usual for {v['usual_mm']:.1f} mm. What is predicted from them cannot be believed."
    )
    return f"{what} Check that the same names mean the same places." if v["times"] > MANY_TIMES else what


def _points_outside(v: Values) -> str:
    lie = "lies" if v["count"] == 1 else "lie"
    return f"{v['count']} of {v['marked']} points in the {v['side']} image {lie} outside of it: {_listed(v['names'])}."


def _and(words: Sequence[str]) -> str:
    *others, last = words
    return f"{', '.join(others)} and {last}" if others else last


def _same_image(v: Values) -> str:
    if v["mirrored"]:
        return "The fixed and the moving image are the same image, one of them mirrored: was the wrong file opened?"
    return "The fixed and the moving image are the same image: was the same file opened twice?"


def _error_measured(v: Values) -> str:
    points = "1 check point that was" if v["count"] == 1 else f"{v['count']} check points that were"
    text = f"Measured at {points} not in the fit, under the pose shown: mean {v['mean_mm']:.1f}, "
    return f"{text}max {v['max_mm']:.1f} mm ({v['worst']})."


def _error_predicted(v: Values) -> str:
    if v["withheld"]:
        return f"Predicted error of the fit to the landmarks (TRE): withheld at {_listed(v['tre_mm'])}."
    told = ", ".join(f"{name} {mm:.1f} mm" for name, mm in v["tre_mm"].items())
    return f"Predicted error of the fit to the landmarks (TRE, RMS): {told}."


def _prediction_contradicted(v: Values) -> str:
    match v["because"]:
        case "mirrored":
            why = "one set of points looks mirrored, and no rigid fit mends that"
        case "scaled":
            why = "one set of points looks scaled, and no rigid fit mends that"
        case "misplaced":
            why = f"{_listed(v['suspects'])} {'does' if len(v['suspects']) == 1 else 'do'} not fit the other pairs"
        case _:
            why = (
                f"the residuals (FRE {v['fre_mm']:.1f} mm) are {v['times']:.1f} times as large as an FLE of "
                f"{v['fle_mm']:.3g} mm explains"
            )
    return f"The predicted error (TRE) of the fit to the landmarks cannot be believed: {why}."


def _cannot_judge(v: Values) -> str:
    if v["because"] == "unsure":
        return (
            f"Second opinion: cannot judge. Pieces of skull and skin disagree (standard error {v['unsure_mm']:.1f} mm)."
        )
    return "Second opinion: cannot judge. It needs a CT and an MR that both show enough of the skull or the skin."


_SENTENCES: Final[dict[str, str | Callable[[Values], str]]] = {
    "doubtful": "Low confidence in this registration.",
    "settled": "Converged, no warnings.",
    "locked": "Both limits are 0: nothing was free to move.",
    "limit_reached": _limit_reached,
    "mirror_better": "Left–right flip check: the images are more similar if one of them is mirrored. "
    "Check left and right in the headers.",
    "overlap_doubtful": lambda v: f"Only {percent(v['overlap'])} of the head lies inside the other image.",
    "contrast_of_chance": "The similarity is hardly better than in random poses.",
    "rival_pose": _rival_pose,
    "region_elsewhere": "The region alone leads {region_mm:.1f} mm away from where the whole head does.",
    "parts_untold": "Too few points were compared to check whether sub-regions give consistent alignments.",
    "parts_disagree": "Sub-regions give inconsistent alignments: they differ by {parts_mm:.1f} mm.",
    "lone_start": "Only 1 of {starts:.0f} starts converged here.",
    "landmarks_elsewhere": "Landmarks and images disagree: without the landmarks the pose would lie {alone_mm:.1f} mm "
    "away.",
    "landmarks_far": "Landmarks and images disagree: half of the pairs lie {after_median_mm:.1f} mm off or more.",
    "told": "{text}",
    "run_starts": _run_starts,
    "run_overlap": lambda v: f"{percent(v['overlap'])} of {_subject(v)} lies inside the moving image.",
    "run_contrast": "Similarity vs random poses: {contrast:.1f} times as far above the average of all rotations as "
    "their best twentieth.",
    "run_mirror": lambda v: (
        f"Left–right flip check: with one image mirrored, {percent(v['mirror_share'])} of the similarity is reached."
    ),
    "run_parts": lambda v: (
        f"Split-head consistency: halves of {_subject(v)} by themselves differ by {v['parts_mm']:.1f} mm (median)."
    ),
    "run_rival": lambda v: (
        f"Best alternative pose, {v['rival_mm']:.0f} mm away: {percent(v['rival_share'])} of the similarity."
    ),
    "run_region": "The region leads {region_mm:.1f} mm away from where the whole head does.",
    "run_landmarks": _run_landmarks,
    "limits_used": "Translation {shift_mm:.2f} of {max_shift_mm:g} mm, "
    "rotation {rotation_deg:.2f} of {max_rotation_deg:g}°.",
    "region_only": "Restricted to {region}.",
    "not_aligned": lambda v: f"{ORIGINS[v['origin']]}: not registered yet.",
    "origin": lambda v: f"{ORIGINS[v['origin']]}.",
    "moved": _moved,
    "moved_far": "Large displacement: up to {max_mm:.0f} mm from the start.",
    "centres_apart": "The headers place the centres of the images {apart_mm:.0f} mm apart: do the heads lie on each "
    "other?",
    "frame_left": "Both images have the same frame of reference, in which the scanner took them as aligned, but the "
    "head lies up to {max_mm:.1f} mm from there: has the patient moved between the two?",
    "turned_far": "The head is turned by {rotation_deg:.0f}° against the headers, which is implausible where both are "
    "right: check the orientation of both images.",
    "images_apart": "The images do not overlap: the head lies outside the moving image.",
    "overlap_little": lambda v: (
        f"Only {percent(v['overlap'])} of the head lies inside the moving image: is the pose right?"
    ),
    "overlap_part": lambda v: (
        f"{percent(1 - v['overlap'])} of the head lies outside the moving image and cannot be checked."
    ),
    "pair_displaced": "“{name}” lies {off_mm:.1f} mm from where the others expect it: look again, or leave it out.",
    "pair_on_wrong_side": "“{name}” lies {off_mm:.1f} mm from where the others expect it, perhaps on the wrong "
    "side of the head: look again.",
    "pairs_swapped": "“{name}” and “{twin}” look swapped: exchange them?",
    "pairs_off_the_pose": "The {pairs} landmark pairs agree with each other, but lie {median_mm:.1f} mm apart under "
    "this alignment (median): it is wrong, or they mean other places.",
    "pair_off_the_pose": "The points of “{name}” lie {apart_mm:.1f} mm apart under the pose shown, those of the others "
    "about {others_mm:.1f} mm.",
    "pairs_mirrored": "The points in {moving} look mirrored against those in {fixed}: with left and right exchanged "
    "the pairs fit to {mirrored_mm:.1f} mm RMS, and only to {fre_mm:.1f} mm as they are. No rigid fit mends that: look "
    "for a wrong header, for two exchanged columns, or for pairs that were marked on the other side.",
    "pairs_scaled": "The points in {moving} lie {scale:.3f} times as far apart as those in {fixed}, and a rigid fit "
    "does not scale: look for a wrong voxel size, or for points that are not in mm.",
    "pairs_disagree": _pairs_disagree,
    "pairs_turned_round": "The fit turns by {rotation_deg:.0f}°, as if one of the files were RAS: of tables, all are "
    "read as LPS. If the patient did not lie so, negate x and y in that file.",
    "pairs_huddled": "All points lie within {reach_mm:.0f} mm. If the files are in cm, give them in mm.",
    "points_outside": _points_outside,
    "error_measured": _error_measured,
    "error_predicted": _error_predicted,
    "prediction_contradicted": _prediction_contradicted,
    "prediction_for_new_fit": "The pairs have changed since the fit (Ctrl+L): the prediction is for a new fit.",
    "prediction_for_fit": "The prediction is for the fit to the landmarks, not for the pose shown.",
    "residual_small": "Second opinion: skull and skin fit; to lie best on the MR's edges they would move by "
    "{p95_mm:.1f} mm (95 % of the head), about as much as this check errs itself.",
    "residual_some": "Second opinion: skull and skin would fit better {p95_mm:.1f} mm away (95 % of the head; "
    "translation {shift_mm:.1f} mm, rotation {rotation_deg:.1f}°).",
    "residual_far": "Second opinion: skull and skin lie {p95_mm:.1f} mm off the MR's edges (95 % of the head; "
    "translation {shift_mm:.1f} mm, rotation {rotation_deg:.1f}°).",
    "edges_fit_nowhere": "Skull and skin fit the MR's edges in no pose: pieces of them disagree. Are both images of "
    "this patient, with the right voxel sizes?",
    "mirrored_edges": "Left–right flip check: the mirrored head fits the MR's edges better. Check left and right in "
    "the headers.",
    "cannot_judge": _cannot_judge,
    "voxel_size_wrong": lambda v: (
        f"Voxel size: the images fit better if the CT is {abs(v['percent']):.1f} % "
        f"{'larger' if v['percent'] > 0 else 'smaller'} {v['axis']}, or the MR as much the other way. Check pixel size "
        "and slice distance of both."
    ),
    "bone_distance": lambda v: (
        f"The skull of the CT lies {v['median_mm']:.1f} mm from the MR's (median); most in the region {v['worst']}: "
        f"{abs(v['regions'][v['worst']]):.1f} mm {'inside' if v['regions'][v['worst']] > 0 else 'outside'} of it."
    ),
    "ventricles_near": "The ventricles of CT and MR lie {distance_mm:.1f} mm apart.",
    "ventricles_apart": "The ventricles of CT and MR lie {distance_mm:.1f} mm apart: the pose is off, or the brain has "
    "moved inside the skull.",
    "inverse_near": "Inverse consistency: registered the other way round, the images end {apart_mm:.1f} mm from this "
    "pose (95 % of the head).",
    "inverse_apart": "Inverse consistency: registered the other way round, the images end {apart_mm:.1f} mm from this "
    "pose (95 % of the head): they leave it open which is right.",
    "not_reviewed": "This alignment has not been reviewed yet.",
    "accepted": lambda v: f"Accepted{_by(v)} on {_moment(v['date'])}.",
    "rejected": lambda v: f"Rejected{_by(v)} on {_moment(v['date'])}.",
    "review_out_of_date": _review_out_of_date,
    "same_image": _same_image,
    "other_patient": lambda v: (
        f"The headers of the fixed and the moving image name different patients (their {_and(v['differing'])} "
        f"{'differs' if len(v['differing']) == 1 else 'differ'}): make sure that both show one patient."
    ),
    "both_ct": "Both images are CTs. This program is made for a CT and an MR of one head, and was tested on such "
    "pairs alone: check that the right files are open.",
    "dates_apart": "The images were made {days} days apart ({fixed} and {moving}): a rigid alignment does not follow "
    "what has changed in the head since.",
    "same_frame": "Both images have the same frame of reference: the scanner took them as aligned.",
    "image_remark": lambda v: f"{v['side'].capitalize()} image: {v['remark']}",
}
"""A text with the values in it, or what makes one of them."""

_ROWS: Final[dict[str, tuple[str, Callable[[Values], str]]]] = {
    "run_starts": ("Starts converging here", lambda v: f"{v['agreeing']} of {v['starts']}"),
    "run_overlap": ("Overlap", lambda v: percent(v["overlap"])),
    "run_contrast": ("Similarity vs random poses", lambda v: f"{v['contrast']:.1f}"),
    "run_mirror": ("Left–right flip check", lambda v: percent(v["mirror_share"])),
    "run_parts": ("Split-head consistency", lambda v: f"{v['parts_mm']:.1f} mm"),
    "run_rival": ("Best alternative pose", lambda v: f"{percent(v['rival_share'])}, {v['rival_mm']:.0f} mm off"),
    "run_region": ("Region alone", lambda v: f"{v['region_mm']:.1f} mm"),
}
