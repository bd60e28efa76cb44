"""The colours of the window, once dark and once light. Images are black in both, and their marks the same."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from fusionviewer.rendering.colours import FIXED_COLOUR, MOVING_COLOUR, PLANE_COLOURS, TEXT_COLOUR, WARNING_COLOUR
from fusionviewer.session.state import Side

IMAGE: Final = "#000000"
"""Behind every image, whatever the theme: what is bright around a picture changes how its greys look."""


@dataclass(frozen=True)
class Palette:
    """What each colour of the window is for; every text has 4.5 : 1 on every surface that it stands on."""

    dark: bool

    field: str
    """What can be filled in, and lists."""
    window: str
    raised: str
    """Buttons, menus and tool tips."""
    hover: str
    """What is under the mouse, and the selected row of a list."""
    line: str
    """What only divides; never the one sign of anything."""
    outline: str
    """The edge of what can be filled in or ticked: 3 : 1 on the window and on fields."""

    text: str
    caption: str
    disabled: str
    """Paler than captions, and still readable."""

    accent: str
    """The one next thing to do, what is chosen, and where the keyboard is. Neither image's colour."""
    accent_hover: str
    on_accent: str

    caution: str
    """Amber, yellower than the moving image's and always with a sign (▲): look at this."""
    failure: str
    """Red, and always with a sign (✗): this did not work."""

    fixed_text: str
    """The fixed image's blue, as dark as words and shapes in the window need it."""
    moving_text: str
    """The moving image's amber, likewise."""

    axial: str
    sagittal: str
    coronal: str

    @property
    def sides(self) -> dict[Side, str]:
        """The two images' colours in the window."""
        return {"fixed": self.fixed_text, "moving": self.moving_text}


DARK: Final = Palette(
    dark=True,
    field="#17191c",
    window="#202327",
    raised="#2d3137",
    hover="#363b43",
    line="#464c55",
    outline="#6d7580",
    text=TEXT_COLOUR,
    caption="#a9b0ba",
    disabled="#969da7",
    accent="#3fb99f",
    accent_hover="#55cbb2",
    on_accent="#08130f",
    caution="#ecca4a",
    failure=WARNING_COLOUR,
    fixed_text=FIXED_COLOUR,
    moving_text=MOVING_COLOUR,
    axial=PLANE_COLOURS["axial"],
    sagittal=PLANE_COLOURS["sagittal"],
    coronal=PLANE_COLOURS["coronal"],
)

LIGHT: Final = Palette(
    dark=False,
    field="#ffffff",
    window="#f1f3f5",
    raised="#e4e7eb",
    hover="#d9dde3",
    line="#bfc5cd",
    outline="#78818d",
    text="#1b1f24",
    caption="#47505b",
    disabled="#59626e",
    accent="#0b6e5a",
    accent_hover="#095d4c",
    on_accent="#ffffff",
    caution="#6f5300",
    failure="#a8201a",
    fixed_text="#0b53a8",
    moving_text="#8a4600",
    axial="#b3304f",
    sagittal="#6c7500",
    coronal="#227a2c",
)
