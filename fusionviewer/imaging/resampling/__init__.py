"""Which image goes onto which grid, and an interpolation that ITK does too slowly."""
