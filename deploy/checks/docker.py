"""The Dockerfile and the compose file.

Without a container engine the image cannot be built here; what would most likely break a build is checked from
outside: the linter, the files it copies, the versions it names, the libraries that the program needs of its base.
"""

import re
import subprocess

from .tools import output, which

# What gcr.io/distroless/cc-debian12 has: its glibc, libgcc and libstdc++ packages. No libssl counts: we link none.
DISTROLESS_CC = {"libc.so.6", "libm.so.6", "libgcc_s.so.1", "libdl.so.2", "libpthread.so.0", "librt.so.1",
                 "libstdc++.so.6", "ld-linux-x86-64.so.2", "ld-linux-aarch64.so.1", "linux-vdso.so.1"}
# Debian 12's glibc.
GLIBC = (2, 36)
SERVICE_KEYS = {"image", "build", "command", "environment", "networks", "read_only", "cap_drop", "security_opt", "logging",
                "configs", "volumes", "ports", "stop_grace_period", "restart", "healthcheck", "depends_on", "mem_limit"}


def run(have, work):
    path = have.deploy / "docker/Dockerfile"
    text = path.read_text()
    if have.hadolint:
        # DL3059 wants RUNs joined; exec form without a shell cannot be.
        code, said = output([have.hadolint, "--no-color", "--ignore", "DL3059", path])
        yield "docker: hadolint", code == 0, said or "nothing found"
    else:
        yield "docker: hadolint", None, have.why_not("hadolint")

    sources = re.findall(r"(?m)^COPY (?!--from)(.+) \S+$", text)
    copied = [name for line in sources for name in line.split()]
    gone = [name for name in copied if not (have.root / name).exists()]
    ignored = [line[1:] for line in (have.deploy / "docker/Dockerfile.dockerignore").read_text().splitlines() if line.startswith("!")]
    unsent = [name for name in copied if not any(name == i or name.startswith(i + "/") for i in ignored)]
    yield "docker: what is copied exists and is sent", not gone + unsent, f"{gone + unsent or copied}"
    outside = [f"{source.name}: {name}" for source in (have.root / "src").rglob("*.rs")
               for name in re.findall(r'include_(?:str|bytes)!\(\s*"([^"]+)"', source.read_text())
               if not any((source.parent / name).resolve().is_relative_to((have.root / top).resolve()) for top in ("src", "config"))]
    yield "docker: what the sources embed is copied", not outside, "; ".join(outside) or "only from src and config"

    manifest = (have.root / "Cargo.toml").read_text()
    rust, least = re.search(r"ARG RUST=([\d.]+)", text)[1], re.search(r'rust-version = "([\d.]+)"', manifest)[1]
    yield "docker: toolchain is not older than rust-version", version(rust) >= version(least), f"{rust}, at least {least}"
    yield "docker: builds what is deployed", "cargo build --locked --release" in text and "target/release/news-ingest" in text, "release"
    numeric = re.search(r"(?m)^USER (\d+):\d+$", text)
    yield "docker: the user is a number, not root", bool(numeric) and int(numeric[1]) > 0, numeric and numeric[0]

    if have.binary and which("ldd"):
        _, said = output(["ldd", have.binary])
        needed = {word.rsplit("/", 1)[-1] for word in re.findall(r"(?m)^\s*(\S+)", said)}
        beyond = needed - DISTROLESS_CC
        symbols = {tuple(map(int, v)) for v in re.findall(r"GLIBC_(\d+)\.(\d+)", have.binary.read_bytes().decode("latin-1"))}
        newest = max(symbols, default=(0, 0))
        yield "docker: the base has what the program links", not beyond and newest <= GLIBC, \
            f"{', '.join(sorted(beyond)) or f'{len(needed)} libraries'}, glibc {newest[0]}.{newest[1]}"
    else:
        yield "docker: the base has what the program links", None, have.why_not("binary")
    if have.binary:
        smoke = have.deploy / "docker/smoke.txt"
        code, said = output([have.binary, "process", "--no-fetch", "--text", smoke], cwd=work)
        yield "docker: the smoke test passes with this program", code == 0 and '"news-ingest/record/1"' in said, said[:80]
    else:
        yield "docker: the smoke test passes with this program", None, have.why_not("binary")

    docker = which("docker")
    try:
        there = docker and subprocess.run([docker, "info"], capture_output=True, timeout=10).returncode == 0
    except subprocess.TimeoutExpired:
        there = False
    if there:
        # Nothing is built here (it takes minutes); BuildKit's own checks read the whole file.
        code, said = output([docker, "build", "--check", "-f", path, have.root], timeout=60)
        yield "docker: docker build --check", code == 0, said
    else:
        yield "docker: image built with an engine", None, "no container engine answers"
    if have.yaml:
        yield from compose(have, docker)
    else:
        yield "compose: structure", None, have.why_not("yaml")


def compose(have, docker):
    path = have.deploy / "compose.yaml"
    file = have.yaml.safe_load(path.read_text())
    services, wrong = file["services"], []
    for name, service in services.items():
        wrong += [f"{name}.{key} is unknown" for key in service if key not in SERVICE_KEYS]
        wrong += [f"{name} is on network {n}" for n in service["networks"] if n not in file["networks"]]
        wrong += [f"{name} has config {c['source']}" for c in service.get("configs", []) if c["source"] not in file["configs"]]
        wrong += [f"{name} has volume {v}" for v in service.get("volumes", []) if v.split(":")[0] not in file["volumes"]]
        if not service.get("read_only") or service.get("cap_drop") != ["ALL"]:
            wrong.append(f"{name} is not closed off")
        for other, how in service.get("depends_on", {}).items():
            if other not in services:
                wrong.append(f"{name} depends on {other}")
            elif how["condition"] == "service_healthy" and "healthcheck" not in services[other]:
                wrong.append(f"{other} has no health check")
        if build := service.get("build"):
            if not (path.parent / build["context"] / build["dockerfile"]).is_file():
                wrong.append(f"{name} is built from {build['dockerfile']}")
    yield "compose: structure", not wrong, "; ".join(wrong) or f"services {', '.join(services)}"
    grace = int(services["worker"]["stop_grace_period"].removesuffix("s"))
    yield "compose: stop grace above worker.shutdown_deadline_secs", grace > deadline(have), f"{grace} s above {deadline(have)} s"
    if have.compose_spec:
        def told(text):
            try:
                # Anchors and merges are YAML's; the specification knows what they come to.
                have.compose_spec.from_yaml(have.yaml.safe_dump(have.yaml.safe_load(text)))
            except ValueError as error:
                return str(error)
        text = path.read_text()
        said, control = told(text), told(text.replace("service_healthy", "service_helthy"))
        yield "compose: against the Compose specification", not said and bool(control), said or "accepted"
    else:
        yield "compose: against the Compose specification", None, have.why_not("compose-spec")
    if docker and output([docker, "compose", "version"])[0] == 0:
        code, said = output([docker, "compose", "-f", path, "config", "--quiet"], env={"NEWS_CONTACT": "a@example.org", "PATH": "/usr/bin:/bin"})
        yield "compose: docker compose config", code == 0, said or "accepted"
    else:
        yield "compose: docker compose config", None, "no docker compose"


def deadline(have, text=""):
    """worker.shutdown_deadline_secs of a configuration, else the documented default."""
    pattern = r"(?m)^shutdown_deadline_secs = (\d+)"
    return int((re.search(pattern, text) or re.search(pattern, (have.root / "config/news-ingest.toml").read_text()))[1])


def version(text):
    return [int(part) for part in text.split(".")]
