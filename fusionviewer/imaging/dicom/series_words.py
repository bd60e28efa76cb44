"""What a series is, in words: the same in the window and on the command line."""

from __future__ import annotations

from fusionviewer.imaging.dicom.series_choice import SeriesChoice


def title(choice: SeriesChoice) -> str:
    """What to call a series: its description, else its protocol, else what is the matter."""
    if choice.description_hidden:
        hidden = "Description hidden: it names the patient"
        return f"{choice.part_name} ({hidden[0].lower()}{hidden[1:]})" if choice.part_name else hidden
    number = choice.facts.number
    unnamed = "Without a description" if number is None else f"Series {number}, without a description"
    called = choice.description or choice.facts.protocol or unnamed
    return f"{called}, {choice.part_name}" if choice.part_name else called


def kind(choice: SeriesChoice) -> str:
    """The modality, and the kernel of a CT or the sequence of an MR: “CT · H30s”."""
    return " · ".join(part for part in (choice.modality or "?", choice.method) if part)


def slices(choice: SeriesChoice) -> str:
    """How many slices, and how far they lie apart: “176 × 1 mm”."""
    count = f"{choice.n_slices}"
    return f"{count} × {choice.slice_mm:.3g} mm" if choice.slice_mm > 0 else count


def pixel(choice: SeriesChoice) -> str:
    """The size of a pixel: “0.488 mm”, or “0.9 × 1.2 mm” where it is no square; empty if it is not known."""
    columns, rows = choice.spacing[:2]
    if not (columns > 0 and rows > 0):
        return ""
    return f"{columns:.3g} mm" if f"{columns:.3g}" == f"{rows:.3g}" else f"{columns:.3g} × {rows:.3g} mm"


def moment(when: str) -> str:
    """A date and a time without seconds."""
    return when[:16]


def facts(choice: SeriesChoice) -> str:
    """Everything but the name, in one line: what is not known is left out."""
    number = choice.facts.number
    columns, rows = choice.size[:2]
    return " · ".join(
        part
        for part in (
            "" if number is None else f"Series {number}",
            f"part {choice.part}" if choice.parts > 1 or choice.part > 1 else "",
            moment(choice.facts.when),
            kind(choice),
            f"{slices(choice)} {'slices' if choice.usable else 'images'}",
            f"{columns} × {rows} pixels" + (f" of {pixel(choice)}" if pixel(choice) else ""),
            choice.plane,
        )
        if part
    )
