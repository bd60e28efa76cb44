"""The sections of step 2: the result card, and what stands on the pages Automatic, Landmarks and Manual."""
