"""Runs a real server with nats/permissions.conf and real workers on it.

What it shows: with these permissions alone the provisioner provisions, a producer publishes, two workers bring
stories, skipped messages, dead letters, repeats and retries to their end, and a reader reads; nobody is refused
on the way; each role is refused what it must not do; and no line of the worker's list is idle.
"""

import base64
import hashlib
import http.server
import json
import os
import re
import shutil
import socket
import subprocess
import threading
import time
from pathlib import Path

from .nats import Client

DEPLOY = Path(__file__).resolve().parent.parent
BUCKET = "bodies"
# Of objects, in bytes.
CHUNK = 128 << 10
ROLES = ("worker", "producer", "own-producer", "feeds", "reader", "own-reader", "dlq", "provisioner")
# A schedule is read only where another one is found in its place, a large letter's body by a worker only on replay, an older
# worker's claim is taken back only where its message fails, and a raw message is read only for such a claim.
AT_TIMES_IDLE = (
    "$JS.API.STREAM.MSG.GET.NEWS_RETRY", "$JS.API.STREAM.MSG.DELETE.NEWS_OUT_GUARD",
    "$JS.API.STREAM.MSG.GET.NEWS_RAW",
    "$JS.API.CONSUMER.CREATE.OBJ_news_dlq", "$JS.FC.OBJ_news_dlq.>",
)
PARAGRAPHS = [
    "The council of Harbour Town voted on Tuesday to close the old bridge for repairs until the spring.",
    "Engineers had found rust in eleven of its forty bearings during an inspection in September.",
    "\u201cWe could not wait another winter,\u201d said the mayor, Anna Lindqvist, after the vote.",
    "Buses will take the northern road, and the ferry will run every twenty minutes from six in the morning.",
]


def run(have, work):
    if not have.binary or not have.nats_server:
        yield "nats: permissions", None, have.missing.get("binary") or have.why_not("nats-server")
        return
    work = work / "nats"
    work.mkdir()
    # A copy: a build may replace the program while it is being run.
    binary = Path(shutil.copy(have.binary, work / "news-ingest"))
    passwords = {role: os.urandom(12).hex() for role in ROLES}
    server, port = start_server(have.nats_server, work, passwords)
    site, state = start_site()
    try:
        yield from flow(binary, work, port, passwords, site.server_address[1], state)
        tried = list(refusals(port, passwords))
        allowed = [f"{role} {what}" for role, what, refused in tried if not refused]
        yield "nats: every role is refused what is not its own", not allowed, "; ".join(allowed) or f"{len(tried)} attempts refused"
    finally:
        site.shutdown()
        server.terminate()
        server.wait(10)
    yield from idle_lines((work / "server.log").read_text(errors="replace"))


def start_server(program, work, passwords):
    shipped = (DEPLOY / "nats/nats-server.conf").read_text()
    port = free_port()
    # The shipped file, but for where it listens and stores; the trace tells which subjects were used.
    config = shipped.replace('"0.0.0.0:4222"', f'"127.0.0.1:{port}"').replace('"/data"', json.dumps(str(work / "data")))
    config = re.sub(r"(?m)^http:.*$", "", config)
    assert config.count(str(port)) == 1 and str(work) in config, "nats-server.conf has changed its listen or store_dir"
    (work / "nats-server.conf").write_text(config + f'\ntrace: true\nlog_file: "{work}/server.log"\n')
    (work / "permissions.conf").write_text(with_object_store((DEPLOY / "nats/permissions.conf").read_text()))
    passwords["admin"] = os.urandom(12).hex()
    env = os.environ | {f"NEWS_{role.upper().replace('-', '_')}_PASSWORD": word for role, word in passwords.items()}
    child = subprocess.Popen([program, "--config", work / "nats-server.conf"], env=env, stdout=subprocess.DEVNULL,
                             stderr=subprocess.PIPE)
    for _ in range(200):
        if child.poll() is not None:
            log = work / "server.log"
            raise RuntimeError(f"nats-server ended: {child.stderr.read().decode()} {log.read_text() if log.exists() else ''}")
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return child, port
        except OSError:
            time.sleep(0.05)
    child.kill()
    raise RuntimeError("nats-server does not listen")


def with_object_store(permissions):
    """The shipped file with the lines for object stores put in force, and with somebody who may fill one."""
    lines = re.sub(rf'(?m)^(\s+)# ("\$\S*<bucket>\S*")$', lambda line: line[1] + line[2].replace("<bucket>", BUCKET), permissions)
    assert lines != permissions, "permissions.conf has no lines for object stores any more"
    return lines.replace("users: [", 'users: [\n      { user: "admin", password: $NEWS_ADMIN_PASSWORD }', 1)


def store_object(port, password, name, body):
    """An object as clients store it: chunks, then the entry that names them."""
    admin = Client(port, "admin", password)
    made = admin.api(f"STREAM.CREATE.OBJ_{BUCKET}", {
        "name": f"OBJ_{BUCKET}", "subjects": [f"$O.{BUCKET}.C.>", f"$O.{BUCKET}.M.>"], "allow_rollup_hdrs": True,
        "allow_direct": True, "discard": "new", "num_replicas": 1, "storage": "file", "retention": "limits"})
    chunks = [body[at:at + CHUNK] for at in range(0, len(body), CHUNK)]
    digest = base64.urlsafe_b64encode(hashlib.sha256(body).digest()).decode()
    entry = {"name": name, "bucket": BUCKET, "nuid": "A1", "size": len(body), "chunks": len(chunks), "digest": f"SHA-256={digest}",
             "mtime": "2026-01-01T00:00:00Z", "options": {"max_chunk_size": CHUNK}}
    for chunk in chunks:
        admin.request(f"$O.{BUCKET}.C.A1", chunk)
    where = f"$O.{BUCKET}.M.{base64.urlsafe_b64encode(name.encode()).decode()}"
    stored = admin.request(where, json.dumps(entry).encode(), headers={"Nats-Rollup": "sub"})
    admin.close()
    return made and "error" not in made and stored and b'"seq"' in stored


def take_any_size(port, password):
    """Makes of the raw stream one that is not ours: it takes what leaves no room for a dead letter's headers."""
    admin = Client(port, "admin", password)
    config = admin.api("STREAM.INFO.NEWS_RAW", {})["config"] | {"max_msg_size": -1}
    made = admin.api("STREAM.UPDATE.NEWS_RAW", config)
    admin.close()
    return bool(made) and "error" not in made


def start_site():
    """A site with a story, a page that is gone, and one that answers 503 once."""
    state = {"busy": 0}
    body = "".join(f"<p>{p}</p>" for p in PARAGRAPHS * 3)
    page = (f"<!doctype html><html lang=en><head><title>Bridge to close</title></head>"
            f"<body><article><h1>Bridge to close</h1>{body}</article></body></html>").encode()

    class Site(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            status, answer = 200, page
            if self.path == "/robots.txt":
                answer = b"User-agent: *\nAllow: /\n"
            elif self.path == "/feed":
                items = "".join(f"<item><link>/story/f{n}</link><guid>f{n}</guid></item>" for n in range(3))
                answer = f"<rss version='2.0'><channel>{items}</channel></rss>".encode()
            elif self.path == "/gone":
                status, answer = 404, b""
            elif self.path == "/busy":
                state["busy"] += 1
                if state["busy"] == 1:
                    status, answer = 503, b""
            self.send_response(status)
            kind = "text/plain" if self.path == "/robots.txt" else "text/html; charset=utf-8"
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_):
            pass

    site = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Site)
    threading.Thread(target=site.serve_forever, daemon=True).start()
    return site, state


def flow(binary, work, port, passwords, site, state):
    def environment(role):
        secret = work / f"{role}.password"
        secret.write_text(passwords[role])
        keep = {k: v for k, v in os.environ.items() if not k.startswith("NEWS_INGEST")}
        return keep | {
            "NEWS_INGEST__NATS__URL": f"nats://127.0.0.1:{port}", "NEWS_INGEST__NATS__USER": role,
            "NEWS_INGEST__NATS__PASSWORD_FILE": str(secret), "NEWS_INGEST__WORKER__RETRY_MIN_SECS": "1",
            "NEWS_INGEST__WORKER__TOTALS_INTERVAL_SECS": "1", "NEWS_INGEST__LOG__FORMAT": "json",
            "NEWS_INGEST__FETCH__ALLOW_ADDRESSES": '["127.0.0.0/8"]', "NEWS_INGEST__FETCH__ALLOW_PORTS": f"[{site}]",
            "NEWS_INGEST__FETCH__HOST_INTERVAL_MS": "50",
        }

    for attempt in ("creates", "finds all there"):
        done = subprocess.run([binary, "provision"], env=environment("provisioner"), cwd=work, capture_output=True,
                              text=True, timeout=30)
        good = done.returncode == 0 and (attempt == "creates" or "created" not in done.stdout)
        yield f"nats: provisioner {attempt}", good, done.stderr.strip() or done.stdout.strip().replace("\n", "; ")
        if not good:
            return

    url = f"http://127.0.0.1:{site}"
    stories = [{"id": f"text:{n}", "title": f"Bridge {n}", "text": "\n\n".join(PARAGRAPHS)} for n in range(20)]
    stories += [{"id": f"url:{n}", "url": f"{url}/story/{n}"} for n in range(8)]
    stories += [{"id": "busy", "url": f"{url}/busy"}, {"id": "gone", "url": f"{url}/gone"}, {"id": "text:0", "title": "Again", "text": "x"}]
    producer = Client(port, "producer", passwords["producer"], "_INBOX_producer")
    stored = sum(b'"seq"' in (producer.request("news.raw.check", json.dumps(s).encode()) or b"") for s in stories)
    stored += b'"seq"' in (producer.request("news.raw.check", b"{ not JSON") or b"")
    large = json.dumps({"id": "by-reference", "title": "By reference", "text": "\n\n".join(PARAGRAPHS),
                        # So many chunks that the server wants to know how the reader keeps up.
                        "padding": "." * (4 << 20)}).encode()
    yield "nats: an object is stored", bool(store_object(port, passwords["admin"], "large", large)), BUCKET
    reference = {"News-Object": f"{BUCKET}/large"}
    stored += b'"seq"' in (producer.request("news.raw.check", headers=reference) or b"")
    yield "nats: a raw stream of any message size", take_any_size(port, passwords["admin"]), "max_msg_size -1"
    stored += b'"seq"' in (producer.request("news.raw.check", b"{ not JSON, large" + b"." * ((8 << 20) - 100)) or b"")
    # One that is not there: the leader of the bucket is asked.
    missing = {"News-Object": f"{BUCKET}/missing", "News-Id": "missing"}
    stored += b'"seq"' in (producer.request("news.raw.check", b"", headers=missing) or b"")
    producer.close()
    yield "nats: producer's messages are stored", stored == len(stories) + 4, f"{stored} of {len(stories) + 4}"
    line = work / "one.ndjson"
    line.write_text(json.dumps({"id": "cli", "title": "From the command line", "text": "\n\n".join(PARAGRAPHS)}) + "\n")
    done = subprocess.run([binary, "publish", line], env=environment("own-producer"), cwd=work, capture_output=True,
                          text=True, timeout=30)
    yield "nats: `news-ingest publish` as own-producer", done.returncode == 0, (done.stderr or done.stdout).strip()

    # Under another name, so that the workers have robots rules of their own to find.
    feed = f"http://localhost:{site}/feed"
    done = subprocess.run([binary, "feeds", "--once", feed], env=environment("feeds"), cwd=work,
                          capture_output=True, text=True, timeout=30)
    yield "nats: `news-ingest feeds`", done.returncode == 0 and "3 messages" in done.stdout, (done.stderr or done.stdout).strip()

    logs = [work / f"worker-{n}.log" for n in (1, 2)]
    workers = [subprocess.Popen([binary, "run"], env=environment("worker"), cwd=work, stdout=subprocess.DEVNULL,
                                stderr=log.open("w")) for log in logs]
    reader = Client(port, "reader", passwords["reader"], "_INBOX_reader")
    expected = {"story": 34, "skipped": 1, "dlq": 3}
    want = sum(expected.values())
    try:
        until = time.monotonic() + 25
        while time.monotonic() < until:
            lines = events(logs)
            ended = {e["key"]: e["outcome"] for e in lines if e.get("outcome") in expected}
            repeats = sum(e.get("outcome") == "repeat" for e in lines)
            if len(ended) >= want and repeats and any(e.get("event") == "totals" for e in lines):
                break
            time.sleep(0.1)
    finally:
        for worker in workers:
            worker.terminate()
        codes = [worker.wait(30) for worker in workers]
    lines = events(logs)
    counts = {kind: sum(outcome == kind for outcome in ended.values()) for kind in expected}
    yield "nats: workers bring every message to its end", counts == expected, f"{counts}, {repeats} repeat"
    yield "nats: a retried page is fetched again", state["busy"] >= 2 and any(e.get("outcome") == "retry" for e in lines), \
        f"{state['busy']} requests"
    backlog = [e for e in lines if e.get("event") == "totals" and e.get("backlog") is not None]
    yield "nats: totals lines tell the backlog", bool(backlog), f"{len(backlog)} lines"
    bad = [e for e in lines if e.get("event") in ("broker_error", "pull_failed", "panic") or e.get("outcome") == "lost"]
    yield "nats: no worker is refused anything", codes == [0, 0] and not bad, bad[0].get("error") or str(bad[0]) if bad else f"exit codes {codes}"

    letters = {e["key"]: e["code"] for e in lines if e.get("outcome") == "dlq"}
    shown = [(["show", key], "{ not JSON") for key, code in letters.items() if code == "intake.not_json"]
    for arguments, said in ((["list"], "not_json"), *shown, (["replay", "--code", "not_json"], "2 replayed")):
        done = subprocess.run([binary, "dlq", *arguments], env=environment("dlq"), cwd=work, capture_output=True,
                              text=True, timeout=30)
        yield f"nats: dlq's `dlq {arguments[0]}`", done.returncode == 0 and said in done.stdout, done.stderr or done.stdout

    story = next((key for key, outcome in ended.items() if outcome == "story"), "none")
    for arguments, said in ((["tail", "--last", "3", "--no-follow", "--json"], "news-ingest/record/"), (["inspect", "--key", story], "<!DOCTYPE html>")):
        done = subprocess.run([binary, *arguments], env=environment("own-reader"), cwd=work, capture_output=True,
                              text=True, timeout=30)
        yield f"nats: `news-ingest {arguments[0]}` as own-reader", done.returncode == 0 and said in done.stdout, done.stderr or done.stdout

    made = reader.api("CONSUMER.CREATE.NEWS_OUT.reader-check.news.story.>", {"stream_name": "NEWS_OUT", "config": {
        "name": "reader-check", "ack_policy": "explicit", "filter_subject": "news.story.>", "deliver_policy": "all",
        "inactive_threshold": 60_000_000_000}})
    got = reader.request("$JS.API.CONSUMER.MSG.NEXT.NEWS_OUT.reader-check", b'{"batch": 1, "expires": 1000000000}',
                         keeps_subject=True)
    readable = bool(made and "error" not in made and got and json.loads(got)["schema"].startswith("news-ingest/record/"))
    yield "nats: reader reads a record", readable, f"{len(got or b'')} bytes" if readable else str(made) + str(reader.errors)
    reader.close()


def refusals(port, passwords):
    """Yields (role, what, refused) for what each role must not do."""
    common = ["$JS.API.STREAM.DELETE.NEWS_OUT", "$JS.API.STREAM.PURGE.NEWS_RAW", "$JS.API.STREAM.LIST",
              "$JS.API.CONSUMER.DELETE.NEWS_RAW.news-ingest", "$JS.API.STREAM.MSG.DELETE.NEWS_OUT", "other.subject"]
    raw = ["$JS.API.CONSUMER.MSG.NEXT.NEWS_RAW.news-ingest", "$JS.API.STREAM.MSG.GET.NEWS_RAW"]
    forbidden = {
        "worker": ["news.raw.x", "$JS.API.STREAM.CREATE.NEWS_OUT", "$JS.API.STREAM.UPDATE.NEWS_SEEN",
                   "$JS.API.CONSUMER.CREATE.NEWS_RAW.spy", "$JS.API.STREAM.MSG.DELETE.NEWS_RAW"],
        "producer": [*raw, "news.story.en.none.X", "$JS.API.STREAM.INFO.NEWS_RAW", "$KV.news_hosts.x"],
        "own-producer": [*raw, "news.story.en.none.X", "$JS.API.STREAM.INFO.NEWS_RAW", "$KV.news_hosts.x"],
        "feeds": [*raw, "news.story.en.none.X", "$JS.API.STREAM.UPDATE.KV_news_feeds", "news.seen.log"],
        "reader": [*raw, "news.story.en.none.X", "news.raw.x", "$JS.API.CONSUMER.CREATE.NEWS_OUT.spy",
                   "$JS.API.CONSUMER.CREATE.NEWS_OUT.spy.news.dlq.>", "$JS.API.DIRECT.GET.NEWS_OUT.news.dlq.a.b.c"],
        "own-reader": [*raw, "news.story.en.none.X", "news.raw.x", "$JS.API.CONSUMER.CREATE.NEWS_OUT.spy",
                       "$JS.API.CONSUMER.CREATE.NEWS_OUT.spy.news.dlq.>", "$JS.API.STREAM.MSG.GET.NEWS_OUT"],
        "dlq": [*raw, "news.story.en.none.X", "$JS.API.CONSUMER.CREATE.NEWS_OUT.durable.spy", "$KV.news_hosts.x"],
        "provisioner": [*raw, "news.raw.x", "news.story.en.none.X", "$KV.news_hosts.x"],
    }
    listening = {
        "worker": ["news.>", ">"], "producer": ["news.raw.>", "_INBOX.>"], "own-producer": ["news.raw.>"],
        "feeds": ["news.>"], "reader": ["news.dlq.>", "news.raw.>", "_INBOX.>"], "own-reader": ["news.>"], "dlq": ["news.>"],
        "provisioner": ["news.>"],
    }
    for role, subjects in forbidden.items():
        own = f"_INBOX_{role}" if role in ("producer", "reader") else "_INBOX"
        client = Client(port, role, passwords[role], own)
        for subject in common + subjects:
            yield role, f"may not publish to {subject}", client.refused(subject)
        for subject in listening[role]:
            yield role, f"may not subscribe to {subject}", client.refused_subscription(subject)
        client.close()
    try:
        Client(port)
        yield "nobody", "may not connect without a login", False
    except (PermissionError, ConnectionError):
        yield "nobody", "may not connect without a login", True


def idle_lines(trace):
    """Names allowed subjects of news-ingest's own roles that the run did not use, from the server's trace."""
    text = with_object_store((DEPLOY / "nats/permissions.conf").read_text())
    for role in ("worker", "feeds", "own-reader", "dlq", "provisioner"):
        used = set(re.findall(rf'(?m):rust:.*user:{role}" - <<- \[H?PUB ([^\s\]]+)', trace))
        block = text.split(f"\n{role.replace('-', '_')} = {{", 1)[1].split("subscribe:", 1)[0]
        allowed = re.findall(r'(?m)^\s+"([^"]+)"', block)
        idle = [subject for subject in allowed if subject not in AT_TIMES_IDLE and not any(matches(subject, one) for one in used)]
        yield f"nats: no line of the {role}'s list is idle", not idle, ", ".join(idle) or f"{len(allowed)} lines, all used"


def matches(pattern, subject):
    want, have = pattern.split("."), subject.split(".")
    for i, token in enumerate(want):
        if token == ">":
            return len(have) > i
        if i >= len(have) or token not in ("*", have[i]):
            return False
    return len(want) == len(have)


def events(logs):
    lines = []
    for log in logs:
        for line in log.read_text().splitlines():
            try:
                lines.append(json.loads(line))
            except json.JSONDecodeError:
                pass  # the last line, half written
    return lines


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]
