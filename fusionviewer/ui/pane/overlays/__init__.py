"""What is painted over the picture of a pane."""
