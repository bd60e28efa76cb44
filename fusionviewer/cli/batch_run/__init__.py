"""The work of `fusionviewer batch`: its table, what was done already, one row, and the processes of all rows."""

from typing import Final

OVERVIEW: Final = "overview.html"
RESULTS: Final = "results.csv"
"""What a batch writes beside its rows."""
