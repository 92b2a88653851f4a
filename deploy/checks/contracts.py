"""What `news-ingest schema` prints, read by others' programs: the AsyncAPI document by AsyncAPI's own parser."""

import json
import os
import subprocess

from .tools import output, which

# In a process of its own. Prints what the parser has to say, the worst first; 0 is an error.
PARSE = """
const { Parser } = require(process.argv[1]);
new Parser().parse(require("fs").readFileSync(0, "utf8")).then(({ document, diagnostics }) => {
  const said = diagnostics.sort((a, b) => a.severity - b.severity)
    .map(d => ({ severity: d.severity, text: `${d.path.join("/")}: ${d.message}` }));
  console.log(JSON.stringify({ said, channels: document ? document.channels().all().length : 0 }));
});
"""
ROUTES = """
[streams]
prefix = "wire"
[[routes]]
name = "sport-desk"
when = 'language = en and topic = sport'
subject = "desk.{language}.{topic}.{key}"
format = "ninjs"
[[routes]]
name = "all"
subject = "all-{country}.{publisher}.{key}"
format = "schema-org"
"""


def run(have, work):
    if not have.binary:
        yield "contracts: schemas", None, have.why_not("binary")
        return
    clean = {k: v for k, v in os.environ.items() if not k.startswith("NEWS_INGEST")}
    wrong = []
    for name in ("raw", "record", "config"):
        code, said = output([have.binary, "schema", name], env=clean)
        if code or json.loads(said).get("$schema") != "https://json-schema.org/draft/2020-12/schema":
            wrong.append(name)
    yield "contracts: JSON Schemas are printed", not wrong, ", ".join(wrong) or "raw, record, config"
    if not have.asyncapi or not which("node"):
        yield "contracts: AsyncAPI document by its parser", None, have.why_not("asyncapi") if which("node") else "no node"
        return
    config = work / "routes.toml"
    config.write_text(ROUTES)
    documents = {}
    for name, arguments in (("by default", []), ("with routes", ["--config", config])):
        code, documents[name] = output([have.binary, *arguments, "schema", "asyncapi"], env=clean, cwd=work)
        parsed = parse(have, documents[name])
        # Warnings fail too; what is only advice (severity 2 and 3) does not.
        bad = [d["text"] for d in parsed["said"] if d["severity"] < 2]
        yield f"contracts: AsyncAPI document {name}, by its parser", code == 0 and not bad and parsed["channels"] > 3, \
            "; ".join(bad[:5]) or f"{parsed['channels']} channels; {len(parsed['said'])} of advice"
    broken = documents["by default"].replace('"send"', '"sends"').replace("#/channels/raw", "#/channels/row")
    bad = [d for d in parse(have, broken)["said"] if d["severity"] == 0]
    yield "contracts: a wrong AsyncAPI document is refused", len(bad) > 1, f"{len(bad)} errors"


def parse(have, text):
    done = subprocess.run(["node", "-e", PARSE, have.asyncapi], input=text, capture_output=True, text=True, timeout=60)
    return json.loads(done.stdout) if done.returncode == 0 else {"said": [{"severity": 0, "text": done.stderr}], "channels": 0}
