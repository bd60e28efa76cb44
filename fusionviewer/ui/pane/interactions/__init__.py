"""What a press of the mouse begins in a pane."""
