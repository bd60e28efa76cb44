"""Transforms and landmarks in the files of other tools; each module reads and writes one format."""
