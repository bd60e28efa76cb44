"""The table of what a press begins in a pane; the mouse's shape, the tool tip and the help are readings of it."""

from __future__ import annotations

from typing import Any, Final

from PyQt6.QtCore import Qt
from PyQt6.QtGui import QMouseEvent

from fusionviewer.ui.pane.context import PaneContext, PaneHost
from fusionviewer.ui.pane.interactions.interaction import Interaction, InteractionKind, Press
from fusionviewer.ui.pane.interactions.landmarks import LANDMARK, PLACEMENT, PREDICTED_POINT
from fusionviewer.ui.pane.interactions.manual_alignment import MANUAL_ALIGNMENT
from fusionviewer.ui.pane.interactions.measure import DISTANCE
from fusionviewer.ui.pane.interactions.navigation import CROSSHAIR, FADE, PAN, WITHOUT_PRESS, ZOOM
from fusionviewer.ui.pane.interactions.region_drag import REGION
from fusionviewer.ui.pane.interactions.reslice_planes import PLANES
from fusionviewer.ui.pane.interactions.window_level import WINDOW_BOX, WINDOW_LEVEL

INTERACTIONS: Final[tuple[InteractionKind[Any], ...]] = (
    WINDOW_BOX,  # Window/Level is a mode of its own: it never moves a landmark or the crosshair
    WINDOW_LEVEL,
    FADE,
    PLANES,
    DISTANCE,
    MANUAL_ALIGNMENT,
    LANDMARK,
    PREDICTED_POINT,
    PLACEMENT,
    REGION,
    PAN,
    ZOOM,
    CROSSHAIR,
)
"""The first that a press hits is begun."""

MOUSE_HELP: Final = (*(row for kind in reversed(INTERACTIONS) for row in kind.help), *WITHOUT_PRESS)
"""(what is done with the mouse, what that does), for the shortcut sheet: the crosshair comes first."""


def begin(host: PaneHost, context: PaneContext, event: QMouseEvent) -> Interaction | None:
    """What a press of a button begins; None: nothing."""
    at, control = event.position(), bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
    found = _find(context, Press(at, control), event.button())
    if found is None:
        return None
    kind, hit = found
    return kind.begin(host, context, at, hit)


def what_a_press_does(context: PaneContext) -> tuple[Qt.CursorShape, str]:
    """The mouse's shape that tells what a press of the left button would begin, and a tool tip on it or why not."""
    found = _find(context, Press(context.mouse), Qt.MouseButton.LeftButton)
    if found is None:
        return Qt.CursorShape.CrossCursor, ""
    kind, hit = found
    why_not = kind.why_not(context, hit)
    shape = Qt.CursorShape.ForbiddenCursor if why_not else kind.cursor(context, hit)
    return shape, why_not or kind.tip(context, hit)


def _find(context: PaneContext, press: Press, button: Qt.MouseButton) -> tuple[InteractionKind[Any], Any] | None:
    for kind in INTERACTIONS:
        if kind.button == button:
            hit = kind.hit(context, press)
            if hit is not None:
                return kind, hit
    return None
