"""Which series of a DICOM folder are the likeliest to be fused, and why: pure functions of what their headers say."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal, TypeAlias

from fusionviewer.imaging.dicom.series_choice import SeriesChoice

Kernel: TypeAlias = Literal["soft", "bone", ""]

THIN_MM: Final = 1.6
"""Slices of a CT that lie no further apart show the skull's surface well enough for millimetres."""

LOW_MM: Final = 80.0
"""A stack that is lower than this holds a part of the head only."""

FINE_MM: Final = 1.6
"""An MR whose voxels have no longer edge counts as 3D, whatever its header says."""

_DERIVED: Final = {"LOCALIZER", "SECONDARY", "DERIVED", "MIP", "MPR", "PROJECTION", "SCOUT", "SUBTRACTION", "DOSE"}
_HEAD: Final = ("HEAD", "BRAIN", "SKULL", "CRAN", "NEURO", "KOPF", "CEREB", "SCHAEDEL", "FACE", "ORBIT", "SINUS", "EAR")

_T1: Final = re.compile(
    r"(?<![a-z0-9])t1(?![0-9])|mp-?rage|mprage|fspgr|spgr|bravo|tfl3d|tfl_?3d|vibe|t1w|fl3d|ir[-_ ]?fspgr|turboflash"
)
_OTHER: Final = re.compile(
    r"t2|flair|tirm|stir|dwi|diff|adc|dti|trace|swi|swan|phase|mag(?![a-z])|tof|angio|bold|fmri|perf|asl|field.?map|"
    r"pd(?![a-z])|localizer|scout|survey|ep2d|epi(?![a-z])|ciss|fiesta|space"
)
_ASIDE: Final = re.compile(
    r"\b(fat|(?<!in )phase|real part|imaginary part|ADC|FA|MIP|minIP|subtraction|T[12]\*? map)\b(?! \d)|\bb [1-9]"
)
"""Volumes of a series that are seldom meant where another one is there."""

_BONE: Final = re.compile(r"bone|edge|sharp|lung|detail|\bear\b|knochen|\bu[c-h]|^yb|^yc|^fc[38]\d|^fc[4-5]\d")
_SOFT: Final = re.compile(r"soft|standard|stand|brain|smooth|head|^ua|^ub|^fc[0-2]\d|^fc6\d")
_NUMBERED: Final = re.compile(r"^(?!fc)[a-z]{1,2}(\d{2})")
"""Siemens' kernels: H30s, Hr40, J45s, I70f: the number grows with the sharpness."""

_SHARP_FROM: Final = 50


@dataclass(frozen=True)
class Likely:
    """A series, and a whole sentence that says why it is the likeliest of its patient's."""

    choice: SeriesChoice
    why: str


@dataclass(frozen=True)
class LikelyPair:
    """The likeliest MR and the likeliest CT, of one patient; None where there is none that can be opened."""

    mr: Likely | None
    ct: Likely | None


def likeliest_pair(choices: Sequence[SeriesChoice], patient: int = 0) -> LikelyPair:
    """The likeliest MR and CT of a patient (0: of the first one who has both, else of the first with either)."""
    numbers = [patient] if patient else sorted({choice.patient for choice in choices})
    pairs = [LikelyPair(likeliest_mr(own), likeliest_ct(own)) for own in (_of(choices, n) for n in numbers)]
    whole = [pair for pair in pairs if pair.mr and pair.ct]
    some = [pair for pair in pairs if pair.mr or pair.ct]
    return next(iter((*whole, *some)), LikelyPair(None, None))


def _of(choices: Iterable[SeriesChoice], patient: int) -> list[SeriesChoice]:
    return [choice for choice in choices if choice.patient == patient]


def likeliest_ct(choices: Iterable[SeriesChoice]) -> Likely | None:
    """The CT that shows the whole head in the thinnest slices, with a soft-tissue kernel where there is one as thin."""
    found = [choice for choice in choices if choice.usable and choice.modality == "CT"]
    if not found:
        return None
    best = min(found, key=lambda choice: (*_unlikely(choice), *_ct_order(choice), choice.key))
    return Likely(best, _why_ct(best, found))


def likeliest_mr(choices: Iterable[SeriesChoice]) -> Likely | None:
    """The 3D T1 with the smallest voxels; without one, the MR with the smallest voxels."""
    found = [choice for choice in choices if choice.usable and choice.modality == "MR"]
    if not found:
        return None
    best = min(found, key=lambda choice: (*_unlikely(choice), *_mr_order(choice), choice.key))
    return Likely(best, _why_mr(best, found))


def kernel_of(choice: SeriesChoice) -> Kernel:
    """Whether a CT is made for soft tissue or for bone, by its kernel, else by its description; empty: not known."""
    for text in (choice.facts.kernel, choice.description):
        words = text.casefold()
        numbered = _NUMBERED.match(words) if text is choice.facts.kernel else None
        if numbered:
            return "bone" if int(numbered.group(1)) >= _SHARP_FROM else "soft"
        if _BONE.search(words):
            return "bone"
        if _SOFT.search(words):
            return "soft"
    return ""


def is_t1(choice: SeriesChoice) -> bool:
    """Whether an MR is T1-weighted, by its names, else by its times."""
    facts = choice.facts
    for text in (choice.description, facts.protocol, facts.sequence):
        words = text.casefold()
        if _T1.search(words):
            return "t2" not in words
        if _OTHER.search(words):
            return False
    short = 0 < facts.echo_ms <= 20
    return short and (0 < facts.repetition_ms <= 900 or 500 <= facts.inversion_ms <= 1300)


def is_3d(choice: SeriesChoice) -> bool:
    """Whether an MR's slices join without gaps: scanned in 3D, or as fine as if it were."""
    return choice.facts.scanned_3d or 0 < max(choice.spacing) <= FINE_MM


def _unlikely(choice: SeriesChoice) -> tuple[bool, bool, bool, bool]:
    """What speaks against a series before its slices are compared: another part of the body, made of others, low.

    Of a series with several volumes also what shows the head less like other images do: fat, phase, diffusion.
    """
    body = choice.facts.body_part
    height_mm = choice.size[2] * choice.spacing[2]
    wide_mm = min(n * mm for n, mm in zip(choice.size[:2], choice.spacing[:2], strict=True))
    return (
        bool(body) and not any(part in body for part in _HEAD),
        bool(_DERIVED & set(choice.facts.image_type)),
        min(height_mm, wide_mm) < LOW_MM,
        bool(_ASIDE.search(choice.part_name)),
    )


def _ct_order(choice: SeriesChoice) -> tuple[Any, ...]:
    rank = {"soft": 0, "": 1, "bone": 2}[kernel_of(choice)]
    return choice.slice_mm > THIN_MM, rank if choice.slice_mm <= THIN_MM else 0, round(choice.slice_mm, 2), rank


def _mr_order(choice: SeriesChoice) -> tuple[Any, ...]:
    kind = {(True, True): 0, (True, False): 2, (False, True): 1, (False, False): 3}[is_t1(choice), is_3d(choice)]
    return kind, round(max(choice.spacing), 2), round(_voxel_mm3(choice), 2)


def _voxel_mm3(choice: SeriesChoice) -> float:
    x, y, z = choice.spacing
    return x * y * z


def _why_ct(best: SeriesChoice, found: Sequence[SeriesChoice]) -> str:
    if len(found) == 1:
        return "The only CT of this patient that can be opened."
    kernel, mm = kernel_of(best), f"{best.slice_mm:.3g} mm"
    if kernel == "soft":
        return f"{_most(best, found, kernel_of)} soft-tissue CT of this patient: slices {mm} apart."
    others = [choice for choice in found if kernel_of(choice) == "soft"]
    if kernel == "bone" and others:
        thinnest = min(choice.slice_mm for choice in others)
        return f"Thinnest CT of this patient: slices {mm} apart, of the soft-tissue series {thinnest:.3g} mm."
    thinner = [choice for choice in found if kernel_of(choice) == "bone" and choice.slice_mm < best.slice_mm]
    if kernel == "" and thinner:
        return f"Likeliest CT of this patient: slices {mm} apart; what is thinner is made for bone."
    return f"{_most(best, found, lambda _: '')} CT of this patient: slices {mm} apart."


def _why_mr(best: SeriesChoice, found: Sequence[SeriesChoice]) -> str:
    if len(found) == 1:
        return "The only MR of this patient that can be opened."
    size = " × ".join(f"{mm:.3g}" for mm in best.spacing)
    if is_t1(best) and is_3d(best):
        alone = sum(is_t1(choice) and is_3d(choice) for choice in found) == 1
        most = "The only 3D T1 MR of this patient" if alone else "3D T1 MR of this patient with the finest voxels"
        return f"{most}: {size} mm."
    told = "no 3D T1 was recognised" if not is_t1(best) else "it is T1, and no T1 in 3D was recognised"
    return f"MR of this patient with the finest voxels, {size} mm; {told}."


def _most(best: SeriesChoice, found: Sequence[SeriesChoice], kind: Callable[[SeriesChoice], str]) -> str:
    """“Thinnest”, or “Likeliest” where a thinner one of its kind shows less of the head, or is made of others."""
    thinnest = min(choice.slice_mm for choice in found if kind(choice) == kind(best))
    return "Thinnest" if best.slice_mm <= thinnest + 0.005 else "Likeliest"
