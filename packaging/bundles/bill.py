"""The software bill of materials of a bundle: bom.cdx.json, in the form CycloneDX 1.6, with versions and licences.

It is made from the metadata of the packages that were frozen, and from the Debian packages whose libraries went along.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Any, Final

from bundles.stamp import build_date, build_line, version

FILE: Final = "bom.cdx.json"
SHIPPED: Final = (("inter", "4.001", "OFL-1.1"), ("lucide", "1.62.0", "ISC"))
"""What the sources hold of others: typeface and icons, with their licences."""


@dataclass(frozen=True)
class Part:
    """One thing in the bundle: `kind` as package URLs have it (pypi, deb, generic); `licence` as it states it."""

    kind: str
    name: str
    version: str
    licence: str = ""
    needs: tuple[str, ...] = ()


def write_bill(folder: Path, parts: Iterable[Part]) -> Path:
    """Write the bill of these parts into a folder. Returns the file."""
    from cyclonedx.output.json import JsonV1Dot6

    file = folder / FILE
    file.write_text(JsonV1Dot6(bill(parts)).output_as_string(indent=1), encoding="utf-8")
    return file


def bill(parts: Iterable[Part]) -> Any:
    """A cyclonedx Bom: fusionviewer as the subject, the parts as its components, who needs whom. The same each time."""
    from datetime import UTC, datetime
    from uuid import NAMESPACE_URL, uuid5

    from cyclonedx.contrib.license.factories import LicenseFactory
    from cyclonedx.model.bom import Bom
    from cyclonedx.model.component import Component, ComponentType
    from packageurl import PackageURL

    parts, licences = list(parts), LicenseFactory()
    urls = {
        part.name: PackageURL(part.kind, "debian" if part.kind == "deb" else None, part.name, part.version)
        for part in parts
    }
    subject = Component(
        name="fusionviewer",
        version=version(),
        type=ComponentType.APPLICATION,
        bom_ref=f"fusionviewer@{version()}",
        description=build_line(),
        licenses=[licences.make_from_string("GPL-3.0-or-later")],
    )
    listed = {
        part.name: Component(
            name=part.name,
            version=part.version,
            type=ComponentType.LIBRARY,
            bom_ref=urls[part.name].to_string(),
            purl=urls[part.name],
            licenses=[licences.make_from_string(part.licence)] if part.licence else [],
        )
        for part in parts
    }
    told = " ".join(sorted(url.to_string() for url in urls.values()))
    made = Bom(components=listed.values(), serial_number=uuid5(NAMESPACE_URL, f"{version()} {build_line()} {told}"))
    made.metadata.component = subject
    made.metadata.timestamp = datetime.fromtimestamp(build_date(), UTC)
    made.register_dependency(subject, listed.values())
    for part in parts:
        made.register_dependency(listed[part.name], [listed[name] for name in part.needs if name in listed])
    return made


def is_valid(text: str) -> str:
    """What CycloneDX's own schema says against a bill; empty if nothing."""
    from cyclonedx.schema import OutputFormat, SchemaVersion
    from cyclonedx.validation import make_schemabased_validator

    problem = make_schemabased_validator(OutputFormat.JSON, SchemaVersion.V1_6).validate_str(text)
    return "" if problem is None else str(problem)


def python_parts(package: str, site_packages: Path | None = None) -> list[Part]:
    """All that a package requires, itself left out, as it is installed: here, or in another system's folder."""
    folders = sys.path if site_packages is None else [str(site_packages)]
    installed = {_plain(found.name): found for found in metadata.distributions(path=folders)}
    wanted, waiting = dict[str, Part](), _needs(installed[_plain(package)])
    while waiting:
        name = waiting.pop()
        found = installed.get(name)
        if found is None or name in wanted:  # required on other systems only, or known already
            continue
        needs = _needs(found)
        wanted[name] = Part("pypi", name, found.version, _licence(found), tuple(needs))
        waiting += needs
    return [wanted[name] for name in sorted(wanted)]


def other_parts(licences: Path, python_version: str) -> list[Part]:
    """Python itself, what the sources hold of others, and the Debian libraries whose licences lie in the bundle."""
    parts = [Part("generic", "python", python_version, "PSF-2.0")]
    parts += [Part("generic", name, number, licence) for name, number, licence in SHIPPED]
    return [*parts, *_debian_parts(licences / "system")]


def _debian_parts(folder: Path) -> Iterator[Part]:
    if not folder.is_dir() or not shutil.which("dpkg-query"):
        return
    for package in sorted(path.name for path in folder.iterdir()):
        query = ["dpkg-query", "--show", "--showformat", "${Version}", package]
        done = subprocess.run(query, capture_output=True, text=True, check=False)
        if done.returncode == 0:
            yield Part("deb", package, done.stdout.split()[0])


def _needs(found: metadata.Distribution) -> list[str]:
    """The names of what a package requires, extras left out."""
    lines = [line for line in found.requires or () if "extra ==" not in line]
    return [_plain(match[0]) for line in lines if (match := re.match(r"[A-Za-z0-9._-]+", line))]


def _licence(found: metadata.Distribution) -> str:
    """The licence that a package states, in one line; empty if it states a whole text, or nothing."""
    for field in ("License-Expression", "License"):
        stated = "".join(found.metadata.get_all(field) or ()).strip()
        if stated and "\n" not in stated:
            return stated
    kinds = [line for line in found.metadata.get_all("Classifier") or () if line.startswith("License ::")]
    return kinds[0].rpartition(" :: ")[2] if kinds else ""


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
