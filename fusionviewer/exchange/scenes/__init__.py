"""A study as a folder that another viewer opens with everything in its place."""
