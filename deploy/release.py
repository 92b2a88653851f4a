#!/usr/bin/env python3
"""What a release says of itself: python3 deploy/release.py notes v1.2.3

Prints the entry of CHANGELOG.md for the version. Exits with 1, and says why, when there is none, when it is still
called unreleased, or when Cargo.toml has another version.
"""

import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def notes(tag, changelog, manifest):
    """The entry of a tag; raises ValueError where the three do not agree."""
    version = tag.removeprefix("v")
    if not re.fullmatch(r"\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?", version) or not tag.startswith("v"):
        raise ValueError(f"{tag} is not a tag like v1.2.3")
    built = re.search(r'(?m)^version = "([^"]+)"', manifest)[1]
    if built != version:
        raise ValueError(f"Cargo.toml has version {built}, the tag says {version}")
    entries = dict(re.findall(r"(?ms)^## ([^\n]+)\n(.*?)(?=^## |\Z)", changelog))
    for title, entry in entries.items():
        if title.split()[0] == version:
            if "unreleased" in title:
                raise ValueError(f"CHANGELOG.md calls {version} unreleased: give it its date")
            if not entry.strip():
                raise ValueError(f"CHANGELOG.md says nothing of {version}")
            return entry.strip()
    raise ValueError(f"CHANGELOG.md has no entry for {version}")


if __name__ == "__main__":
    if len(sys.argv) != 3 or sys.argv[1] != "notes":
        sys.exit(__doc__)
    try:
        print(notes(sys.argv[2], (ROOT / "CHANGELOG.md").read_text(), (ROOT / "Cargo.toml").read_text()))
    except ValueError as error:
        sys.exit(f"no release: {error}")
