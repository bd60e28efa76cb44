"""A study and its view as a scene of another viewer."""

from __future__ import annotations

import numpy as np

from fusionviewer.errors import BadArgument
from fusionviewer.exchange.scenes.content import Look, SceneContent
from fusionviewer.rendering.window import Window, auto_window
from fusionviewer.session.exports.listed_points import points_of_list
from fusionviewer.session.state import FusionState
from fusionviewer.session.view_state import ViewState


def scene_content(
    state: FusionState, view: ViewState | None = None, names: tuple[str, str] = ("fixed", "moving")
) -> SceneContent:
    """The scene of a study as it is looked at; without a view half faded, at the middle, with automatic windows.

    `names` are those of the images' files. A landmark is in the list of each image that it is marked in. Raises
    BadArgument where an image is missing, or where a name cannot be that of a file.
    """
    fixed, moving = state.fixed, state.moving
    if fixed is None or moving is None:
        raise BadArgument("A scene needs two images.", "Open a fixed and a moving image first.")
    if view is None:
        fixed_look, moving_look = Look(*_ends(auto_window(fixed))), Look(*_ends(auto_window(moving)))
    else:
        fixed_look = Look(*_ends(view.fixed_window), view.fixed_colours)
        moving_look = Look(*_ends(view.moving_window), view.moving_colours)
    return SceneContent(
        fixed,
        moving,
        state.alignment.moving_from_fixed,
        fixed_look,
        moving_look,
        0.5 if view is None else view.fade,
        fixed.grid.centre if view is None else np.asarray(view.fixed.cursor),
        targets=points_of_list(state, "targets"),
        fixed_landmarks=points_of_list(state, "fixed-landmarks"),
        moving_landmarks=points_of_list(state, "moving-landmarks"),
        names=names,
    )


def _ends(window: Window) -> tuple[float, float]:
    """Black and white; what goes on beyond a window's upper end is left out, for other viewers know one window only."""
    return window.low, window.high
