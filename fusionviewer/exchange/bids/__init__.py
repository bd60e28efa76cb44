"""Derivatives of a BIDS dataset: names of files, and the documents beside them."""
