#!/usr/bin/env python3
"""Checks everything under deploy/, and the contracts that others read: python3 deploy/check.py [--binary target/release/news-ingest]

Prints a table of what was checked, what failed, and what could not be checked here and why; exits with 1 when
anything failed. Needs Python 3.11 alone; linters come from PyPI and npm into target/deploy-checks where those
can be reached, else their checks are skipped, loudly. With --strict a skipped check fails too.
"""

import argparse
import os
import sys
import tempfile
import time
from pathlib import Path

from checks import contracts, docker, files, kubernetes, logs, permissions, sinks, systemd, tools, workflows

ROOT = Path(__file__).resolve().parent.parent


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--binary", type=Path, default=ROOT / "target/release/news-ingest")
    arguments.add_argument("--nats-server", type=Path, default=ROOT / "target/tools/nats-server")
    arguments.add_argument("--strict", action="store_true", help="a skipped check is a failure")
    options = arguments.parse_args()
    started = time.monotonic()
    have = tools.find(ROOT, options.binary.resolve(), options.nats_server.resolve())
    results = []
    with tempfile.TemporaryDirectory(prefix="news-ingest-deploy-") as work:
        # Other users, who run the unit's simulation, must reach their directory in it.
        os.chmod(work, 0o755)
        for module in (files, contracts, docker, kubernetes, systemd, logs, permissions, sinks, workflows):
            began = time.monotonic()
            try:
                results += module.run(have, Path(work))
            except Exception as error:  # A check that breaks is a failure with its reason, not the end of the rest.
                results.append((f"{module.__name__.split('.')[-1]}: broke", False, f"{type(error).__name__}: {error}"))
            results.append((None, None, f"{time.monotonic() - began:.1f} s"))
    return report(results, time.monotonic() - started, options.strict)


def report(results, seconds, strict):
    counts = {True: 0, False: 0, None: 0}
    width = max(len(name) for name, _, _ in results if name)
    for name, passed, detail in results:
        if name is None:
            print()
            continue
        counts[passed] += 1
        word = {True: "ok", False: "FAILED", None: "SKIPPED"}[passed]
        detail = " ".join(str(detail).split())
        print(f"{word:8}{name:{width}}  {detail if passed is not True else detail[:100]}")
    print(f"{counts[True]} passed, {counts[False]} failed, {counts[None]} skipped in {seconds:.0f} s")
    return 1 if counts[False] or (strict and counts[None]) else 0


if __name__ == "__main__":
    sys.exit(main())
