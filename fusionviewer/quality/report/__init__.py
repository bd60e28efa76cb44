"""A study as a report: its facts, the same as a page and on paper, and the run that it tells made again."""
