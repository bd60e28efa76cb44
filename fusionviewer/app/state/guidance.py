"""The sentences of the status line: what is shown, and what to do next. Pure functions of values."""

from __future__ import annotations

from typing import Final

from fusionviewer.app.state.steps import first_thing, is_doubted, next_step
from fusionviewer.app.state.twin_prediction import Guess, guess_twin
from fusionviewer.quality.guard.assessment import Verdict
from fusionviewer.quality.wording import ORIGINS
from fusionviewer.rendering.blend_words import blend_words
from fusionviewer.rendering.blends import FACTS, BlendMode
from fusionviewer.rendering.slab import slab_words
from fusionviewer.session.state import SIDES, FusionState, LandmarkPair, Side
from fusionviewer.session.view_state import ROWS, Layout, ViewState

_MARKS: Final[dict[Side, str]] = {"fixed": "Shift+F", "moving": "Shift+M"}
"""The keys that mark a point at the crosshair."""


def what_is_shown(state: FusionState, view: ViewState) -> str:
    """A few words about what the views show."""
    if not state.has_pair:
        return " ".join(f"{volume.name} alone." for volume in state.volumes().values())
    alone = view.enlarged.partition(".")[0]
    if alone in SIDES:
        return f"The {alone} image alone."
    if view.layout == "pairs":
        return "Each image in its own space."
    return f"{ORIGINS[state.alignment.origin]}. {blend_words(view.blend).sentence}.{_slabs(view)}"


def _slabs(view: ViewState) -> str:
    """Which images are shown as slabs: in the mosaic nothing else says it."""
    slabs = [(side, view.slab(side)) for side in SIDES]
    return "".join(f" {side.capitalize()} image: {slab_words(slab)}." for side, slab in slabs if slab is not None)


def why_apart(view: ViewState) -> str:
    """Why no view shows both images together, and the key that does; empty if one does."""
    alone = view.enlarged.partition(".")[0]
    if view.layout == "pairs":
        return "Each row shows one image alone: press L to see both together."
    if alone not in SIDES:
        return ""
    return f"Only the {alone} image is shown: press Ctrl+4 to see both together."


def blended_unseen(view: ViewState) -> str:
    """What has become of the blend where no view shows it, and the key that does; empty if one does."""
    why = why_apart(view)
    return why and f"{blend_words(view.blend).sentence}. {why}"


def why_no_mode(state: FusionState, mode: BlendMode) -> str:
    """Why the two images cannot be put together in a mode that is not for every pair; empty if they can."""
    done = FACTS[mode].like_images
    if not done:
        return ""
    if state.fixed is None or state.moving is None:
        return "Open a fixed and a moving image first."
    if state.fixed.modality != state.moving.modality:
        return f"Only images of the same kind can be {done}: two CTs, or two MRs alike."
    return ""


def why_no_swap(mode: BlendMode) -> str:
    """Why it makes no sense to swap the two images; empty if it does."""
    return "Swapping the images changes nothing in this mode." if FACTS[mode].symmetric else ""


def what_to_do(
    state: FusionState,
    view: ViewState,
    placing: bool,
    again: tuple[Side, ...] = (),
    verdict: Verdict | None = None,
) -> str:
    """One sentence about the next sensible thing to do.

    `again`: where the selected pair's placement is repeated; `verdict`: what the check says of the fusion.
    """
    if again and view.selected_pair is not None and view.selected_pair < len(state.landmarks):
        name = state.landmarks[view.selected_pair].name
        key = _MARKS[again[0]]
        return f"Find {name} again in the {again[0]} image and click it ({key} at the crosshair); Esc ends this."
    if placing and view.selected_pair is not None and view.selected_pair < len(state.landmarks):
        guess = guess_twin(state, view.selected_pair)
        return _what_to_mark(state.landmarks[view.selected_pair], view.layout, guess)
    if not state.volumes():
        return "Open a fixed and a moving image, or drop them here."
    if state.fixed is None:
        return "Open the fixed image: the one that stays."
    if state.moving is None:
        return "Open the moving image: the one that is aligned."
    step = next_step(state, verdict)
    if step == "align" and is_doubted(state, verdict):
        return "Place landmark pairs (N) for a better start, or review the result all the same (Alt+3)."
    if step == "review" and why_apart(view):
        return "Review the fusion (Alt+3), which shows both images together."
    if step == "align":
        return first_thing(state)
    if step == "review":
        return "Review the fusion: fade (Q, E), checkerboard (K), bone contours (B); then accept or reject it."
    return "Save the study, and export the transform or the resampled image."


def _what_to_mark(pair: LandmarkPair, layout: Layout, guess: Guess | None) -> str:
    upper, lower = (" (upper row)", " (lower row)") if layout in ROWS else ("", " as it is seen here")
    if pair.fixed_point is None and pair.moving_point is None:
        keys = "Shift+F and Shift+M mark it at the crosshair"
        return f"Click {pair.name} in the fixed image{upper} and in the moving one{lower}; {keys}."
    side: Side = "fixed" if pair.fixed_point is None else "moving"
    missing = f"{side} image{upper if side == 'fixed' else lower}"
    if guess is None:
        return f"Now click {pair.name} in the {missing}; {_MARKS[side]} marks it at the crosshair."
    return f"Now click {pair.name} in the {missing}. Enter takes the dashed guess, {guess.source}."
