"""A study as scenes of other viewers and as derivatives of a dataset take it."""
