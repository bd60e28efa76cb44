"""What tells apart the images that a series has at one place: their kind, echo, b-value, time, phase, acquisition."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final, NamedTuple

from pydicom.dataset import Dataset
from pydicom.tag import BaseTag, Tag

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

_IN_GROUPS: Final = (
    "FrameType", "EffectiveEchoTime", "InversionTimes", "TemporalPositionIndex", "NominalCardiacTriggerDelayTime",
    "FrameAcquisitionDateTime",
)  # fmt: skip
_TAGS: Final = {key: Tag(key) for key in (*LABEL_TAGS, *_IN_GROUPS)}

_GROUPS: Final = tuple(Tag(key) for key in (
    "FrameContentSequence", "MRImageFrameTypeSequence", "CTImageFrameTypeSequence", "MREchoSequence",
    "MRDiffusionSequence", "MRModifierSequence", "CardiacSynchronizationSequence", "TemporalPositionSequence",
))  # fmt: skip
"""Where files with several frames keep it."""
_DIRECTIONS: Final = Tag("DiffusionGradientDirectionSequence")

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


def label_reader(common: Iterable[Dataset]) -> Callable[[Dataset], Labels]:
    """What gives the labels of a frame from what is its own; what that leaves open, these data sets say for all."""
    every = [one for place in common for one in (*_groups(place), place)]
    known: dict[BaseTag, Sequence[str]] = {}

    def labels(own: Dataset) -> Labels:
        first = [*_groups(own), own]

        def texts(key: str | int) -> Sequence[str]:
            tag = _TAGS[key]
            found = _found(first, tag)
            if not found:
                if tag not in known:
                    known[tag] = _found(every, tag)
                found = known[tag]
            return found

        return _labels(texts)

    return labels


def _found(places: Sequence[Dataset], tag: BaseTag) -> Sequence[str]:
    """The first values that there are, as texts."""
    for place in places:
        value = place[tag].value if tag in place else None
        if value is None or value == "":
            continue
        several = not isinstance(value, (str, bytes)) and hasattr(value, "__iter__")
        return [_plain(one) for one in (value if several else (value,))]
    return ()


def _plain(value: object) -> str:
    text = value.decode("ascii", "replace") if isinstance(value, bytes) else str(value)
    return text.strip("\0 ")


def _groups(place: Dataset) -> list[Dataset]:
    found = [place[group].value[0] for group in _GROUPS if group in place and place[group].value]
    for one in tuple(found):
        if _DIRECTIONS in one:
            found.extend(one[_DIRECTIONS].value or ())
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
