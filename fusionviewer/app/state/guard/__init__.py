"""The check of the fusion that the window shows, in the background."""
