"""The window: its bars, its side panel, and what connects them to the commands."""
