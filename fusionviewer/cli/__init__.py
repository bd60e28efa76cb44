"""The command line: read, compute, write. No Qt."""
