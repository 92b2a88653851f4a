"""Vector's configuration, and that alert rules and panels ask for events, fields and codes that workers write."""

import json
import re
import subprocess

from .tools import output, which

STAGES = {"intake", "fetch", "extract", "tag", "publish"}
# In a process of its own: the parser that Grafana's editor has.
PARSE = """
const { parser } = require(process.argv[1]);
const queries = JSON.parse(require('fs').readFileSync(0, 'utf8'));
const bad = [];
for (const query of queries) {
  parser.parse(query).iterate({ enter: node => {
    if (node.type.isError) bad.push(query.slice(Math.max(0, node.from - 30), node.to + 30));
  }});
}
console.log(JSON.stringify(bad));
"""


def run(have, work):
    home = have.deploy / "logs"
    panels = json.loads((home / "grafana-dashboard.json").read_text())["panels"]
    queries = [t["expr"] for p in panels for t in p["targets"]]
    if have.yaml:
        rules = [r for g in have.yaml.safe_load((home / "loki-alerts.yaml").read_text())["groups"] for r in g["rules"]]
        queries += [rule["expr"] for rule in rules]
        keys = {"alert", "expr", "for", "labels", "annotations"}
        wrong = [r.get("alert", "?") for r in rules if not {"alert", "expr", "labels", "annotations"} <= set(r) <= keys
                 or "severity" not in r["labels"] or "summary" not in r["annotations"]]
        yield "logs: alert rules are whole", not wrong, ", ".join(wrong) or f"{len(rules)} rules"
    else:
        yield "logs: alert rules", None, have.why_not("yaml")
    if have.logql and which("node"):
        plain = [q.replace("$__interval", "5m") for q in queries]
        done = subprocess.run(["node", "-e", PARSE, have.logql], input=json.dumps(plain), capture_output=True, text=True, timeout=30)
        bad = json.loads(done.stdout) if done.returncode == 0 else [done.stderr]
        yield "logs: queries are LogQL", not bad, "; ".join(bad) or f"{len(queries)} queries parse"
    else:
        yield "logs: queries are LogQL", None, have.why_not("logql")

    sources = "\n".join(p.read_text() for p in (have.root / "src").rglob("*.rs"))
    text = "\n".join(queries)
    wrong = []
    events = set(re.findall(r'event="(\w+)"', text)) - {"event"}
    wrong += [f"event {e}" for e in events if f'event = "{e}"' not in sources]
    fields = set(re.findall(r'(?<=[\s,])(\w+)="\1"', text)) | set(re.findall(r"unwrap (\w+)", text)) | set(re.findall(r"{{\.(\w+)}}", text))
    wrong += [f"field {f}" for f in fields if not re.search(rf"\b{f}\b( = |,)", sources)]
    for query in queries:
        pipeline = re.sub(r'{\w+=[^}]*}', "", query)
        read = dict(re.findall(r'(?<=[\s,])(\w+)="(\w+)"', pipeline))
        renamed = {a for a, b in read.items() if a != b}
        asked = set(re.findall(r"(?:unwrap|\||,) (\w+)(?= (?:!=|=~|=|\[))", pipeline)) - set(read)
        wrong += [f"{name} is not what the line calls it" for name in renamed] + [f"{name} is not read from the line" for name in asked]
    codes = {word for value in re.findall(r'code =~? "([^"]+)"', text) for word in re.findall(r"[a-z_]{3,}", value)} - STAGES
    wrong += [f"code {c}" for c in codes if f'=> "{c}"' not in sources]
    outcomes = {o for group in re.findall(r'outcome =~? "([^"]+)"', text) for o in group.split("|")}
    wrong += [f"outcome {o}" for o in outcomes if f'=> "{o}"' not in sources]
    yield "logs: queries ask for what workers write", not wrong, ", ".join(wrong) or \
        f"{len(events)} events, {len(fields)} fields, {len(codes)} codes, {len(outcomes)} outcomes"

    if which("vector"):
        for name in ("source-kubernetes.yaml", "source-journald.yaml"):
            files = ["--config", home / "vector.yaml", "--config", home / name]
            env = {"LOKI_URL": "http://127.0.0.1:1", "PATH": "/usr/bin:/bin:/usr/local/bin", "VECTOR_SELF_NODE_NAME": "n"}
            code, said = output(["vector", "validate", "--no-environment", *files[1::2]], env=env)
            yield f"logs: vector validate with {name}", code == 0, said
        code, said = output(["vector", "test", *files[1::2]], env=env)
        yield "logs: vector test", code == 0, said
    else:
        yield "logs: vector validate and test", None, "no vector"
