"""Syntax of every file, and that every option named in them is one of config/news-ingest.toml."""

import json
import os
import re
import tomllib

from .tools import output


def run(have, work):
    for kind, parse in (("yaml", have.yaml and (lambda text: list(have.yaml.safe_load_all(text)))),
                        ("json", json.loads), ("toml", tomllib.loads)):
        paths = sorted(have.deploy.rglob(f"*.{kind}"))
        if not parse:
            yield f"files: {kind}", None, have.why_not(kind)
            continue
        bad = []
        for path in paths:
            try:
                parse(path.read_text())
            except Exception as error:
                bad.append(f"{path.name}: {error}")
        yield f"files: {kind}", not bad, "; ".join(bad) or f"{len(paths)} files parse"

    known = options(have.root / "config/news-ingest.toml")
    unknown, count = [], 0
    for path in sorted(p for p in have.deploy.rglob("*") if p.is_file() and "checks" not in p.parts and p.name != "check.py"):
        for name in set(re.findall(r"NEWS_INGEST__[A-Z_]+", path.read_text(errors="replace"))):
            count += 1
            if name not in known:
                unknown.append(f"{path.name}: {name}")
    yield "files: options named by environment exist", not unknown, "; ".join(unknown) or f"{count} uses"

    if not have.binary:
        yield "files: `news-ingest check` takes each news-ingest.toml", None, have.why_not("binary")
        return
    for path in sorted(have.deploy.rglob("news-ingest.toml")):
        text = path.read_text()
        # Secrets are mounted there; here, files that exist stand in for them.
        for secret in re.findall(r'_file = "([^"]+)"', text):
            stand_in = work / secret.lstrip("/").replace("/", "-")
            stand_in.write_text("stand-in")
            text = text.replace(secret, str(stand_in))
        copy = work / f"{path.parent.name}.toml"
        copy.write_text(text)
        clean = {k: v for k, v in os.environ.items() if not k.startswith("NEWS_INGEST")}
        code, said = output([have.binary, "--config", copy, "check", "--quiet"], env=clean)
        yield f"files: `news-ingest check` takes {path.relative_to(have.deploy)}", code == 0, said or "exit 0"


def options(path):
    """Names of environment variables for every option in the documented file, set or in a comment."""
    names, section = set(), ""
    for line in path.read_text().splitlines():
        line = line.removeprefix("# ")
        if head := re.fullmatch(r"\[([a-z._]+)\]", line):
            section = head[1]
        elif key := re.match(r"([a-z_]+) = ", line):
            names.add("NEWS_INGEST__" + f"{section}.{key[1]}".upper().replace(".", "__"))
    return names
