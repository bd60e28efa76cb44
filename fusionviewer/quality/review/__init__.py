"""What a reviewer is helped with: the history in words, places to look at, and how the images share their values."""
