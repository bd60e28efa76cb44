"""Files of points, one module for each format."""
