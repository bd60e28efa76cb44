"""What a pane shows and what the mouse does in it, without the widget itself."""
