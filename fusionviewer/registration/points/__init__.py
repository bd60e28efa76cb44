"""Pairs of points: the fit, its error, pairs that do not fit, and landmarks as a prior."""
