"""The studies of a batch as a list to go through."""
