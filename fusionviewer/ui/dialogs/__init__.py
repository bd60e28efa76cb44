"""Questions that must be answered, and the choice of files."""
