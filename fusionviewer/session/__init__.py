"""What the user has made, as immutable values, pure edits of them, and their file."""
