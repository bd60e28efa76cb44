"""The grid of panes, and each pane as a widget."""
