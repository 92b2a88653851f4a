"""The Kubernetes manifests: built by kustomize where there is one, against the cluster's schemas, and against each
other and the worker's configuration."""

import json
import re
import subprocess

from .docker import deadline
from .tools import output, which

# KEDA's resources are not Kubernetes' own: their schema comes from KEDA's.
KEDA = """
const { ScaledObject } = await import(process.argv[1]);
const object = JSON.parse((await import("node:fs")).readFileSync(0, "utf8"));
try { new ScaledObject(object).validate(); } catch (error) { console.log(error.message); }
"""
DIRECTORIES = ("base", "overlays/three-replicas", "overlays/four-partitions", "provision", "feeds", "monitoring")
# Of operators: checked by their own schemas, where there is one.
FOREIGN = {"ScaledObject", "PodMonitor", "PrometheusRule"}
# Parts of objects.
PATCHES = ("spread.yaml", "partitions.yaml", "triggers.yaml")


def run(have, work):
    if not have.yaml:
        yield "kubernetes: all", None, have.why_not("yaml")
        return
    root = have.deploy / "kubernetes"
    wrong = []
    for directory in DIRECTORIES:
        file = have.yaml.safe_load((root / directory / "kustomization.yaml").read_text())
        names = file["resources"] + [p["path"] for p in file.get("patches", [])]
        names += [f for g in file.get("configMapGenerator", []) for f in g["files"]]
        wrong += [f"{directory}: {name}" for name in names if not (root / directory / name).exists()]
        here = {p.name for p in (root / directory).iterdir() if p.is_file()} - {"kustomization.yaml"}
        wrong += [f"{directory}: {name} is not used" for name in here - set(names)]
    yield "kubernetes: kustomizations name what is there, and all of it", not wrong, "; ".join(wrong) or f"{len(DIRECTORIES)} directories"

    built = {}
    for directory in DIRECTORIES:
        for command in (["kustomize", "build"], ["kubectl", "kustomize"]):
            if which(command[0]):
                code, said = output([*command, root / directory])
                yield f"kubernetes: {' '.join(command)} {directory}", code == 0, said.splitlines()[0]
                if code == 0:
                    built[directory] = said
                break
        else:
            yield f"kubernetes: kustomize build {directory}", None, "no kustomize and no kubectl"
    texts = built or {d: "\n---\n".join(p.read_text() for p in sorted((root / d).glob("*.yaml")) if p.name not in ("kustomization.yaml", *PATCHES))
                      for d in DIRECTORIES}
    paths = []
    for directory, text in texts.items():
        paths.append(work / f"{directory.replace('/', '-')}.yaml")
        paths[-1].write_text(text)
    if which("kubeconform"):
        code, said = output(["kubeconform", "-strict", "-ignore-missing-schemas", *paths], timeout=60)
        yield "kubernetes: kubeconform -strict", code == 0, said or "accepted"
    if have.kubernetes_validate:
        code, said = output([have.kubernetes_validate, "--strict", *paths], timeout=60)
        unknown = re.findall(r"schema for kind (\w+)", said)
        lines = [line for line in said.splitlines() if not line.startswith("INFO") and "Couldn't find schema" not in line]
        yield "kubernetes: kubernetes-validate --strict", code == 0 and set(unknown) <= FOREIGN, \
            "; ".join(lines) or f"{said.count('passed')} objects pass; no schema for {', '.join(sorted(set(unknown))) or 'none'}"
    else:
        yield "kubernetes: schemas", None, have.why_not("kubernetes-validate")

    objects = [o for text in texts.values() for o in have.yaml.safe_load_all(text) if o]
    yield from monitoring(have, objects)
    yield from keda(have, [o for o in objects if o["kind"] == "ScaledObject"])
    if built:
        yield from agreement(have, objects, list(have.yaml.safe_load_all(built["overlays/three-replicas"])))
        yield from partitions(list(have.yaml.safe_load_all(built["overlays/four-partitions"])))
    else:
        yield "kubernetes: objects agree with each other", None, "not built"


def partitions(overlay):
    """Every raw stream of the overlay's partitions counts for the number of workers, once."""
    by_kind = {o["kind"]: o for o in overlay}
    worker = by_kind["Deployment"]["spec"]["template"]["spec"]["containers"][0]
    count = int({e["name"]: e.get("value") for e in worker["env"]}["NEWS_INGEST__STREAMS__PARTITIONS"])
    scaled = by_kind["ScaledObject"]["spec"]
    streams = sorted(t["metadata"]["stream"] for t in scaled["triggers"])
    names = sorted(t["name"] for t in scaled["triggers"])
    summed = sorted(scaled["advanced"]["scalingModifiers"]["formula"].split(" + "))
    good = streams == sorted(["NEWS_RAW"] + [f"NEWS_RAW_{count}_{n}" for n in range(count)]) and names == summed \
        and "behavior" in scaled["advanced"]["horizontalPodAutoscalerConfig"]
    yield "kubernetes: the backlog of all partitions counts", good, f"{', '.join(streams)}: {' + '.join(summed)}"


def monitoring(have, objects):
    """What the Prometheus operator reads: pods and port that there are, rules that are whole, metrics that are written."""
    by_kind = {o["kind"]: o for o in objects}
    wrong = []
    monitor = by_kind["PodMonitor"]["spec"]
    container = by_kind["Deployment"]["spec"]["template"]["spec"]["containers"][0]
    deployments = [o for o in objects if o["kind"] == "Deployment" and o["metadata"]["name"] == "news-ingest"]
    ports = {p["name"] for o in deployments for c in o["spec"]["template"]["spec"]["containers"] for p in c.get("ports", [])}
    wrong += [f"port {e['port']}" for e in monitor["podMetricsEndpoints"] if e["port"] not in ports]
    sources = "\n".join(p.read_text() for p in (have.root / "src").rglob("*.rs"))
    rules = [r for g in by_kind["PrometheusRule"]["spec"]["groups"] for r in g["rules"]]
    for rule in rules:
        if set(rule) != {"alert", "expr", "for", "labels", "annotations"} or "severity" not in rule["labels"]:
            wrong.append(f"{rule.get('alert')} is not whole")
        for metric in re.findall(r"news_ingest_(\w+)", rule["expr"]):
            if f'"{metric.removesuffix("_total")}"' not in sources:
                wrong.append(f"no metric news_ingest_{metric}")
    yield "kubernetes: PodMonitor and PrometheusRule fit the worker", not wrong and bool(container), "; ".join(wrong) or f"{len(rules)} rules"


def keda(have, scaled):
    if not have.keda or not which("node"):
        yield "kubernetes: ScaledObject against KEDA's schema", None, have.why_not("keda") if which("node") else "no node"
        return
    def told(object):
        done = subprocess.run(["node", "--input-type=module", "-e", KEDA, have.keda.as_uri()], input=json.dumps(object), capture_output=True,
                              text=True, timeout=30)
        return (done.stdout + done.stderr).strip()
    said = [told(object) for object in scaled]
    # The check can fail: one without its triggers is refused.
    control = told(scaled[0] | {"spec": {k: v for k, v in scaled[0]["spec"].items() if k != "triggers"}})
    yield "kubernetes: ScaledObject against KEDA's schema", not any(said) and "triggers" in control, \
        "; ".join(filter(None, said)) or f"{len(scaled)} accepted, without triggers: {control}"


def agreement(have, objects, overlay):
    by_kind = {o["kind"]: o for o in overlay}
    deployment = by_kind["Deployment"]
    pod = deployment["spec"]["template"]
    spec, container = pod["spec"], pod["spec"]["containers"][0]
    labels = pod["metadata"]["labels"].items()
    wrong = []

    def selects(name, selector):
        if not selector["matchLabels"] or not selector["matchLabels"].items() <= labels:
            wrong.append(f"{name} does not select the pods")

    selects("the Deployment", deployment["spec"]["selector"])
    selects("the PodDisruptionBudget", by_kind["PodDisruptionBudget"]["spec"]["selector"])
    selects("the NetworkPolicy", by_kind["NetworkPolicy"]["spec"]["podSelector"])
    for constraint in spec["topologySpreadConstraints"]:
        selects("the spread", constraint["labelSelector"])
    if spec["serviceAccountName"] != by_kind["ServiceAccount"]["metadata"]["name"]:
        wrong.append("no such ServiceAccount")
    config = by_kind["ConfigMap"]
    volumes = {v["name"]: v for v in spec["volumes"]}
    mounts = {m["name"]: m["mountPath"] for m in container["volumeMounts"]}
    if volumes["config"]["configMap"]["name"] != config["metadata"]["name"] or set(volumes) != set(mounts):
        wrong.append("volumes, mounts and ConfigMap do not fit")
    text = config["data"]["news-ingest.toml"]
    files = re.findall(r'_file = "([^"]+)"', text)
    offered = {f"{mounts['nats']}/{item['path']}" for item in volumes["nats"]["secret"]["items"]}
    if not set(files) <= offered:
        wrong.append(f"{files} is not mounted")
    yield "kubernetes: objects agree with each other", not wrong, "; ".join(wrong) or f"{len(overlay)} objects of the overlay"

    grace = spec["terminationGracePeriodSeconds"]
    yield "kubernetes: termination grace above worker.shutdown_deadline_secs", grace > deadline(have, text), f"{grace} s above {deadline(have, text)} s"
    closed = container["securityContext"]
    yield "kubernetes: pods are closed off", all((
        o["spec"]["template"]["spec"]["securityContext"]["runAsNonRoot"]
        and o["spec"]["template"]["spec"]["containers"][0]["securityContext"] == closed
        for o in objects if o["kind"] in ("Deployment", "Job"))) and closed["readOnlyRootFilesystem"] \
        and closed["capabilities"]["drop"] == ["ALL"] and not closed["allowPrivilegeEscalation"], "non-root, read-only root, no capability"

    scaled = by_kind["ScaledObject"]["spec"]
    trigger = scaled["triggers"][0]
    defaults = (have.root / "config/news-ingest.toml").read_text()

    def default(key):
        return re.search(rf'(?m)^{key} = "?([^"\n]+)', defaults)[1]

    meta = trigger["metadata"]
    wrong = [key for key, want in (("stream", default("raw_stream")), ("consumer", default("group"))) if meta[key] != want]
    slots, pending = int(default("max_in_flight")), int(default("max_ack_pending"))
    if trigger["type"] != "nats-jetstream" or set(meta) != {"natsServerMonitoringEndpoint", "account", "stream", "consumer", "lagThreshold"}:
        wrong.append("trigger metadata")
    if not all(isinstance(value, str) for value in meta.values()) or int(meta["lagThreshold"]) <= slots:
        wrong.append("lagThreshold is not a text above intake.max_in_flight")
    if scaled["maxReplicaCount"] * slots > pending or scaled["minReplicaCount"] != deployment["spec"]["replicas"]:
        wrong.append("replica counts")
    if scaled["scaleTargetRef"]["name"] != deployment["metadata"]["name"]:
        wrong.append("scaleTargetRef")
    yield "kubernetes: ScaledObject fits the worker's defaults", not wrong, "; ".join(wrong) or f"lag {meta['lagThreshold']} a worker, {scaled['minReplicaCount']} to {scaled['maxReplicaCount']}"
