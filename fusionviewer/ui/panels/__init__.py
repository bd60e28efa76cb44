"""The right-hand column: one panel for each of the four steps."""
