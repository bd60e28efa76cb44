"""Points, rigid transforms, grids and planes. Pure NumPy; every point is LPS millimetres."""

from fusionviewer.geometry.grid import Grid
from fusionviewer.geometry.plane import AXIAL, CORONAL, ORIENTATIONS, SAGITTAL, Orientation, SideLetters, SlicePlane
from fusionviewer.geometry.rigid import NotRigid, RigidTransform, rotation_from_vector, vector_from_rotation
from fusionviewer.geometry.types import Matrix, Points, as_point

__all__ = [
    "AXIAL",
    "CORONAL",
    "ORIENTATIONS",
    "SAGITTAL",
    "Grid",
    "Matrix",
    "NotRigid",
    "Orientation",
    "Points",
    "RigidTransform",
    "SideLetters",
    "SlicePlane",
    "as_point",
    "rotation_from_vector",
    "vector_from_rotation",
]
