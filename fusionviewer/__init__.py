"""fusionviewer fuses a head CT with an MRI, and says how far the result can be believed.

Not a medical device: for research, not for diagnosis or treatment. What `from fusionviewer import …` gives lives in
`fusionviewer.library`, which is loaded when the first of it is asked for: the command line does not wait for it.
"""

from fusionviewer.version import __version__

TYPE_CHECKING = False
if TYPE_CHECKING:
    from fusionviewer.library import *  # noqa: F403 - its __all__
else:

    def __getattr__(name: str) -> object:
        if name not in __all__:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        from fusionviewer import library

        return getattr(library, name)


__all__ = [
    "Cancelled",
    "FusionError",
    "Grid",
    "LandmarkPair",
    "Observer",
    "Progress",
    "RigidTransform",
    "Study",
    "Target",
    "Volume",
    "__version__",
    "describe",
    "draw_picture",
    "fit_landmarks",
    "read_transform",
    "read_volume",
    "refine",
    "register",
    "resample",
    "union_grid",
    "volume_from_array",
    "write_picture",
    "write_transform",
    "write_volume",
]


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
