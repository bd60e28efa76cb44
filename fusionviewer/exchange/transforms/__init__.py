"""Files of transforms, one module for each format."""
