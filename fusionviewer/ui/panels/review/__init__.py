"""Parts of step 3: the tour, and the history of the reviews."""
