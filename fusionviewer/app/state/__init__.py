"""The open study, its display, and values derived from both."""
