"""The table of everything that can be done from a menu or a key."""
