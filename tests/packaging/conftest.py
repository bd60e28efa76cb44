"""The scripts of packaging/ are started by path; here they can be imported by the names they call each other."""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.append(str(ROOT / "packaging"))  # at the end: its test.py shall not stand before Python's own
