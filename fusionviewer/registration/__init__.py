"""From two volumes, or pairs of points, to a rigid transform."""

from fusionviewer.registration.bounds import Bounds
from fusionviewer.registration.engine import register
from fusionviewer.registration.points.fit import LandmarkFit, fit_landmarks
from fusionviewer.registration.points.landmark_prior import LandmarkPull, LandmarkReport
from fusionviewer.registration.reason import VALUES_OF, FrozenValues, Reason, ReasonCode, plain_values
from fusionviewer.registration.region import Box, Region, make_box
from fusionviewer.registration.result import Ending, Evidence, PoseUpdate, RegistrationResult
from fusionviewer.registration.settings import DEFAULT_SEED, RegistrationSettings, Start, StartKind
from fusionviewer.registration.starts import starting_pose

__all__ = [
    "DEFAULT_SEED",
    "VALUES_OF",
    "Bounds",
    "Box",
    "Ending",
    "Evidence",
    "FrozenValues",
    "LandmarkFit",
    "LandmarkPull",
    "LandmarkReport",
    "PoseUpdate",
    "Reason",
    "ReasonCode",
    "Region",
    "RegistrationResult",
    "RegistrationSettings",
    "Start",
    "StartKind",
    "fit_landmarks",
    "make_box",
    "plain_values",
    "register",
    "starting_pose",
]
