"""Where stories go from the out stream: the tables in a real PostgreSQL, the index template against the record's schema,
and the recipes' own syntax."""

import importlib.util
import json
import os
import re
import shutil
import signal
import subprocess
import time
from pathlib import Path

from .tools import output, which

STORIES = (
    "The harbour opens\n\nOSLO (AP) - The mayor of Oslo said on Monday that the harbour opens in May. Ships from Hamburg and Rotterdam are "
    "expected. \"We are ready,\" said Kari Nordby, who leads the port. It cost 25 million euros.",
    "Rain in Lisbon\n\nHeavy rain flooded streets in Lisbon on Tuesday, the city said. Trains to Porto were late by two hours.",
    "Un titre\n\nLe maire de Lyon a dit que le marché ouvrirait lundi.",
)


def run(have, work):
    sinks = have.deploy / "sinks"
    template = sinks / "elasticsearch/index-template.json"
    if not have.binary:
        yield "sinks: all", None, have.why_not("binary")
        return
    schema = json.loads(output([have.binary, "schema", "record"], cwd=work)[1])
    spec = importlib.util.spec_from_file_location("make", sinks / "elasticsearch/make.py")
    make = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(make)
    same = json.loads(template.read_text()) == make.template(schema)
    yield "sinks: index template is what the record's schema gives", same, "same" if same else "run deploy/sinks/elasticsearch/make.py again"
    known = set(paths(schema, schema))
    sql = (sinks / "postgres/schema.sql").read_text()
    asked = {p.replace(",0", "").replace(",", ".") for p in re.findall(r"record #>>? '\{([\w,]+)\}'", sql)} | set(re.findall(r"record ->> '(\w+)'", sql))
    asked |= {f"tags.entities.{name}" for name in re.findall(r"entity ->> '(\w+)'", sql)}
    gone = sorted(asked - known)
    yield "sinks: the tables ask for fields that records have", not gone, ", ".join(gone) or f"{len(asked)} fields"
    yield from postgres(have, work, sql)
    if have.yaml:
        redpanda = have.yaml.safe_load((sinks / "redpanda-connect.yaml").read_text())
        vector = have.yaml.safe_load((sinks / "vector.yaml").read_text())
        subjects = {redpanda["input"]["nats_jetstream"]["subject"], vector["sources"]["stories"]["subject"]}
        inserts = [o["sql_raw"]["query"] for o in redpanda["output"]["broker"]["outputs"] if "sql_raw" in o]
        good = subjects == {"news.story.*.*.*"} and all(query in sql for query in inserts)
        yield "sinks: recipes read stories, and insert as the tables say", good, f"{subjects}"
    for program, arguments in (("rpk", ["connect", "lint"]), ("vector", ["validate", "--no-environment"])):
        path = sinks / ("redpanda-connect.yaml" if program == "rpk" else "vector.yaml")
        if which(program):
            code, said = output([program, *arguments, path], env={"NATS_URL": "nats://n", "ELASTICSEARCH_URL": "http://e", "POSTGRES_DSN": "p", "PATH": os.environ["PATH"]})
            yield f"sinks: {path.name} by {program}", code == 0, said
        else:
            yield f"sinks: {path.name} by {program}", None, f"no {program}"


def paths(schema, node, path=""):
    """Dotted paths of a schema's fields, lists without their index."""
    if "$ref" in node:
        node = schema["$defs"][node["$ref"].rsplit("/", 1)[-1]]
    for choice in node.get("anyOf", []):
        yield from paths(schema, choice, path)
    if "items" in node:
        yield from paths(schema, node["items"], path)
    for name, child in node.get("properties", {}).items():
        inner = f"{path}.{name}".lstrip(".")
        yield inner
        yield from paths(schema, child, inner)


def programs():
    """Where PostgreSQL's programs are, brought by Debian's package where this machine may install it."""
    def found():
        there = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
        on_path = which("initdb")
        return there[-1].parent if there else on_path.resolve().parent if on_path else None
    if found() is None and which("apt-get") and os.geteuid() == 0:
        # Without its cluster: the check makes one of its own.
        environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
        for command in (["apt-get", "update", "-qq"], ["apt-get", "install", "-qq", "--no-install-recommends", "postgresql"]):
            subprocess.run(command, capture_output=True, timeout=120, env=environment)
    return found()


class Postgres:
    """A PostgreSQL server of the check's own, on a socket in a directory."""

    def __init__(self, bin, home):
        self.bin, self.home = bin, home
        home.mkdir()
        self.as_user = []
        if os.geteuid() == 0:
            # It refuses to run as root.
            shutil.chown(home, 65534, 65534)
            self.as_user = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]
        self.dsn = f"host={home} dbname=postgres user=news"

    def create(self):
        code, said = output([*self.as_user, self.bin / "initdb", "-D", self.home / "data", "-U", "news", "-A", "trust", "-E", "UTF8",
                             "--locale=C.UTF-8", "--no-sync"], timeout=60, cwd=self.home)
        return None if code == 0 else said

    def start(self):
        start = [*self.as_user, self.bin / "pg_ctl", "-D", self.home / "data", "-w", "-l", self.home / "log", "-o",
                 f"-c listen_addresses= -k {self.home} -c fsync=off", "start"]
        subprocess.run([str(part) for part in start], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=60, cwd=self.home)

    def stop(self):
        output([*self.as_user, self.bin / "pg_ctl", "-D", self.home / "data", "-m", "immediate", "stop"], cwd=self.home)

    def psql(self, text):
        return subprocess.run([*self.as_user, self.bin / "psql", self.dsn, "-qAt", "-v", "ON_ERROR_STOP=1"], input=text,
                              capture_output=True, text=True, timeout=60)

    def counts(self):
        return self.psql("SELECT count(*), count(headline), count(body), count(processed) FROM news.story; SELECT count(*) FROM news.name; "
                         "SELECT count(*), count(latitude) FROM news.place;").stdout.split()


def wanted(records):
    """What `Postgres.counts` says when every record is there once."""
    entities = [e for r in records for e in r["tags"]["entities"]]
    places = [e for e in entities if e["type"] == "PLACE"]
    located = [e for e in places if e.get("lat") is not None]
    return ["|".join([str(len(records))] * 4), str(len(entities)), f"{len(places)}|{len(located)}"]


def processed(have, work, stories):
    messages = "\n".join(json.dumps({"id": f"s{i}", "text": text}) for i, text in enumerate(stories))
    lines = subprocess.run([have.binary, "process", "--no-fetch"], input=messages, capture_output=True, text=True, timeout=120, cwd=work).stdout.splitlines()
    return lines, [json.loads(line) for line in lines]


def postgres(have, work, sql):
    check = "sinks: stories in PostgreSQL, one row each, names and places beside"
    bin = programs()
    if bin is None:
        yield check, None, "no PostgreSQL, and none could be installed"
        return
    server = Postgres(bin, work / "postgres")
    said = server.create()
    if said:
        yield check, False, said
        return
    server.start()
    try:
        lines, records = processed(have, work, STORIES)
        insert = re.search(r"INSERT INTO news\.story \(record\) VALUES \(\$1::jsonb\) ON CONFLICT \(key\) DO NOTHING", sql)[0]
        load = "".join(insert.replace("$1", "$record$" + line + "$record$") + ";\n" for line in lines)
        # The tables twice and the records twice: both are idempotent.
        faults = [done.stderr for done in map(server.psql, (sql, sql, load, load)) if done.returncode]
        # The check can fail: a record of another version is refused.
        control = server.psql(insert.replace("$1", "'{\"schema\": \"other\", \"key\": \"k\", \"id\": \"i\"}'")).returncode != 0
        good = not faults and server.counts() == wanted(records) and control
        yield check, good, f"{len(records)} stories" if good else f"{faults or server.counts()} for {wanted(records)}"
        server.psql("TRUNCATE news.story CASCADE")
        yield from files(have, work, server)
    finally:
        server.stop()


def files(have, work, server):
    """Finished files by load.sh: killed while it loads, with the database gone, and once more to the end."""
    check = "sinks: files in PostgreSQL by load.sh, killed and with the database away, one row each"
    lines, records = processed(have, work, [f"{STORIES[i % 2]}\n\nEdition {i}." for i in range(2_000)])
    names = []
    for part in range(4):
        names.append(work / f"stories-{part}.ndjson")
        names[-1].write_text("".join(line + "\n" for line in lines[part * 500:part * 500 + 500]))
    environment = os.environ | {"POSTGRES_DSN": server.dsn, "PATH": f"{server.bin}:{os.environ['PATH']}"}
    loader = [have.deploy / "sinks/postgres/load.sh"]
    stories = lambda: int(server.psql("SELECT count(*) FROM news.story").stdout or 0)
    killed = subprocess.Popen([*loader, *names], env=environment, start_new_session=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    until = time.monotonic() + 30
    while stories() == 0 and killed.poll() is None and time.monotonic() < until:
        pass
    if killed.poll() is None:
        os.killpg(killed.pid, signal.SIGKILL)
    killed.wait()
    # A server finishes or gives up what its client left.
    before = stories()
    server.stop()
    away = output([*loader, *names], env=environment, timeout=60)
    server.start()
    again = output([*loader, *names], env=environment, timeout=120)
    twice = output([*loader, names[0]], env=environment, timeout=120)
    good = 0 < before < len(records) and away[0] == 1 and str(names[0]) in away[1] and again[0] == twice[0] == 0 and server.counts() == wanted(records)
    yield check, good, f"{before} of {len(records)} stories when it was killed, all after" if good else f"{before} {away} {again} {server.counts()} for {wanted(records)}"

    check = "sinks: a record that PostgreSQL refuses is kept aside, and holds up no other"
    server.psql("TRUNCATE news.story CASCADE")
    bad = [lines[1].replace("news-ingest/record/1", "news-ingest/record/0"), lines[1].replace("The harbour", "\\u0000 harbour").replace("Rain in", "\\u0000 rain")]
    mixed = work / "mixed.ndjson"
    mixed.write_text("".join(line + "\n" for line in [lines[0], *bad, lines[2]]))
    loaded = [output([*loader, mixed], env=environment, timeout=60) for _ in range(2)]
    refused = server.psql("SELECT count(*), count(DISTINCT reason) FROM news.refused").stdout.strip()
    good = all(code == 0 and "2 records refused" in said for code, said in loaded) and stories() == 2 and refused == "2|2"
    yield check, good, "2 of 4 records refused, 2 loaded" if good else f"{loaded} {stories()} {refused}"
