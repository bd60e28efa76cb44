"""The tables of landmark pairs and targets."""
