"""What tells apart the images that a series has at one place: their kind, echo, b-value, time, phase, acquisition."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final, NamedTuple

from pydicom.dataset import Dataset

from fusionviewer.imaging.dicom.facts import number

SIEMENS_B, GE_B, PHILIPS_B = 0x0019100C, 0x00431039, 0x20011003
"""Where makers keep the b-value beside DICOM's own tag."""
SIEMENS_MARK, GE_MARK = 0x00190010, 0x00430010
"""Who says what the private tags of these groups mean."""

LABEL_TAGS: Final[tuple[str | int, ...]] = (
    "ImageType", "EchoTime", "EchoNumbers", "InversionTime", "DiffusionBValue", "DiffusionGradientOrientation",
    "TemporalPositionIdentifier", "TriggerTime", "AcquisitionNumber", "AcquisitionTime", "ContentTime",
    "InstanceNumber", SIEMENS_B, GE_B, PHILIPS_B, SIEMENS_MARK, GE_MARK,
)  # fmt: skip

_GROUPS: Final = (
    "FrameContentSequence", "MRImageFrameTypeSequence", "CTImageFrameTypeSequence", "MREchoSequence",
    "MRDiffusionSequence", "MRModifierSequence", "CardiacSynchronizationSequence", "TemporalPositionSequence",
)  # fmt: skip
"""Where files with several frames keep it."""

Texts = Callable[[str | int], Sequence[str]]
"""The values of a tag as texts; empty where there are none."""


class Labels(NamedTuple):
    """What a header says of one slice beside its place. Empty, 0 or -1 where it says nothing."""

    kind: tuple[str, ...] = ()
    """The image type: ORIGINAL, PRIMARY, M …"""
    echo_ms: float = 0.0
    echo: float = 0.0
    inversion_ms: float = 0.0
    b_value: float = -1.0
    direction: tuple[float, ...] = ()
    time: float = 0.0
    """The number of the time, from 1."""
    phase_ms: float = -1.0
    """After the beat of the heart."""
    acquisition: float = 0.0
    moment: str = ""
    instance: float = 0.0


NO_LABELS: Final = Labels()


def plain_labels(values: Mapping[str, Any]) -> Labels:
    """Those of a file with one slice that was read quickly."""

    def texts(tag: str | int) -> Sequence[str]:
        found = values.get(str(tag))
        return found if isinstance(found, list) else ()

    return _labels(texts)


def labels_of(places: Iterable[Dataset | None]) -> Labels:
    """Those of a frame or a file: the first of these data sets, or of their groups, that says something counts."""
    every = [one for place in places if place is not None for one in (*_groups(place), place)]

    def texts(tag: str | int) -> Sequence[str]:
        for place in every:
            value = place[tag].value if tag in place else None
            if value is None or value == "":
                continue
            several = not isinstance(value, (str, bytes)) and hasattr(value, "__iter__")
            return [_plain(one) for one in (value if several else (value,))]
        return ()

    return _labels(texts)


def _plain(value: object) -> str:
    text = value.decode("ascii", "replace") if isinstance(value, bytes) else str(value)
    return text.strip("\0 ")


def _groups(place: Dataset) -> list[Dataset]:
    found = [place[group].value[0] for group in _GROUPS if place.get(group)]
    for one in tuple(found):
        found.extend(one.get("DiffusionGradientDirectionSequence") or ())
    return found


def _labels(texts: Texts) -> Labels:
    return Labels(
        kind=tuple(text.upper() for text in texts("FrameType") or texts("ImageType")),
        echo_ms=_number(texts("EffectiveEchoTime") or texts("EchoTime")),
        echo=_number(texts("EchoNumbers")),
        inversion_ms=_number(texts("InversionTime") or texts("InversionTimes")),
        b_value=_b_value(texts),
        direction=tuple(round(number(text, 0.0), 4) for text in texts("DiffusionGradientOrientation")),
        time=_number(texts("TemporalPositionIndex") or texts("TemporalPositionIdentifier")),
        phase_ms=_number(texts("NominalCardiacTriggerDelayTime") or texts("TriggerTime"), -1.0),
        acquisition=_number(texts("AcquisitionNumber")),
        moment=next(iter(texts("FrameAcquisitionDateTime") or texts("AcquisitionTime") or texts("ContentTime")), ""),
        instance=_number(texts("InstanceNumber")),
    )


def _b_value(texts: Texts) -> float:
    own = texts("DiffusionBValue") or texts(PHILIPS_B)
    if not own and "SIEMENS MR HEADER" in texts(SIEMENS_MARK):
        own = texts(SIEMENS_B)
    if not own and "GEMS_PARM_01" in texts(GE_MARK):
        return _number(texts(GE_B), -1.0) % 1e9 if texts(GE_B) else -1.0
    return _number(own, -1.0)


def _number(texts: Sequence[str], default: float = 0.0) -> float:
    return number(texts[0], default) if texts else default
