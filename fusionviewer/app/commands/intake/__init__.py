"""Commands: what the user decides about how an image is read, before and after it is open."""
