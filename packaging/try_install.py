"""Install, use, upgrade and remove what was made: `packaging/try_install.py [deb] [run] [pip] [pipx] [windows]`.

As root on Debian, with debootstrap (and Xvfb for the window). Each trial gets a copy of a minimal Debian 12 with
nothing but what the package declares. The sample is registered and the window is opened by an ordinary user; a
picture of the screen stays in dist/. After the removal nothing may be left but the user's own files.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from environment import ROOT
from system import SetupError, install, is_root, run_script, say
from try_windows import try_windows
from xvfb import x_screen

DIST: Final = ROOT / "dist"
ROOTS: Final = ROOT / "build" / "roots"
USER: Final = "reader"
SCREEN: Final = ":97"
RUNTIME: Final = ("libegl1", "libgl1", "fontconfig-config")
"""What the window of the .run needs of the system, as docs/packaging.md says."""

QT_FOR_PIP: Final = (
    "libegl1", "libgl1", "libglib2.0-0", "libdbus-1-3", "libfontconfig1", "libxkbcommon0", "libxkbcommon-x11-0",
    "libxcb-cursor0", "libxcb-icccm4", "libxcb-keysyms1", "libxcb-shape0", "libxcb-xkb1", "libxcb-randr0",
    "libxcb-render-util0", "libxcb-image0", "libx11-xcb1",
)  # fmt: skip
"""The README's list."""


def main() -> int:
    wanted = sys.argv[1:] or ["deb", "run"]
    unknown = [name for name in wanted if name not in (*TRIALS, "windows")]
    if unknown:
        raise SetupError(f"There is no trial {unknown[0]}: choose of {', '.join((*TRIALS, 'windows'))}.")
    if not is_root():
        raise SetupError("Clean roots are made by debootstrap and entered by chroot: be root.")
    tools = {"debootstrap": "debootstrap", "Xvfb": "xvfb", "import": "imagemagick"}
    missing = [package for program, package in tools.items() if not shutil.which(program)]
    if missing:
        install(missing, "The trials need tools that this system lacks.")
    for name in wanted:
        say(f"== {name}")
        if name == "windows":
            linux = _made("fusionviewer/fusionviewer", "folder")  # whose pose is compared
            try_windows(linux, _made("*-setup.exe", "windows"), ROOTS / "windows")
            continue
        with clean_root(name) as root:
            TRIALS[name](root)
    return 0


@contextmanager
def clean_root(name: str) -> Iterator[Path]:
    """A copy of a minimal Debian 12, with an ordinary user; removed afterwards."""
    first, root = ROOTS / "bookworm", ROOTS / name
    if not (first / "etc" / "debian_version").exists():
        say("Making a minimal Debian 12 (once).")
        first.mkdir(parents=True, exist_ok=True)
        subprocess.run(["debootstrap", "--variant=minbase", "bookworm", str(first)], check=True, stdout=sys.stderr)
    _remove(root)
    subprocess.run(["cp", "-a", str(first), str(root)], check=True)
    for folder in ("proc", "dev"):
        subprocess.run(["mount", "--rbind", "--make-rslave", f"/{folder}", str(root / folder)], check=True)
    try:
        shutil.copyfile("/etc/resolv.conf", root / "etc" / "resolv.conf")
        inside(root, "useradd", "--create-home", USER)
        inside(root, "apt-get", "update", "-q")
        yield root
    finally:
        _remove(root)


def _remove(root: Path) -> None:
    if not root.exists():
        return
    for folder in ("proc", "dev"):
        subprocess.run(["umount", "--recursive", "--lazy", str(root / folder)], capture_output=True, check=False)
    subprocess.run(["rm", "-rf", "--one-file-system", str(root)], check=True)


def inside(root: Path, *command: str, user: str = "root", **variables: str) -> str:
    """Run a command in a root, and return what it printed. Raises SetupError with what it said if it fails."""
    home = "/root" if user == "root" else f"/home/{user}"
    environment = {"PATH": f"{home}/.local/bin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "HOME": home,
                   "LANG": "C.UTF-8", "DEBIAN_FRONTEND": "noninteractive", **variables}  # fmt: skip
    words = [f"{name}={value}" for name, value in environment.items()]
    become = [] if user == "root" else ["setpriv", f"--reuid={user}", f"--regid={user}", "--init-groups"]
    done = subprocess.run(
        ["chroot", str(root), "env", "-i", *words, *become, *command],
        capture_output=True, text=True, errors="replace", timeout=1800, check=False, stdin=subprocess.DEVNULL,
    )  # fmt: skip
    if done.returncode != 0:
        raise SetupError(f"{' '.join(command)} ended with {done.returncode}: {(done.stderr or done.stdout)[-2000:]}")
    return done.stdout


def use(root: Path, name: str, program: str, sample: str) -> None:
    """Register the sample and open the window, as an ordinary user."""
    told = inside(root, program, "register", f"{sample}/t1.nii.gz", f"{sample}/ct.nii.gz", "--out", f"/home/{USER}/out",
                  "--json", user=USER)  # fmt: skip
    pose = json.loads(told)
    say(f"  registered the sample: {pose['ending']}, translation {[row[3] for row in pose['moving_from_fixed'][:3]]}")
    picture = DIST / f"try-{name}.png"
    with x_screen(SCREEN):
        study = f"/home/{USER}/out/study.fusion.json"
        command = ["chroot", str(root), "setpriv", f"--reuid={USER}", f"--regid={USER}", "--init-groups", "env", "-i"]
        words = [f"HOME=/home/{USER}", f"DISPLAY={SCREEN}", "LANG=C.UTF-8", "PATH=/usr/bin:/bin"]
        window = subprocess.Popen([*command, *words, program, "view", study, "--quit-after", "40"])
        time.sleep(30)
        subprocess.run(["import", "-display", SCREEN, "-window", "root", str(picture)], check=True)
        if window.wait(timeout=120) != 0:
            raise SetupError(f"The window ended with code {window.returncode}.")
    say(f"  opened the study in the window: {picture.relative_to(ROOT)}")


def left_behind(root: Path) -> list[str]:
    """What bears the program's name outside the users' homes, below which only their own files may lie."""
    told = inside(root, "find", "/", "-xdev", "-iname", "*fusionviewer*", "-not", "-path", "/proc/*", "-not", "-path",
                  f"/home/{USER}/.local/state/*", "-not", "-path", f"/home/{USER}/.config/*")  # fmt: skip
    kept = ("/var/log/", "/var/cache/", "/opt/", "/tmp/")
    return [line for line in told.splitlines() if not line.startswith(kept)]


def nothing_left(root: Path) -> None:
    """Raise SetupError where something of the program is left; the user's results must be there."""
    left = left_behind(root)
    if left:
        raise SetupError(f"After the removal there are still: {', '.join(left)}")
    if not (root / "home" / USER / "out" / "study.fusion.json").exists():
        raise SetupError("The removal took the user's own study.")
    say("  removed; nothing is left but the user's own files")


def try_deb(root: Path) -> None:
    """Install, use, upgrade and purge the package."""
    package = _made("*.deb", "deb")
    shutil.copy(package, root / "opt" / "fusionviewer.deb")
    apt = ("apt-get", "install", "-q", "-y", "--no-install-recommends")
    inside(root, *apt, "/opt/fusionviewer.deb")
    installed = "/usr/lib/fusionviewer/_internal"
    say(f"  installed {inside(root, 'dpkg-query', '-W', 'fusionviewer').split()[1]}")
    use(root, "deb", "fusionviewer", f"{installed}/fusionviewer/resources/sample")
    newer = root / "opt" / "newer"
    subprocess.run(["dpkg-deb", "-R", str(package), str(newer)], check=True)
    control = newer / "DEBIAN" / "control"
    control.write_text(control.read_text().replace("\nVersion: ", "\nVersion: 9:"), encoding="utf-8")
    subprocess.run(["dpkg-deb", "-Znone", "-b", str(newer), str(root / "opt" / "newer.deb")], check=True,
                   stdout=subprocess.DEVNULL)  # fmt: skip
    shutil.rmtree(newer)
    inside(root, *apt, "/opt/newer.deb")
    say(f"  upgraded to {inside(root, 'dpkg-query', '-W', 'fusionviewer').split()[1]}: "
        f"{inside(root, 'fusionviewer', '--version', user=USER).strip()}")  # fmt: skip
    inside(root, "apt-get", "purge", "-q", "-y", "fusionviewer")
    (root / "opt" / "newer.deb").unlink()
    nothing_left(root)


def try_run(root: Path) -> None:
    """Install for one user, use, install again over it, remove; then the same for all users."""
    inside(root, "apt-get", "install", "-q", "-y", "--no-install-recommends", *RUNTIME)
    shutil.copy(_made("*.run", "run"), root / "opt" / "install.run")
    file = "/opt/install.run"
    prefix = f"/home/{USER}/.local"
    sample = "lib/fusionviewer/_internal/fusionviewer/resources/sample"
    inside(root, "sh", file, user=USER)
    use(root, "run", f"{prefix}/bin/fusionviewer", f"{prefix}/{sample}")
    say(f"  again over it: {inside(root, 'sh', file, '--quiet', '--', '--user', user=USER).splitlines()[0]}")
    inside(root, f"{prefix}/lib/fusionviewer/fusionviewer-uninstall", user=USER)
    nothing_left(root)
    inside(root, "sh", file)
    say(f"  for all users: {inside(root, 'fusionviewer', '--version', user=USER).strip()}")
    inside(root, "sh", file, "--quiet", "--", "--uninstall")
    nothing_left(root)


def try_pip(root: Path) -> None:
    """`pip install .` into an environment, by an ordinary user."""
    _python(root, "python3-venv")
    inside(root, "python3", "-m", "venv", f"/home/{USER}/env", user=USER)
    inside(root, f"/home/{USER}/env/bin/pip", "install", "-q", "/opt/sources", user=USER)
    packages = f"/home/{USER}/env/lib/python3.11/site-packages"
    use(root, "pip", f"/home/{USER}/env/bin/fusionviewer", f"{packages}/fusionviewer/resources/sample")


def try_pipx(root: Path) -> None:
    """`pipx install .`, and its removal."""
    _python(root, "pipx")
    inside(root, "pipx", "install", "/opt/sources", user=USER)
    packages = f"/home/{USER}/.local/pipx/venvs/fusionviewer/lib/python3.11/site-packages"
    use(root, "pipx", f"/home/{USER}/.local/bin/fusionviewer", f"{packages}/fusionviewer/resources/sample")
    inside(root, "pipx", "uninstall", "fusionviewer", user=USER)
    shutil.rmtree(root / "opt" / "sources")
    nothing_left(root)


def _python(root: Path, *packages: str) -> None:
    """Python with these packages, Qt's libraries, pip's settings of this machine, and the tracked sources."""
    inside(root, "apt-get", "install", "-q", "-y", "--no-install-recommends", "python3", "ca-certificates", *packages,
           *QT_FOR_PIP)  # fmt: skip
    for settings in (Path("/etc/pip.conf"), Path("/etc/ssl/certs/ca-certificates.crt")):
        if settings.exists():
            shutil.copy(settings, root / settings.relative_to("/"))
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    for name in filter(None, listed.split("\0")):
        target = root / "opt" / "sources" / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, target)


def _made(name: str, kind: str) -> Path:
    """What build.py made of this kind, a pattern of its name in dist/, the newest."""
    found = sorted(DIST.glob(name), key=os.path.getmtime)
    if not found:
        raise SetupError(f"dist/ holds no {name}: make it by python3 packaging/build.py {kind}")
    return found[-1]


TRIALS: Final[dict[str, Callable[[Path], None]]] = {
    "deb": try_deb,
    "run": try_run,
    "pip": try_pip,
    "pipx": try_pipx,
}


if __name__ == "__main__":
    sys.exit(run_script(main))
