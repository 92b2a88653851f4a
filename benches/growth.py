#!/usr/bin/env python3
"""Processor time of `process` over growing inputs of many shapes, as nanoseconds a byte: a row that grows is a stage
that is worse than linear. Whole processes; the time of an empty story is taken off.

    python3 benches/growth.py --binary target/release/news-ingest [--sizes 32768,131072,262144] [SHAPE...]
"""
import argparse
import json
import random
import resource
import subprocess

NAMES = "Alpha Berlin Carter Delta Ewing Fox Gordon Hill Irving Jones Kent Lima Moore Nash Osborn Paris Quinn Reed".split()
WORDS = "the mayor said that a new bridge over the river will open in june after four years of work and cost".split()
PARAGRAPH = (
    "The mayor of Oslo, Peter Lund, opened the bridge on Monday. It cost 4 million euros. “We are glad,” said Lund.\n\n"
)


def repeated(unit):
    def shape(size):
        return (unit * (size // len(unit.encode()) + 1)).encode()[:size].decode("utf-8", "ignore")

    return shape


def drawn(draw):
    def shape(size):
        source, parts, length = random.Random(7), [], 0
        while length < size:
            parts.append(draw(source))
            length += len(parts[-1]) + 1
        return " ".join(parts)[:size]

    return shape


SHAPES = {
    "paragraph": repeated(PARAGRAPH),
    "capitalised words": drawn(lambda r: r.choice(NAMES)),
    "words": drawn(lambda r: r.choice(WORDS)),
    "different names": drawn(lambda r: f"{r.choice(NAMES)} {r.choice(NAMES)}{r.randrange(99999)} said."),
    "names with and": repeated("Paris and London and "),
    "bodies with places": repeated("Ministry of Finance and Bank of Ghana and "),
    "initials": repeated("J. R. R. Lund and "),
    "names with of": repeated("Bank of the University of "),
    "one long word": repeated("abcdefghij"),
    "hyphens": repeated("a-B-c-"),
    "plurals": repeated("dogs' "),
    "quotes": repeated("“Yes,” he said. "),
    "quotes left open": repeated("“ "),
    "straight quotes": repeated('" a '),
    "numbers": repeated("12,345.6 million and "),
    "digits": repeated("7"),
    "dates": repeated("on Monday, 3 March 2024 and next Friday to "),
    "brackets": repeated("("),
    "short lines": repeated("a\n\n"),
    "abbreviations": repeated("U.S. "),
    "acronyms": repeated("Norwegian Road Administration (NRA) "),
    "chinese": repeated("东京的市长周一表示，新桥将于六月开放。"),
    "arabic": repeated("قال رئيس البلدية يوم الاثنين إن الجسر "),
    "combining marks": repeated("e\u0301"),
    "emoji": repeated("\U0001f44d\U0001f3fd "),
    "markup": repeated("<div><p>a</p>"),
}


def seconds(binary, story):
    line = json.dumps(story) + "\n"
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    command = [binary, "process", "--no-fetch"]
    subprocess.run(command, input=line.encode(), stdout=subprocess.DEVNULL, timeout=120, check=False)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime - before.ru_utime


def story(name, text):
    base = {"id": "x", "title": "A title", "datePublished": "2026-01-05T10:00:00Z"}
    if name == "markup":
        return base | {"html": text, "url": "https://news.example/a"}
    return base | {"text": text}


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--binary", default="target/release/news-ingest")
    arguments.add_argument("--sizes", default="32768,131072,262144", help="bytes, comma separated")
    arguments.add_argument("shapes", nargs="*", metavar="SHAPE")
    given = arguments.parse_args()
    sizes = [int(size) for size in given.sizes.split(",")]
    start = min(seconds(given.binary, story("words", "a")) for _ in range(5))
    print(f"start {start * 1000:.0f} ms; ns a byte at", ", ".join(f"{size:,}" for size in sizes), "bytes")
    for name, shape in SHAPES.items():
        if given.shapes and name not in given.shapes:
            continue
        row = []
        for size in sizes:
            try:
                best = min(seconds(given.binary, story(name, shape(size))) for _ in range(3))
                row.append(f"{max(0.0, best - start) * 1e9 / size:9.0f}")
            except subprocess.TimeoutExpired:
                row.append("  > 120 s")
                break
        print(f"{name:20}", *row, flush=True)


if __name__ == "__main__":
    main()
