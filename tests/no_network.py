"""A process for which there is no network: whatever asks for one is written down and refused, and the system ends it.

`environment` refuses sockets and names of hosts in Python, also in the child processes that read images. `forbid` has
the Linux kernel kill a process that asks for a socket of the internet, in whatever language; what this process starts
is under the same rule. Sockets of the machine itself (AF_UNIX), by which a screen is reached, are allowed.
"""

from __future__ import annotations

import ctypes
import os
import platform
import struct
import sys
from pathlib import Path
from typing import Final

GUARD: Final = """
import os, sys

def _watch(event, values):
    asked = event.startswith(("socket.", "urllib.", "http.client.", "ftplib.", "smtplib.", "imaplib."))
    if event == "socket.__new__" and int(values[1]) == 1:  # AF_UNIX
        return
    if asked and event not in ("socket.gethostname",):
        with open(os.environ["NO_NETWORK_LOG"], "a") as log:
            log.write(f"{event} {values!r}\\n")
        raise PermissionError(f"no network: {event}")

sys.addaudithook(_watch)
"""
"""Python runs it at each start; no code can take the hook away."""

SOCKET_CALLS: Final = {"x86_64": (0xC000003E, 41), "aarch64": (0xC00000B7, 198)}
"""The kernel's name of the architecture, and the number of the call `socket`."""

_INTERNET: Final = (2, 10, 17)
"""AF_INET, AF_INET6, AF_PACKET."""


def environment(folder: Path) -> dict[str, str]:
    """The environment of a guarded process; what it asked for is then in `asked(folder)`."""
    (folder / "guard").mkdir(exist_ok=True)
    (folder / "guard" / "sitecustomize.py").write_text(GUARD, encoding="utf-8")
    paths = [str(folder / "guard"), *filter(None, [os.environ.get("PYTHONPATH")])]
    return {**os.environ, "PYTHONPATH": os.pathsep.join(paths), "NO_NETWORK_LOG": str(folder / "asked.txt")}


def asked(folder: Path) -> str:
    """What was asked of the network."""
    path = folder / "asked.txt"
    return path.read_text(encoding="utf-8") if path.exists() else ""


def why_not_forbidden() -> str:
    """Why the system cannot forbid it here; empty if it can."""
    if not sys.platform.startswith("linux"):
        return "only Linux has seccomp"
    if platform.machine() not in SOCKET_CALLS:
        return f"the calls of {platform.machine()} are not known"
    return "" if Path("/proc/sys/kernel/seccomp/actions_avail").exists() else "the kernel has no seccomp"


def forbid() -> None:
    """From now on this process and all that it starts are killed (SIGSYS) for a socket of the internet."""
    architecture, call = SOCKET_CALLS[platform.machine()]
    kill, allow = 0x80000000, 0x7FFF0000
    load, equal, give = 0x20, 0x15, 0x06  # BPF_LD|W|ABS, BPF_JMP|JEQ|K, BPF_RET|K
    families = len(_INTERNET)
    rules = [
        (load, 0, 0, 4), (equal, 1, 0, architecture), (give, 0, 0, allow),
        (load, 0, 0, 0), (equal, 1, 0, call), (give, 0, 0, allow), (load, 0, 0, 16),
        *((equal, families - n, 0, family) for n, family in enumerate(_INTERNET)),
        (give, 0, 0, allow), (give, 0, 0, kill),
    ]  # fmt: skip
    code = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *rule) for rule in rules))
    program = struct.pack("HxxxxxxP", len(rules), ctypes.addressof(code))
    libc = ctypes.CDLL(None, use_errno=True)
    no_new_rights, seccomp, by_filter = 38, 22, 2
    if libc.prctl(no_new_rights, 1, 0, 0, 0) or libc.prctl(seccomp, by_filter, program, 0, 0):
        raise OSError(ctypes.get_errno(), "seccomp was refused")
