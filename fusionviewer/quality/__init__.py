"""Is this alignment believable? Findings from plain values."""
