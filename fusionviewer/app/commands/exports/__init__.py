"""Commands that write more than one file for other programs."""
