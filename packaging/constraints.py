"""Write packaging/constraints.txt, the versions that were tested: `python3 packaging/constraints.py`.

Run it when the tests have passed with what .venv holds; the bundles are built with just these versions.
"""

from __future__ import annotations

import subprocess
import sys

from environment import CONSTRAINTS, ROOT, ready
from system import run_script, say

EXTRAS = ("test", "build")
HEAD = """\
# What was tested, for pip's --constraint. Made by packaging/constraints.py from the environment; not written by hand.
"""
LISTED = """
import re, sys
from importlib import metadata
plain = lambda name: re.sub(r"[-_.]+", "-", name).lower()
installed = {plain(found.name): found for found in metadata.distributions()}
wanted, waiting = set(), [("fusionviewer", set(sys.argv[1:]))]
while waiting:
    name, extras = waiting.pop()
    if name not in installed or (name, *sorted(extras)) in wanted:
        continue
    wanted.add((name, *sorted(extras)))
    for line in installed[name].requires or ():
        asked = re.search(r"extra == ['\\"]([^'\\"]+)", line)
        if asked is None or plain(asked[1]) in extras:
            head = re.match(r"([A-Za-z0-9._-]+)(?:\\[([^\\]]*)\\])?", line)
            waiting.append((plain(head[1]), {plain(extra) for extra in (head[2] or "").split(",") if extra}))
names = {name for name, *_ in wanted} - {"fusionviewer"}
print("\\n".join(f"{name}=={installed[name].version}" for name in sorted(names)))
"""
"""Run with the environment's Python: everything that fusionviewer with these extras needs, as it is installed there."""


def main() -> int:
    python = ready(*EXTRAS)
    done = subprocess.run([str(python), "-c", LISTED, *EXTRAS], stdout=subprocess.PIPE, text=True, check=True)
    (ROOT / CONSTRAINTS).write_text(HEAD + done.stdout, encoding="utf-8", newline="\n")
    say(f"{len(done.stdout.splitlines())} versions: {CONSTRAINTS}")
    return 0


if __name__ == "__main__":
    sys.exit(run_script(main))
