"""Volumes and a pose to 8-bit pictures, with NumPy and without Qt."""
