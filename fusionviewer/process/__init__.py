"""The process itself: its threads, its log, its locks and its end."""
