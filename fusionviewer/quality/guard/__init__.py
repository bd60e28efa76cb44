"""From the evidence to one assessment: how far a fusion can be trusted."""
