"""From two volumes, or pairs of points, to a rigid transform."""
