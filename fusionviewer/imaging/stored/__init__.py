"""Image files whose voxels are read by ourselves: where they stand, and what they are."""
