"""A review: what it is, what it was given for, whether it still holds, its history and its records."""
