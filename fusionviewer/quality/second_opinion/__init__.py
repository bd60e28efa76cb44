"""What the images say about a pose, by evidence that no registration has optimised."""
