"""What a desktop on Linux is told: menu entry, kind of file, icons, man page."""

from __future__ import annotations

import configparser
import gzip
import io
import shutil
import subprocess
from pathlib import Path
from xml.etree import ElementTree

import pytest
from bundles import desktop
from bundles.man_page import man_page, parser_of
from PIL import Image

from fusionviewer.cli.main import COMMANDS
from fusionviewer.session.study_file import SUFFIX

KIND = "application/x-fusionviewer-study+json"


@pytest.fixture(scope="module")
def share(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("share")
    desktop.write_share(folder)
    return folder


def test_the_menu_entry_opens_studies(share: Path) -> None:
    entry = configparser.ConfigParser(interpolation=None)
    entry.read_string((share / desktop.ENTRY).read_text(encoding="utf-8"))
    told = entry["Desktop Entry"]
    assert told["Exec"] == "fusionviewer view %f"
    assert told["MimeType"] == f"{KIND};"
    assert told["Icon"] == "fusionviewer"


def test_a_study_is_known_by_its_name(share: Path) -> None:
    kinds = ElementTree.parse(share / desktop.KIND).getroot()
    space = "{http://www.freedesktop.org/standards/shared-mime-info}"
    kind = kinds.find(f"{space}mime-type")
    assert kind is not None
    assert kind.get("type") == KIND
    glob = kind.find(f"{space}glob")
    assert glob is not None
    assert glob.get("pattern") == f"*{SUFFIX}"


def test_icons_have_the_sizes_of_their_folders(share: Path) -> None:
    found = {}
    for path in (share / "icons").rglob("*.png"):
        with Image.open(io.BytesIO(path.read_bytes())) as icon:
            found[path.parents[1].name] = f"{icon.width}x{icon.height}"
    assert {"16x16", "32x32", "48x48", "256x256"} <= set(found)
    assert all(folder == size for folder, size in found.items())
    assert (share / "icons/hicolor/scalable/apps/fusionviewer.svg").exists()


def test_the_man_page_tells_every_command_and_option(share: Path) -> None:
    page = gzip.decompress((share / "man/man1/fusionviewer.1.gz").read_bytes()).decode()
    assert page == man_page()
    assert ".SS view" in page
    for name, what in COMMANDS.items():
        section = page.partition(f"\n.SS {name}\n")[2].partition("\n.S")[0]
        assert what[1:].replace("-", "\\-") in section
        for action in parser_of(name)._actions:
            for option in action.option_strings:
                if option not in ("-h", "--help"):
                    assert option.replace("-", "\\-") in section, f"{name} {option}"
    assert "130 interrupted" in page


@pytest.mark.skipif(not shutil.which("groff"), reason="needs groff")
def test_the_man_page_is_sound_roff() -> None:
    command = ["groff", "-man", "-Tutf8", "-Kutf8", "-ww", "-z"]
    done = subprocess.run(command, input=man_page(), capture_output=True, text=True, check=True)
    assert done.stderr == ""
